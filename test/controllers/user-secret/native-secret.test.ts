/** The native Secret of a UserSecret: kept as it is, taken over, contested, left behind; in front of an API server without a network. */
import { describe, expect, it, test } from 'vitest';
import type { UserSecret } from '../../../src/api/index.ts';
import { secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { base64, namespace, UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

freshWorlds(
  () => new UserSecretWorld(),
  (made) => (world = made),
);

const hourMs = 3_600_000;

describe('the native Secret is restored', () => {
  const drifts: readonly [string, unknown][] = [
    ['another value', { data: { db: base64('other') } }],
    ['no value', { data: null }],
    ['another key', { data: { extra: base64('x') } }],
    ['no labels', { metadata: { labels: null } }],
    ['no label of the operator', { metadata: { labels: { 'neu.ro/managed-by': null } } }],
    ['no annotations', { metadata: { annotations: null } }],
    ['no owner reference', { metadata: { ownerReferences: null } }],
    ['immutable', { immutable: true }],
  ];
  const shape = (): unknown => {
    const { type, immutable, data, metadata } = world.native('db') ?? {};
    const { 'neu.ro/generated-at': _at, ...annotations } = metadata?.annotations ?? {};
    const { labels, ownerReferences } = metadata ?? {};
    return { type, immutable: immutable ?? false, data, labels, annotations, ownerReferences };
  };

  test.each(drifts)('after an edit: %s', async (_case, edit) => {
    await world.apply('db', { value: 'right' });
    const before = shape();
    await world.patch(secretType, 'db', edit);
    expect(shape()).toEqual(before);
    expect(world.reason('db')).toBe('True Synced');
  });

  test.each(drifts.slice(2))('with the generated value that it had, after an edit: %s', async (_case, edit) => {
    await world.apply('db', { generate: { type: 'Password' } });
    const before = shape();
    await world.patch(secretType, 'db', edit);
    expect(shape()).toEqual(before);
  });

  it('after a delete', async () => {
    await world.apply('db', { value: 'right' });
    await world.remove(secretType, 'db');
    expect(world.data('db')).toEqual({ db: 'right' });
  });

  it('by someone else with another type and our owner reference', async () => {
    await world.apply('db', { value: 'right' });
    const { labels, annotations, ownerReferences } = world.native('db')?.metadata ?? {};
    await world.patch(secretType, 'db', { type: 'example.com/other', data: { db: base64('x') } });
    expect(world.native('db')).toMatchObject({ type: 'Opaque', data: { db: base64('right') } });
    expect(world.native('db')?.metadata).toMatchObject({ labels, annotations, ownerReferences });
  });

  it('and says so by an event', async () => {
    await world.apply('db', { value: 'right' });
    await world.patch(secretType, 'db', { data: { db: base64('other') } });
    expect(world.eventsOf('db')).toEqual(['Warning PlaintextSource', 'Warning Healed']);
  });

  it('up to a limit: the status names what changes it each time, and a retry comes after a pause', async () => {
    await world.apply('db', { value: 'right' });
    for (let time = 0; time < 12; time += 1) await world.patch(secretType, 'db', { data: { db: base64('other') } });
    expect(world.reason('db')).toBe('False Contested');
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    const before = world.writes.filter((write) => write === 'PATCH secrets/db').length;
    expect(before).toBeLessThanOrEqual(10);
    await world.later(61_000);
    expect(world.value('db')).toBe('right');
    expect(world.reason('db')).toBe('True Synced');
  });
});

describe('a Secret of the name that someone else made', () => {
  it('is refused with Conflict, and the UserSecret gets the name when it goes', async () => {
    await world.makeSecret('db', { db: 'theirs' });
    const made = world.native('db');
    await world.apply('db', { value: 'ours' });
    expect(world.reason('db')).toBe('False Conflict');
    expect(world.native('db')).toEqual(made);
    await world.remove(secretType, 'db');
    expect(world.reason('db')).toBe('True Synced');
  });

  it('is sent no value while it is known to be there', async () => {
    await world.makeSecret('db', { db: 'theirs' });
    await world.apply('db', { value: 'ours' });
    const tries = world.writes.filter((write) => write === 'POST secrets').length;
    await world.apply('db', { value: 'ours, changed' });
    await world.later(hourMs);
    expect(world.writes.filter((write) => write === 'POST secrets')).toHaveLength(tries);
  });

  it('is taken over when it names the UserSecret', async () => {
    await world.makeSecret('db', { db: 'theirs' });
    await world.apply('db', { value: 'ours' });
    expect(world.condition('db')?.message).toContain('kubectl annotate secret db -n alice --overwrite neu.ro/adopt=db');
    for (const name of ['true', 'other']) {
      await world.patch(secretType, 'db', { metadata: { annotations: { 'neu.ro/adopt': name } } });
      expect(world.reason('db')).toBe('False Conflict');
    }
    await world.patch(secretType, 'db', { metadata: { annotations: { 'neu.ro/adopt': 'db' } } });
    expect(world.reason('db')).toBe('True Synced');
    expect(world.data('db')).toEqual({ db: 'ours' });
    expect(world.native('db')?.metadata.annotations).not.toHaveProperty('neu.ro/adopt');
    expect(world.eventsOf('db')).toContain('Normal Adopted');
  });

  it('is not taken over while it has other keys, which the message names', async () => {
    const data = { db: 'theirs', username: 'u1', host: 'h' };
    await world.makeSecret('db', data, { metadata: { name: 'db', annotations: { 'neu.ro/adopt': 'db' } } });
    await world.apply('db', { generate: { type: 'Password' } });
    expect(world.reason('db')).toBe('False Conflict');
    expect(world.condition('db')?.message).toContain("would remove 'username', 'host'");
    expect(world.data('db')).toEqual(data);
    await world.patch(secretType, 'db', { data: { username: null, host: null } });
    expect(world.reason('db')).toBe('True Synced');
    expect(world.data('db')).toEqual({ db: 'theirs' });
  });

  it('is taken over with its value where the value is generated, and rotated from then on', async () => {
    await world.makeSecret('db', { db: 'theirs' }, { metadata: { name: 'db', annotations: { 'neu.ro/adopt': 'db' } } });
    await world.apply('db', { generate: { type: 'Password' } });
    expect(world.value('db')).toBe('theirs');
    await world.annotate('db', { 'neu.ro/rotate': '1' });
    expect(world.value('db', 'db.previous')).toBe('theirs');
  });

  it('is not taken from a controller that owns it', async () => {
    const ownerReferences = [{ apiVersion: 'x/v1', kind: 'ExternalSecret', name: 'e', uid: 'e', controller: true }];
    const metadata = { name: 'db', annotations: { 'neu.ro/adopt': 'db' }, ownerReferences };
    await world.makeSecret('db', { db: 'theirs' }, { metadata });
    await world.apply('db', { value: 'ours' });
    expect(world.reason('db')).toBe('False Conflict');
  });
});

describe('a native Secret whose name several UserSecrets want', () => {
  const at = (minute: number) => ({ creationTimestamp: `2026-01-01T00:0${String(minute)}:00Z` });
  const wanting = (name: string, minute: number) =>
    world.apply(name, { secretName: 'shared', value: `of-${name}` }, at(minute));
  const reasons = (...names: readonly string[]) => names.map((name) => world.reason(name));

  it('goes to the next eldest at once, when the one that had it goes', async () => {
    await wanting('first', 1);
    await wanting('second', 2);
    await wanting('third', 3);
    expect(reasons('first', 'second', 'third')).toEqual(['True Synced', 'False Conflict', 'False Conflict']);
    await world.remove(userSecretType, 'first');
    await world.collectGarbage();
    expect(world.data('shared')).toEqual({ second: 'of-second' });
    expect(reasons('second', 'third')).toEqual(['True Synced', 'False Conflict']);
  });

  it('goes to an elder one that waits for it at once, when a younger one that had it goes', async () => {
    await wanting('young', 3);
    await wanting('middle', 2);
    await wanting('old', 1);
    expect(reasons('young', 'middle', 'old')).toEqual(['True Synced', 'False Conflict', 'False Conflict']);
    await world.remove(userSecretType, 'young');
    await world.collectGarbage();
    expect(world.data('shared')).toEqual({ old: 'of-old' });
    expect(reasons('middle', 'old')).toEqual(['False Conflict', 'True Synced']);
  });

  it('is made again for a younger one that has it, when somebody deletes or changes it', async () => {
    await wanting('young', 3);
    await wanting('middle', 2);
    await world.patch(secretType, 'shared', { data: { young: base64('other') } });
    expect(world.data('shared')).toEqual({ young: 'of-young' });
    expect(reasons('young', 'middle')).toEqual(['True Synced', 'False Conflict']);
  });
});

describe('deleting a UserSecret', () => {
  it('leaves the native Secret to the garbage collector, with its owner reference', async () => {
    await world.apply('db', { value: 'x' });
    const before = world.native('db');
    await world.remove(userSecretType, 'db');
    expect(world.native('db')).toEqual(before);
    await world.collectGarbage();
    expect(world.native('db')).toBeUndefined();
  });

  it('leaves it with the policy Orphan, also when that was set later', async () => {
    await world.apply('db', { value: 'x' });
    await world.apply('db', { value: 'x', deletionPolicy: 'Orphan' });
    await world.remove(userSecretType, 'db');
    await world.collectGarbage();
    expect(world.value('db')).toBe('x');
    await world.apply('db', { value: 'y' });
    expect(world.reason('db')).toBe('False Conflict');
    expect(world.value('db')).toBe('x');
  });

  it('takes it along when the policy is Delete again', async () => {
    await world.apply('db', { value: 'x', deletionPolicy: 'Orphan' });
    await world.apply('db', { value: 'x', deletionPolicy: 'Delete' });
    await world.remove(userSecretType, 'db');
    await world.collectGarbage();
    expect(world.native('db')).toBeUndefined();
  });

  it.each([
    ['a value', { value: 'x' }],
    ['a generated value', { generate: { type: 'Hex', rotateEvery: '1h' } }],
  ] as const)('that a finalizer keeps is said once in its status, and writes nothing more: %s', async (_case, spec) => {
    const { metadata } = await world.apply('db', spec);
    const object = world.model.get(userSecretType, { namespace, name: 'db' });
    const going = { ...object?.metadata, name: 'db', deletionTimestamp: world.now, finalizers: ['example.com/keep'] };
    world.model.put(userSecretType, { ...object, metadata: { ...going, generation: (metadata.generation ?? 0) + 1 } });
    await world.later(1_000);
    const { status } = world.model.get(userSecretType, { namespace, name: 'db' }) as unknown as UserSecret;
    expect(world.reason('db')).toBe('False Deleting');
    expect(status?.observedGeneration).toBe((metadata.generation ?? 0) + 1);
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.message).toMatch(
      / a finalizer keeps it: kubectl get usersecret db -n /,
    );
    expect(world.eventsOf('db')).not.toContain('Warning Deleting');
    const written = world.writes.length;
    await world.remove(secretType, 'db');
    await world.later(2 * hourMs);
    expect(world.native('db')).toBeUndefined();
    expect(world.writes.length).toBe(written);
  });

  it('and making it again at once ends with the new value', async () => {
    await world.apply('db', { value: 'one' });
    world.model.remove(userSecretType, { namespace, name: 'db' });
    const { metadata } = await world.apply('db', { value: 'two' });
    expect(world.reason('db')).toBe('False Replacing');
    await world.collectGarbage();
    expect(world.reason('db')).toBe('True Synced');
    expect(world.data('db')).toEqual({ db: 'two' });
    expect(world.native('db')?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([metadata.uid]);
  });
});

describe('something that undoes each write', () => {
  it('is reported from the first write on, and put back with growing pauses after ten writes', async () => {
    await world.apply('db', { value: 'right' });
    const mutate = (): void => {
      const native = world.native('db');
      if (native !== undefined) world.model.put(secretType, { ...native, data: { db: base64('other') } });
    };
    world.intercept = ({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/secrets/db')) setImmediate(mutate);
      return 'pass';
    };
    await world.patch(secretType, 'db', { data: { db: base64('other') } });
    await world.later(1_000);
    expect(world.reason('db')).toBe('False Contested');
    await world.later(50_000);
    const patches = world.writes.filter((write) => write === 'PATCH secrets/db').length;
    expect(patches).toBeGreaterThan(10);
    expect(patches).toBeLessThanOrEqual(16);
  });
});

describe('a native Secret with more keys than any of ours', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`A${String(index)}`, base64('x')]));

  it('gets rid of them, and keeps a generated value', async () => {
    await world.apply('db', { generate: { type: 'Password' } });
    const before = world.value('db');
    await world.patch(secretType, 'db', { data: many });
    await world.rest();
    expect(Object.keys(world.native('db')?.data ?? {})).toEqual(['db']);
    expect(world.value('db')).toBe(before);
  });

  it('gets its value back where that was changed too', async () => {
    await world.apply('db', { value: 'mine' });
    await world.patch(secretType, 'db', { data: { ...many, db: base64('theirs') } });
    await world.rest();
    expect(world.value('db')).toBe('mine');
  });
});
