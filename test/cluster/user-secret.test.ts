/** What a UserSecret does on a real control plane: its five sources, its native Secret, and who else wants the name. */
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
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
}, 240_000);

afterAll(() => operator.stop());

const native = async (name: string): Promise<FoundSecret> => orThrow(await world.get('secrets', namespace, name));

describe('the source', () => {
  const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));

  it('value is kept as it is, and said to be readable', async () => {
    const name = newName();
    const { status } = await world.secret(namespace, name, { value: 'pä$\n' });
    expect((await world.valueOf(namespace, name))?.toString()).toBe('pä$\n');
    expect(status?.conditions?.map(({ type, status: is }) => `${type}=${is}`)).toEqual([
      'Plaintext=True',
      'Ready=True',
    ]);
    expect(status).toMatchObject({
      observedGeneration: 1,
      key: name,
      secretName: name,
      usedBy: 0,
      sharedWith: { count: 0 },
    });
  });

  it('valueBase64 is kept byte for byte', async () => {
    const name = newName();
    await world.secret(namespace, name, { valueBase64: base64(bytes) });
    expect(Buffer.compare(orThrow(await world.valueOf(namespace, name)), bytes)).toBe(0);
  });

  it('of 1 MiB fits', async () => {
    const name = newName();
    const big = Buffer.alloc(1024 * 1024, 'x');
    await world.secret(namespace, name, { valueBase64: base64(big) });
    expect((await world.valueOf(namespace, name))?.length).toBe(big.length);
  });

  test.each(['Password', 'Hex', 'Base64', 'UUID', 'Ed25519'] as const)('generate makes a %s', async (type) => {
    const name = newName();
    await world.secret(namespace, name, { generate: { type } });
    const { data } = await native(name);
    expect(Object.keys(data ?? {})).toEqual(type === 'Ed25519' ? [name, `${name}.pub`] : [name]);
  });

  it('key, secretName and type are as they are asked for', async () => {
    const name = newName();
    // One namespace has one secret of a key.
    const own = await world.test.makeNamespace('keys');
    await world.secret(own, name, {
      key: 'ssh-privatekey',
      secretName: `${name}-x`,
      type: 'kubernetes.io/ssh-auth',
      value: 'k',
    });
    const made = await world.get('secrets', own, `${name}-x`);
    expect(made).toMatchObject({ type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': base64('k') } });
  });

  it('is what the value follows when it changes, also to another source', async () => {
    const name = newName();
    const first = await world.secret(namespace, name, { value: 'one' });
    await world.patch('usersecrets', namespace, name, { spec: { value: 'two' } });
    const second = orThrow(await world.untilReason('usersecrets', namespace, name, 'True Synced'));
    expect((await world.valueOf(namespace, name))?.toString()).toBe('two');
    expect(second.status).not.toMatchObject({ version: first.status?.['version' as never] });
    await world.patch('usersecrets', namespace, name, { spec: { value: null, generate: { type: 'UUID' } } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await world.valueOf(namespace, name))?.toString()).toMatch(/^[0-9a-f-]{36}$/);
    await world.patch('usersecrets', namespace, name, { spec: { value: 'three', generate: null } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await native(name)).data).toEqual({ [name]: base64('three') });
  });

  it('is what kubectl waits for', async () => {
    const name = newName();
    await world.create('usersecrets', namespace, { metadata: { name }, spec: { value: 'x' } });
    const waited = await world.test.kubectl('admin', [
      'wait',
      '--for=condition=Ready',
      '--timeout=10s',
      '-n',
      namespace,
      `usersecret/${name}`,
    ]);
    expect(waited).toMatchObject({ code: 0 });
  });
});

