/**
 * What only a real API server can show of a UserSecret: its limits and checks of Secrets, its garbage collector, and who else
 * writes. How each source behaves, drift, adoption, rotation and restarts are in test/controllers/user-secret.
 */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import {
  collectedWithinMs,
  operatorWorld,
  orThrow,
  type FoundSecret,
  type OperatorWorld,
} from '../support/operator-world.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64');

let world: OperatorWorld;
let operator: RunningOperator;
let namespace: string;
let count = 0;
const newName = (): string => `s-${String(++count)}`;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  namespace = await world.test.makeNamespace('secrets');
});

afterAll(() => operator.stop());

const native = async (name: string): Promise<FoundSecret> => orThrow(await world.get('secrets', namespace, name));

describe('a value', () => {
  it('is what kubectl waits for', async () => {
    const name = newName();
    await world.create('usersecrets', namespace, { metadata: { name }, spec: { value: 'pä$\n' } });
    const words = ['wait', '--for=condition=Ready', '--timeout=300s', '-n', namespace, `usersecret/${name}`];
    expect(await world.test.kubectl('admin', words)).toMatchObject({ code: 0 });
    expect((await world.valueOf(namespace, name))?.toString()).toBe('pä$\n');
  });

  it('of 1 MiB fits', async () => {
    const name = newName();
    const big = Buffer.alloc(1024 * 1024, 'x');
    await world.secret(namespace, name, { valueBase64: base64(big) });
    expect((await world.valueOf(namespace, name))?.length).toBe(big.length);
  });

  it('that its type does not allow is refused with a reason', async () => {
    const name = newName();
    const type = 'kubernetes.io/dockerconfigjson';
    await world.secret(namespace, name, { key: '.dockerconfigjson', type, value: 'no JSON' }, 'False Refused');
  });

  it('of a type that demands a key is kept under it', async () => {
    const name = newName();
    // One namespace has one secret of a key.
    const own = await world.test.makeNamespace('keys');
    const type = 'kubernetes.io/ssh-auth';
    await world.secret(own, name, { key: 'ssh-privatekey', secretName: `${name}-x`, type, value: 'k' });
    const made = await world.get('secrets', own, `${name}-x`);
    expect(made).toMatchObject({ type, data: { 'ssh-privatekey': base64('k') } });
  });

  it('under a key that is a name of something in every object is kept under it', async () => {
    const [name, key] = [newName(), '__proto__'];
    await world.secret(namespace, name, { key, value: 'one' });
    expect(Object.entries((await native(name)).data ?? {})).toEqual([[key, base64('one')]]);
    await world.patch('usersecrets', namespace, name, { spec: { value: 'two' } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect(Object.entries((await native(name)).data ?? {})).toEqual([[key, base64('two')]]);
  });

  it('follows its source when that becomes another', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'one' });
    await world.patch('usersecrets', namespace, name, { spec: { value: null, generate: { type: 'UUID' } } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await world.valueOf(namespace, name))?.toString()).toMatch(/^[0-9a-f-]{36}$/);
    await world.patch('usersecrets', namespace, name, { spec: { value: 'three', generate: null } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await native(name)).data).toEqual({ [name]: base64('three') });
  });

  it('of another Secret is followed', async () => {
    const name = newName();
    const source = `${name}-source`;
    await world.secret(namespace, name, { secretKeyRef: { name: source, key: 'password' } }, 'False SourceNotFound');
    await world.create('secrets', namespace, { metadata: { name: source }, data: { password: base64('one') } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    await world.patch('secrets', namespace, source, { data: { password: base64('two') } });
    await world.until('secrets', namespace, name, (found) => found?.data?.[name] === base64('two'), 'followed');
  });
});

describe('the history', () => {
  const listed = async (name: string): Promise<readonly (string | undefined)[]> =>
    ((await world.get('usersecrets', namespace, name))?.status?.history ?? []).map(({ version }) => version);

  it('has the former values, which nobody can change, until they are purged or the UserSecret goes', async () => {
    const name = newName();
    const versions: string[] = [];
    for (const value of ['one', 'two', 'three']) {
      await (value === 'one'
        ? world.secret(namespace, name, { value, history: { keep: 2 } })
        : world.patch('usersecrets', namespace, name, { spec: { value } }));
      const found = await world.until(
        'usersecrets',
        namespace,
        name,
        (now) =>
          now?.status?.observedGeneration === now?.metadata.generation &&
          !versions.includes(now?.status?.version ?? ''),
        `version of ${value}`,
      );
      versions.push(found?.status?.version ?? '');
    }
    expect(await listed(name)).toEqual([versions[1], versions[0]]);
    const history = (await world.get('usersecrets', namespace, name))?.status?.history ?? [];
    const secrets = await Promise.all(
      history.map(async ({ secretName }) => orThrow(await world.get('secrets', namespace, secretName))),
    );
    expect(secrets.map(({ data }) => data)).toEqual([{ [name]: base64('two') }, { [name]: base64('one') }]);
    const [first, second] = secrets.map(({ metadata }) => metadata.name);
    await expect(
      world.patch('secrets', namespace, first ?? '', { data: { [name]: base64('x') } }),
    ).rejects.toMatchObject({ code: 'Invalid' });
    // A former value is no native Secret that another UserSecret takes over.
    const other = newName();
    await world.secret(namespace, other, { value: 'x', secretName: first ?? '' }, 'False Conflict');
    // It would take the name as soon as that is free.
    await world.remove('usersecrets', namespace, other);
    await world.remove('secrets', namespace, second ?? '');
    await world.until('usersecrets', namespace, name, (now) => now?.status?.history?.length === 1, 'one purged');
    await world.patch('usersecrets', namespace, name, { spec: { value: 'one' } });
    await world.until('usersecrets', namespace, name, (now) => now?.status?.version === versions[0], 'rolled back');
    expect(await listed(name)).toEqual([versions[2], versions[1]]);
    await world.remove('usersecrets', namespace, name);
    await world.until('secrets', namespace, first ?? '', (found) => found === undefined, 'gone', collectedWithinMs);
  });
});

describe('the native Secret is restored', () => {
  // What a watch with a selector, an immutable Secret and a null in a patch do is the API server's.
  const drifts: readonly [string, (name: string) => unknown][] = [
    ['no value', () => ({ data: null })],
    ['no label of the operator', () => ({ metadata: { labels: { 'neu.ro/managed-by': null } } })],
    ['no annotations', () => ({ metadata: { annotations: null } })],
    ['immutable', () => ({ immutable: true })],
  ];
  const shape = ({ type, immutable, data, metadata }: FoundSecret): unknown => {
    const { labels, annotations, ownerReferences } = metadata;
    return { type, immutable: immutable ?? false, data, labels, annotations, ownerReferences };
  };

  test.each(drifts)('after an edit: %s', async (_case, edit) => {
    const name = newName();
    await world.secret(namespace, name, { value: 'right' });
    const before = shape(await native(name));
    const edited = await world.patch('secrets', namespace, name, edit(name));
    expect(shape(edited)).not.toEqual(before);
    const isHealed = (found: FoundSecret | undefined): boolean =>
      found !== undefined && JSON.stringify(shape(found)) === JSON.stringify(before);
    await world.until('secrets', namespace, name, isHealed, 'healed');
  });

  it('also when it was deleted and made by someone with another type and our owner reference', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'right' });
    const { labels, annotations, ownerReferences } = (await native(name)).metadata;
    await world.remove('secrets', namespace, name);
    await world
      .create('secrets', namespace, {
        metadata: { name, labels, annotations, ownerReferences },
        type: 'example.com/other',
        data: { [name]: base64('x') },
      })
      .catch(() => undefined);
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => found?.type === 'Opaque' && found.data?.[name] === base64('right'),
      'healed',
    );
  });
});

