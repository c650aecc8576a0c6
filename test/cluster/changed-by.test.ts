/** Who changed a value, as admission checks it and the operator records it: no request names somebody else, and no old mark counts. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ANNOTATION_CHANGED_BY, changedBy, createdBy, rfc3339, type UserSecretSpec } from '../../src/api/index.ts';
import { onCreateAs, onMergeAs, type Verdict } from '../support/api-verdict.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, orThrow, type FoundUserSecret, type OperatorWorld } from '../support/operator-world.ts';

let world: OperatorWorld;
let operator: RunningOperator;
let home: string;
let count = 0;

const newName = (): string => `by-${String(++count)}`;
const taken = { accepted: true };
const refused = {
  accepted: false,
  message: expect.stringMatching(/neu\.ro\/changed-by names who changes the value in this request/),
};
const minuteMs = 60_000;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  home = await world.test.makeNamespace('changed-by');
  for (const user of ['alice', 'bob']) {
    const apiGroup = 'rbac.authorization.k8s.io';
    await world.create('rolebindings', home, {
      metadata: { name: user },
      roleRef: { apiGroup, kind: 'ClusterRole', name: 'admin' },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    });
    await world.untilMay(true, { user }, 'patch', home, 'any');
  }
});

afterAll(() => operator.stop());

function create(
  user: string,
  name: string,
  annotations: object,
  spec: UserSecretSpec = { value: 'v1' },
): Promise<Verdict> {
  const metadata = { namespace: home, name, annotations };
  const object = { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata, spec };
  return onCreateAs(world.test, user, object, 'for good');
}

function merge(user: string, name: string, body: object): Promise<Verdict> {
  return onMergeAs(world.test, user, world.path('usersecrets', home, name), body, 'for good');
}

function patch(user: string, name: string, annotations: object, spec?: object): Promise<Verdict> {
  return merge(user, name, { metadata: { annotations }, ...(spec === undefined ? {} : { spec }) });
}

/** As it is when the operator has taken it up. */
async function settled(name: string): Promise<FoundUserSecret> {
  await world.untilReason('usersecrets', home, name, 'True Synced');
  return orThrow(await world.get('usersecrets', home, name));
}

async function made(annotations: object = createdBy(new Date(), 'alice')): Promise<FoundUserSecret> {
  const name = newName();
  expect(await create('alice', name, annotations)).toMatchObject(taken);
  return settled(name);
}

describe('the status', () => {
  it('names who made the secret, who changed it, and each of them in the history', async () => {
    const first = await made();
    const { name } = first.metadata;
    expect(first.status?.changedBy?.user).toBe('alice');
    expect(await patch('bob', name, changedBy(first.metadata, 'bob'), { value: 'v2' })).toMatchObject(taken);
    const second = await settled(name);
    expect(second.status?.changedBy?.user).toBe('bob');
    expect(second.status?.history?.map(({ user }) => user)).toEqual(['alice']);
  });

  it('names nobody after a change without a mark, though the former mark is still there', async () => {
    const { metadata } = await made();
    expect(await merge('bob', metadata.name, { spec: { value: 'v2' } })).toMatchObject(taken);
    const { status, metadata: now } = await settled(metadata.name);
    expect(now.annotations?.[ANNOTATION_CHANGED_BY]).toMatch(/ alice$/);
    expect(status?.changedBy).toEqual({ manager: expect.any(String) });
  });

  it('names nobody for a file or a backup that carries the mark of another object', async () => {
    const { metadata } = await made(createdBy(new Date(Date.now() - 2 * minuteMs), 'carol'));
    expect((await settled(metadata.name)).status?.changedBy).toEqual({ manager: expect.any(String) });
    const other = await made({ [ANNOTATION_CHANGED_BY]: `${metadata.uid}/2 carol` });
    expect(other.status?.changedBy).toEqual({ manager: expect.any(String) });
  });
});

describe('admission', () => {
  test('refuses a creation in the name of someone else', async () => {
    const name = newName();
    expect(await create('bob', name, createdBy(new Date(), 'alice'))).toMatchObject(refused);
    expect(await create('bob', name, createdBy(new Date(), 'bob'))).toMatchObject(taken);
  });

  test.each(['0000-00-00T00:00:00Z', '2026-02-31T00:00:00Z', '2026-02-28T24:00:00Z', '9999-12-31T23:59:59Z', 'x/y/1'])(
    'lets the mark %s pass, which is of no creation',
    async (mark) => {
      const { metadata, status } = await made({ [ANNOTATION_CHANGED_BY]: `${mark} carol` });
      expect(status?.changedBy).toEqual({ manager: expect.any(String) });
      const other = { [ANNOTATION_CHANGED_BY]: `${metadata.uid}/${mark} carol` };
      expect(await patch('bob', metadata.name, other)).toMatchObject(taken);
    },
  );

  const cases: readonly (readonly [
    string,
    (now: FoundUserSecret['metadata']) => object,
    object | undefined,
    object,
  ])[] = [
    ['a change in the name of somebody else', (now) => changedBy(now, 'alice'), { value: 'v2' }, refused],
    ['a change in one’s own name', (now) => changedBy(now, 'bob'), { value: 'v2' }, taken],
    [
      'a mark of a change that is to come',
      (now) => changedBy({ ...now, generation: (now.generation ?? 0) + 1 }, 'bob'),
      { value: 'v2' },
      refused,
    ],
    ['the same without a change', (now) => changedBy(now, 'bob'), undefined, refused],
    [
      'a mark of the generation that is there',
      (now) => ({ [ANNOTATION_CHANGED_BY]: `${now.uid}/${String(now.generation)} bob` }),
      undefined,
      refused,
    ],
    ['another mark of the creation', () => createdBy(new Date(), 'bob'), undefined, refused],
    ['the mark of an older generation', (now) => ({ [ANNOTATION_CHANGED_BY]: `${now.uid}/0 carol` }), undefined, taken],
    ['the mark of another object', () => ({ [ANNOTATION_CHANGED_BY]: 'ffff/2 carol' }), { value: 'v2' }, taken],
    ['words that are no mark', () => ({ [ANNOTATION_CHANGED_BY]: 'somebody else' }), { value: 'v2' }, taken],
    ['a time of long ago', () => ({ [ANNOTATION_CHANGED_BY]: `${rfc3339(0)} carol` }), undefined, taken],
    ['the removal of the mark', () => ({ [ANNOTATION_CHANGED_BY]: null }), undefined, taken],
  ];
  test.each(cases)('of %s', async (_what, annotations, spec, expected) => {
    const { metadata } = await made();
    expect(await patch('bob', metadata.name, annotations(metadata), spec)).toMatchObject(expected);
    const { status } = await settled(metadata.name);
    // Nobody but who made the request is ever named.
    expect(['alice', 'bob', undefined]).toContain(status?.changedBy?.user);
    if (spec === undefined) expect(status?.changedBy?.user).toBe('alice');
  });

  test('of a change of the metadata alone, with the mark that is there', async () => {
    const { metadata } = await made();
    expect(await merge('bob', metadata.name, { metadata: { labels: { team: 'web' } } })).toMatchObject(taken);
    expect((await settled(metadata.name)).status?.changedBy?.user).toBe('alice');
  });
});