describe('within a second the native Secret is as it was', () => {
  const drifts: readonly [string, (name: string) => unknown][] = [
    ['another value', (name) => ({ data: { [name]: base64('other') } })],
    ['no value', () => ({ data: null })],
    ['another key', () => ({ data: { extra: base64('x') } })],
    ['no labels', () => ({ metadata: { labels: null } })],
    ['no label of the operator', () => ({ metadata: { labels: { 'neu.ro/managed-by': null } } })],
    ['no annotations', () => ({ metadata: { annotations: null } })],
    ['no owner reference', () => ({ metadata: { ownerReferences: null } })],
    ['immutable', () => ({ immutable: true })],
  ];
  const shape = ({ type, immutable, data, metadata }: FoundSecret): unknown => {
    const { labels, annotations, ownerReferences } = metadata;
    const { 'neu.ro/generated-at': _at, ...others } = annotations ?? {};
    return { type, immutable: immutable ?? false, data, labels, annotations: others, ownerReferences };
  };

  test.each(drifts)('after an edit: %s', async (_case, edit) => {
    const name = newName();
    await world.secret(namespace, name, { value: 'right' });
    const before = shape(await native(name));
    const startMs = Date.now();
    const edited = await world.patch('secrets', namespace, name, edit(name));
    expect(shape(edited)).not.toEqual(before);
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => found !== undefined && JSON.stringify(shape(found)) === JSON.stringify(before),
      'healed',
      10_000,
    );
    expect(Date.now() - startMs).toBeLessThan(1_000);
  });

  test.each(drifts.slice(2))('a generated value stays the same after an edit: %s', async (_case, edit) => {
    const name = newName();
    await world.secret(namespace, name, { generate: { type: 'Password' } });
    const before = await native(name);
    await world.patch('secrets', namespace, name, edit(name));
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => found !== undefined && JSON.stringify(shape(found)) === JSON.stringify(shape(before)),
      'healed',
    );
  });

  it('after a delete', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'right' });
    const { metadata } = await native(name);
    const startMs = Date.now();
    await world.remove('secrets', namespace, name);
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => found !== undefined && found.metadata.uid !== metadata.uid,
      'made again',
      10_000,
    );
    expect(Date.now() - startMs).toBeLessThan(1_000);
    expect((await world.valueOf(namespace, name))?.toString()).toBe('right');
  });

  it('also when it was deleted and made by somebody with another type and our owner reference', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'right' });
    const { metadata } = await native(name);
    const { labels, annotations, ownerReferences } = metadata;
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

describe('a generated value', () => {
  it('is another after the native Secret was deleted', async () => {
    const name = newName();
    await world.secret(namespace, name, { generate: { type: 'Password' } });
    const before = await native(name);
    await world.remove('secrets', namespace, name);
    const after = await world.until(
      'secrets',
      namespace,
      name,
      (found) => found !== undefined && found.metadata.uid !== before.metadata.uid,
      'made again',
    );
    expect(after?.data?.[name]).not.toBe(before.data?.[name]);
  });

  it('is rotated when it is asked for, once, and keeps the former', async () => {
    const name = newName();
    await world.secret(namespace, name, { generate: { type: 'Ed25519' } });
    const before = await native(name);
    await world.patch('usersecrets', namespace, name, { metadata: { annotations: { 'neu.ro/rotate': 'now' } } });
    const after = orThrow(
      await world.until(
        'secrets',
        namespace,
        name,
        (found) => found?.data?.[`${name}.previous`] !== undefined,
        'rotated',
      ),
    );
    expect(after.data).toMatchObject({
      [`${name}.previous`]: before.data?.[name],
      [`${name}.pub.previous`]: before.data?.[`${name}.pub`],
    });
    expect(after.data?.[name]).not.toBe(before.data?.[name]);
    await world.patch('usersecrets', namespace, name, { metadata: { annotations: { other: 'x' } } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await native(name)).data).toEqual(after.data);
  });

  it('is rotated in time, says when next, and keeps one former value', async () => {
    const name = newName();
    const { status } = await world.secret(namespace, name, { generate: { type: 'Hex', rotateEvery: '2s' } });
    expect(new Date(status?.nextRotation ?? 0).getTime() - Date.now()).toBeLessThanOrEqual(2_000);
    const values = [(await native(name)).data?.[name]];
    for (const _ of [1, 2]) {
      const last = values.at(-1);
      const rotated = await world.until('secrets', namespace, name, (found) => found?.data?.[name] !== last, 'rotated');
      expect(Object.keys(rotated?.data ?? {}).sort()).toEqual([name, `${name}.previous`]);
      expect(rotated?.data?.[`${name}.previous`]).toBe(last);
      values.push(rotated?.data?.[name]);
    }
    expect(new Set(values).size).toBe(3);
    await world.remove('usersecrets', namespace, name);
  });

  it('does not change with rotateEvery', async () => {
    const name = newName();
    await world.secret(namespace, name, { generate: { type: 'Hex' } });
    const before = await native(name);
    await world.patch('usersecrets', namespace, name, { spec: { generate: { rotateEvery: '30d' } } });
    const found = orThrow(await world.untilReason('usersecrets', namespace, name, 'True Synced'));
    expect(found.status).toHaveProperty('nextRotation');
    expect((await native(name)).data).toEqual(before.data);
  });
});