describe('deleting a UserSecret', () => {
  it('takes the native Secret along', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'x' });
    await world.remove('usersecrets', namespace, name);
    await world.until('secrets', namespace, name, (found) => found === undefined, 'gone', collectedWithinMs);
  });

  it('leaves it with the policy Orphan, also when that was set later', async () => {
    const [name, sentinel] = [newName(), newName()];
    await world.secret(namespace, name, { value: 'x' });
    await world.secret(namespace, sentinel, { value: 'x' });
    await world.patch('usersecrets', namespace, name, { spec: { deletionPolicy: 'Orphan' } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await native(name)).metadata.ownerReferences).toBeUndefined();
    await world.remove('usersecrets', namespace, name);
    // The collector works through what is deleted in order: what goes after it is gone.
    await world.remove('usersecrets', namespace, sentinel);
    await world.until('secrets', namespace, sentinel, (found) => found === undefined, 'gone', collectedWithinMs);
    expect((await world.valueOf(namespace, name))?.toString()).toBe('x');
  });

  it('and making it again at once ends with the new value', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'one' });
    for (const value of ['two', 'three']) {
      await world.remove('usersecrets', namespace, name);
      await world.create('usersecrets', namespace, { metadata: { name }, spec: { value } });
    }
    // The Secret of the former one is the garbage collector's to remove.
    await world.untilReason('usersecrets', namespace, name, 'True Synced', collectedWithinMs);
    const { metadata } = orThrow(await world.get('usersecrets', namespace, name));
    const made = await native(name);
    expect(made.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([metadata.uid]);
    expect(made.data).toEqual({ [name]: base64('three') });
  });
});

it('of three UserSecrets of one key that are made in one moment, one has it and the others wait', async () => {
  const names = [newName(), newName(), newName()];
  await Promise.all(
    names.map((name) =>
      world.create('usersecrets', namespace, { metadata: { name }, spec: { key: `K_${names[0] ?? ''}`, value: 'x' } }),
    ),
  );
  const reasons = await world.eventually(
    async () =>
      (await Promise.all(names.map((name) => world.get('usersecrets', namespace, name)))).map(world.reasonOf).sort(),
    (seen) => seen.join() === 'False KeyConflict,False KeyConflict,True Synced',
    'one has the key',
  );
  expect(reasons).toHaveLength(3);
});

it('names that could collide do not: a-b and c, a and b-c, and 253 characters', async () => {
  const long = 'x'.repeat(253);
  const [one, other] = [await world.test.makeNamespace('a-b'), await world.test.makeNamespace('a')];
  await Promise.all([
    world.secret(one, 'c', { value: '1' }),
    world.secret(other, 'b-c', { value: '2' }),
    world.secret(one, long, { value: '3' }),
  ]);
  await world.secret(one, `${long.slice(0, 251)}-y`, { value: '4' });
  const values = await Promise.all([
    world.valueOf(one, 'c'),
    world.valueOf(other, 'b-c'),
    world.valueOf(one, long),
    world.valueOf(one, `${long.slice(0, 251)}-y`),
  ]);
  expect(values.map(String)).toEqual(['1', '2', '3', '4']);
});
