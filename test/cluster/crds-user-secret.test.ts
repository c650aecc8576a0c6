import { beforeAll, describe, expect, test } from 'vitest';
import { accepted, onApply, onCreate, onMerge } from '../support/api-verdict.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { CANARY, refused, taken } from './crds-user-secret-cases.ts';

let kube: TestCluster;
let namespace: string;
let count = 0;

beforeAll(async () => {
  kube = await testCluster();
  namespace = await kube.makeNamespace('crds');
});

function userSecret(spec: Record<string, unknown>, name = `s-${++count}`) {
  return { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata: { name, namespace }, spec };
}

describe('a UserSecret is accepted', () => {
  test.each(taken)('%s', async (_case, spec) => {
    expect(await onCreate(kube, userSecret(spec))).toEqual(accepted);
  });
});

describe('a UserSecret is refused with a sentence', () => {
  test.each(refused)('%s', async (_case, spec, sentence) => {
    const verdict = await onCreate(kube, userSecret(spec));
    expect(verdict.message).toMatch(sentence);
    expect(verdict.message).not.toContain(CANARY);
    expect(verdict.accepted).toBe(false);
  });

  test('with a value of more than 1 MiB', async () => {
    const big = CANARY.repeat(100_000);
    const results = [
      await create({ value: big }),
      await create({ value: 'é'.repeat(524_289) }),
      await create({ valueBase64: 'QUJD'.repeat(349_526) }),
      await create({ sealed: { value: 'a'.repeat(1_402_221) } }),
    ];
    expect(results.map((result) => result.code)).toEqual([1, 1, 1, 1]);
    expect(results[0]?.stderr).toMatch(/spec\.value: .*1048576 bytes \(1 MiB\) in UTF-8; this one has 1100000/);
    expect(results[1]?.stderr).toMatch(/spec\.value: .*this one has 1048578/);
    expect(results[2]?.stderr).toMatch(/spec\.valueBase64: .*1398104 characters/);
    expect(results[3]?.stderr).toMatch(/spec\.sealed\.value: .*this one has 1402221/);
    expect(results.map((result) => result.stderr.length < 2000)).toEqual([true, true, true, true]);
  });

  test('and the largest ones are accepted', async () => {
    const results = [
      await create({ value: 'v'.repeat(1_048_576) }),
      await create({ valueBase64: `${'QUJD'.repeat(349_525)}QQ==` }),
      await create({ sealed: { value: 'a'.repeat(1_402_220) } }),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  /** Not by apply: its annotation, a copy of the object, is limited to 256 KiB. */
  function create(spec: Record<string, unknown>) {
    return kube.kubectl('admin', ['create', '-f', '-'], JSON.stringify(userSecret(spec)));
  }
});

describe('changing a UserSecret', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['its value', { value: 'a' }, { value: 'b' }],
    ['its source', { value: 'a' }, { generate: { type: 'UUID' } }],
    ['its policies', { value: 'a' }, { value: 'a', deletionPolicy: 'Orphan', onRevoke: 'Terminate' }],
  ])('is allowed for %s', async (_case, before, after) => {
    const name = `c-${++count}`;
    expect(await onApply(kube, userSecret(before, name))).toEqual(accepted);
    expect(await onApply(kube, userSecret(after, name))).toEqual(accepted);
  });

  test('is allowed where the default is written out', async () => {
    const name = `c-${++count}`;
    expect(await onApply(kube, userSecret({ value: 'a' }, name))).toEqual(accepted);
    const same = userSecret({ value: 'a', key: name, secretName: name, type: 'Opaque' }, name);
    expect(await onApply(kube, same)).toEqual(accepted);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ['its key', { key: 'A', value: 'a' }, { key: 'B', value: 'a' }, /spec\.key: .*cannot be changed from 'A' to 'B'/],
    ['its key by adding one', { value: 'a' }, { key: 'B', value: 'a' }, /spec\.key: .*to 'B'/],
    ['its key by removing it', { key: 'A', value: 'a' }, { value: 'a' }, /spec\.key: .*from 'A' to/],
    [
      'its native Secret',
      { secretName: 'a', value: 'a' },
      { secretName: 'b', value: 'a' },
      /spec\.secretName: .*from 'a' to 'b'/,
    ],
    [
      'its native Secret by removing the name',
      { secretName: 'a', value: 'a' },
      { value: 'a' },
      /spec\.secretName: .*from 'a' to/,
    ],
    ['its type', { value: 'a' }, { value: 'a', type: 'kubernetes.io/ssh-auth' }, /spec\.type: .*was 'Opaque'/],
  ])('is refused for %s', async (_case, before, after, sentence) => {
    const name = `c-${++count}`;
    expect(await onApply(kube, userSecret(before, name))).toEqual(accepted);
    const verdict = await onApply(kube, userSecret(after, name));
    expect(verdict.message).toMatch(sentence);
    expect(verdict.accepted).toBe(false);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['its key', { key: 'B' }, /spec\.key: .*from 'A' to 'B'/],
    ['its native Secret', { secretName: 'b' }, /spec\.secretName: .*from 'a' to 'b'/],
    ['its type', { type: 'kubernetes.io/ssh-auth' }, /spec\.type: .*was 'Opaque'/],
  ])('is refused for %s where a status with other fields is written beside it', async (_case, change, sentence) => {
    const name = `c-${++count}`;
    expect(await onApply(kube, userSecret({ key: 'A', secretName: 'a', value: 'a' }, name))).toEqual(accepted);
    const status = { version: '0123456789ab', secretName: 'a' };
    const verdict = await onMerge(kube, { ...userSecret(change, name), status } as ReturnType<typeof userSecret>);
    expect(verdict.message).toMatch(sentence);
    expect(verdict.accepted).toBe(false);
  });
});

test('a UserSecret is found by its key', async () => {
  await kube.apply(
    'admin',
    userSecret({ key: 'FIND_ME', value: 'x' }, 'find-me'),
    userSecret({ value: 'x' }, 'not-me'),
  );
  const found = await kube.kubectl('admin', [
    'get',
    'usec',
    '-n',
    namespace,
    '--field-selector',
    'spec.key=FIND_ME',
    '-o',
    'name',
  ]);
  expect(found.stdout.trim()).toBe('usersecret.neu.ro/find-me');
});