describe('keys that are names of something in every object', () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  test.each(keys)('%s is a key like another', async (key) => {
    const name = newName();
    await world.secret(namespace, name, { key, value: 'one' });
    const { data } = await native(name);
    expect(Object.entries(data ?? {})).toEqual([[key, base64('one')]]);
    await world.patch('usersecrets', namespace, name, { spec: { value: 'two' } });
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => Object.values(found?.data ?? {}).includes(base64('two')),
      key,
    );
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
  });

  test.each(keys)('%s of a Secret that lacks it is missing', async (key) => {
    const name = newName();
    await world.create('secrets', namespace, { metadata: { name: `${name}-source` }, data: { other: base64('x') } });
    await world.secret(namespace, name, { secretKeyRef: { name: `${name}-source`, key } }, 'False SourceNotFound');
  });
});

describe('a secretKeyRef', () => {
  it('waits for the Secret, then for the key, and follows it', async () => {
    const name = newName();
    const source = `${name}-source`;
    await world.secret(namespace, name, { secretKeyRef: { name: source, key: 'password' } }, 'False SourceNotFound');
    await world.create('secrets', namespace, { metadata: { name: source }, data: { other: base64('x') } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await world.get('secrets', namespace, name)).toBeUndefined();
    await world.patch('secrets', namespace, source, { data: { password: base64('one') } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await world.valueOf(namespace, name))?.toString()).toBe('one');
    await world.patch('secrets', namespace, source, { data: { password: base64('two') } });
    await world.until('secrets', namespace, name, (found) => found?.data?.[name] === base64('two'), 'followed');
  });

  it('of a Secret that was there before says when it goes, and keeps the value', async () => {
    const name = newName();
    const source = `${name}-source`;
    await world.create('secrets', namespace, { metadata: { name: source }, data: { password: base64('one') } });
    await world.secret(namespace, name, { secretKeyRef: { name: source, key: 'password' } });
    await world.remove('secrets', namespace, source);
    await world.untilReason('usersecrets', namespace, name, 'False SourceNotFound');
    expect((await world.valueOf(namespace, name))?.toString()).toBe('one');
  });

  it('to one of our own Secrets is refused', async () => {
    const [one, other] = [newName(), newName()];
    await world.secret(namespace, one, { value: 'x' });
    await world.secret(namespace, other, { secretKeyRef: { name: one, key: one } }, 'False SourceNotPermitted');
    expect(await world.get('secrets', namespace, other)).toBeUndefined();
  });
});

describe('a Secret of the name that somebody else made', () => {
  it('is refused with Conflict, and the UserSecret gets the name when it goes', async () => {
    const name = newName();
    const made = await world.create('secrets', namespace, { metadata: { name }, data: { [name]: base64('theirs') } });
    await world.secret(namespace, name, { value: 'ours' }, 'False Conflict');
    expect(await native(name)).toEqual(made);
    await world.remove('secrets', namespace, name);
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
  });

  it('is taken over when it says so', async () => {
    const name = newName();
    await world.create('secrets', namespace, {
      metadata: { name },
      data: { [name]: base64('theirs'), other: base64('x') },
    });
    await world.secret(namespace, name, { value: 'ours' }, 'False Conflict');
    await world.patch('secrets', namespace, name, { metadata: { annotations: { 'neu.ro/adopt': 'true' } } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => JSON.stringify(found?.data) === JSON.stringify({ [name]: base64('ours') }),
      'only our value',
    );
    expect((await native(name)).metadata.annotations).not.toHaveProperty('neu.ro/adopt');
  });

  it('is taken over with its value where the value is generated, and rotated from then on', async () => {
    const name = newName();
    await world.create('secrets', namespace, {
      metadata: { name, annotations: { 'neu.ro/adopt': 'true' } },
      data: { [name]: base64('theirs') },
    });
    await world.secret(namespace, name, { generate: { type: 'Password' } });
    expect((await world.valueOf(namespace, name))?.toString()).toBe('theirs');
    await world.patch('usersecrets', namespace, name, { metadata: { annotations: { 'neu.ro/rotate': '1' } } });
    await world.until(
      'secrets',
      namespace,
      name,
      (found) => found?.data?.[`${name}.previous`] === base64('theirs'),
      'rotated',
    );
  });
});

describe('deleting a UserSecret', () => {
  it('takes the native Secret along', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'x' });
    await world.remove('usersecrets', namespace, name);
    await world.until('secrets', namespace, name, (found) => found === undefined, 'gone', collectedWithinMs);
  }, 90_000);

  it('leaves it with the policy Orphan, also when that was set later', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'x' });
    await world.patch('usersecrets', namespace, name, { spec: { deletionPolicy: 'Orphan' } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    expect((await native(name)).metadata.ownerReferences).toBeUndefined();
    await world.remove('usersecrets', namespace, name);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await world.valueOf(namespace, name))?.toString()).toBe('x');
    await world.secret(namespace, name, { value: 'y' }, 'False Conflict');
    await world.patch('secrets', namespace, name, { metadata: { annotations: { 'neu.ro/adopt': 'true' } } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
  });

  it('takes it along when the policy is Delete again', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'x', deletionPolicy: 'Orphan' });
    await world.patch('usersecrets', namespace, name, { spec: { deletionPolicy: 'Delete' } });
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    await world.remove('usersecrets', namespace, name);
    await world.until('secrets', namespace, name, (found) => found === undefined, 'gone', collectedWithinMs);
  }, 90_000);

  it('and making it again at once ends with the new value', async () => {
    const name = newName();
    await world.secret(namespace, name, { value: 'one' });
    for (const value of ['two', 'three']) {
      await world.remove('usersecrets', namespace, name);
      await world.create('usersecrets', namespace, { metadata: { name }, spec: { value } });
    }
    await world.untilReason('usersecrets', namespace, name, 'True Synced');
    const { metadata } = orThrow(await world.get('usersecrets', namespace, name));
    const made = await native(name);
    expect(made.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([metadata.uid]);
    expect(made.data).toEqual({ [name]: base64('three') });
  });
});

describe('two UserSecrets of one key', () => {
  it('the younger waits until the elder is gone', async () => {
    const [one, other] = [newName(), newName()];
    await world.secret(namespace, one, { key: `K_${one}`, value: 'elder' });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await world.secret(namespace, other, { key: `K_${one}`, value: 'younger' }, 'False KeyConflict');
    expect(await world.get('secrets', namespace, other)).toBeUndefined();
    await world.remove('usersecrets', namespace, one);
    await world.untilReason('usersecrets', namespace, other, 'True Synced');
  });

  it('made in one moment: one has it and the other waits', async () => {
    const names = [newName(), newName(), newName()];
    await Promise.all(
      names.map((name) =>
        world.create('usersecrets', namespace, {
          metadata: { name },
          spec: { key: `K_${names[0] ?? ''}`, value: 'x' },
        }),
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
