/** What a UserSecret does, in front of an API server without a network. test/cluster has what only a real one can show. */
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import {
  namespaceType,
  neuroJobType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../../src/controllers/resources.ts';
import type { Secret } from '../../../src/controllers/resources.ts';
import { heldMs, mostBytesOfNamespace } from '../../../src/controllers/user-secret/returned-values.ts';
import { KernelError } from '../../../src/kernel/index.ts';
import { base64, namespace, UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

beforeEach(async () => {
  world = new UserSecretWorld();
  await world.start();
});

afterEach(async () => {
  await world.stop();
  expect(world.errors).toEqual([]);
});

const hourMs = 3_600_000;

describe('the source', () => {
  it('value is kept as it is, and said to be readable', async () => {
    await world.apply('db', { value: 'pä$\n' });
    expect(world.data('db')).toEqual({ db: 'pä$\n' });
    expect(world.status('db').conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Plaintext=True',
      'Ready=True',
    ]);
    expect(world.status('db')).toMatchObject({
      observedGeneration: 1,
      key: 'db',
      secretName: 'db',
      usedBy: 0,
      sharedWith: { count: 0 },
    });
    expect(world.eventsOf('db')).toEqual(['Warning PlaintextSource']);
    expect(world.writes).toEqual(['POST secrets', 'PATCH usersecrets/db/status']);
  });

  it('valueBase64 is kept byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
    await world.apply('db', { valueBase64: base64(bytes) });
    expect(world.native('db')?.data).toEqual({ db: base64(bytes) });
  });

  test.each(['Password', 'Hex', 'Base64', 'UUID', 'Ed25519'] as const)('generate makes a %s', async (type) => {
    await world.apply('db', { generate: { type } });
    expect(Object.keys(world.data('db') ?? {})).toEqual(type === 'Ed25519' ? ['db', 'db.pub'] : ['db']);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('sealed is opened, and the status names the key', async () => {
    const { keyId } = await world.newSealingKey();
    await world.apply('db', await world.sealed('db', 'sëcret'));
    expect(world.value('db')).toBe('sëcret');
    expect(world.status('db')).toMatchObject({ sealedWith: keyId });
    expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready']);
  });

  it('is put under the key, secretName and type that are asked for', async () => {
    await world.apply('db', { key: 'ssh-privatekey', secretName: 'x', type: 'kubernetes.io/ssh-auth', value: 'k' });
    expect(world.native('db')).toBeUndefined();
    expect(world.native('x')).toMatchObject({
      type: 'kubernetes.io/ssh-auth',
      data: { 'ssh-privatekey': base64('k') },
    });
  });

  it('is what the value follows when it changes, also to another source', async () => {
    await world.apply('db', { value: 'one' });
    const { version } = world.status('db');
    await world.apply('db', { value: 'two' });
    expect(world.value('db')).toBe('two');
    expect(world.status('db').version).not.toBe(version);
    await world.apply('db', { generate: { type: 'UUID' } });
    expect(world.value('db')).toMatch(/^[0-9a-f-]{36}$/);
    await world.apply('db', { value: 'three' });
    expect(world.data('db')).toEqual({ db: 'three' });
  });

  it('that is empty is refused with a sentence, and nothing is made', async () => {
    await world.apply('db', { value: '' });
    expect(world.reason('db')).toBe('False ValueInvalid');
    expect(world.condition('db', 'Stalled')?.status).toBe('True');
    expect(world.native('db')).toBeUndefined();
    expect(world.eventsOf('db')).toEqual(['Warning PlaintextSource', 'Warning ValueInvalid']);
  });
});

describe('the native Secret is put back', () => {
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

  it('by somebody else with another type and our owner reference', async () => {
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

  it('but not for ever: something that changes it each time is named, and it is tried again in a minute', async () => {
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

describe('a generated value', () => {
  it('is another after the native Secret was deleted', async () => {
    await world.apply('db', { generate: { type: 'Password' } });
    const before = world.value('db');
    await world.remove(secretType, 'db');
    expect(world.value('db')).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(world.value('db')).not.toBe(before);
  });

  it('is rotated when it is asked for, once, and keeps the former', async () => {
    await world.apply('db', { generate: { type: 'Ed25519' } });
    const before = world.data('db');
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    const after = world.data('db');
    expect(after).toMatchObject({ 'db.previous': before?.['db'], 'db.pub.previous': before?.['db.pub'] });
    expect(after?.['db']).not.toBe(before?.['db']);
    await world.annotate('db', { other: 'x' });
    expect(world.data('db')).toEqual(after);
    expect(world.eventsOf('db')).toEqual(['Normal Rotated']);
  });

  it('is rotated in time, says when next, and keeps one former value', async () => {
    await world.apply('db', { generate: { type: 'Hex', rotateEvery: '1h' } });
    expect(world.status('db').nextRotation).toBe('2026-01-01T01:00:00Z');
    const values = [world.value('db')];
    for (const _ of [1, 2]) {
      await world.later(hourMs - 1_000);
      expect(world.value('db')).toBe(values.at(-1));
      await world.later(1_000);
      expect(Object.keys(world.data('db') ?? {}).sort()).toEqual(['db', 'db.previous']);
      expect(world.value('db', 'db.previous')).toBe(values.at(-1));
      values.push(world.value('db'));
    }
    expect(new Set(values).size).toBe(3);
    expect(world.status('db').nextRotation).toBe('2026-01-01T03:00:00Z');
  });

  it('is rotated each minute at most, whatever an object from before that rule says', async () => {
    await world.apply('db', { generate: { type: 'Hex', rotateEvery: '1s' } });
    expect(world.status('db').nextRotation).toBe('2026-01-01T00:01:00Z');
    const before = world.value('db');
    await world.later(59_000);
    expect(world.value('db')).toBe(before);
    await world.later(1_000);
    expect(world.value('db')).not.toBe(before);
    await world.later(10 * 60_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('does not change with rotateEvery', async () => {
    await world.apply('db', { generate: { type: 'Hex' } });
    const before = world.data('db');
    await world.apply('db', { generate: { type: 'Hex', rotateEvery: '30d' } });
    expect(world.status('db')).toHaveProperty('nextRotation');
    expect(world.data('db')).toEqual(before);
  });
});

describe('keys that are names of something in every object', () => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  test.each(keys)('%s is a key like another', async (key) => {
    await world.apply('db', { key, value: 'one' });
    expect(Object.entries(world.data('db') ?? {})).toEqual([[key, 'one']]);
    await world.apply('db', { key, value: 'two' });
    expect(Object.entries(world.data('db') ?? {})).toEqual([[key, 'two']]);
    expect(world.reason('db')).toBe('True Synced');
  });

  test.each(keys)('%s of a generated value is rotated', async (key) => {
    await world.apply('db', { key, generate: { type: 'Hex' } });
    const before = new Map(Object.entries(world.data('db') ?? {})).get(key);
    await world.annotate('db', { 'neu.ro/rotate': '1' });
    expect(world.value('db', `${key}.previous`)).toBe(before);
  });

  test.each(keys)('%s of a Secret that lacks it is missing', async (key) => {
    await world.makeSecret('source', { other: 'x' });
    await world.apply('db', { secretKeyRef: { name: 'source', key } });
    expect(world.reason('db')).toBe('False SourceNotFound');
  });
});

describe('a secretKeyRef', () => {
  const spec = { secretKeyRef: { name: 'source', key: 'password' } };

  it('waits for the Secret, then for the key, and follows it', async () => {
    await world.apply('db', spec);
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    await world.makeSecret('source', { other: 'x' });
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.native('db')).toBeUndefined();
    await world.makeSecret('source', { password: 'one' });
    expect(world.reason('db')).toBe('True Synced');
    expect(world.value('db')).toBe('one');
    await world.makeSecret('source', { password: 'two' });
    expect(world.value('db')).toBe('two');
  });

  it('of a Secret that was there before says when it goes, and keeps the value', async () => {
    await world.makeSecret('source', { password: 'one' });
    await world.apply('db', spec);
    await world.remove(secretType, 'source');
    expect(world.reason('db')).toBe('False SourceNotFound');
    expect(world.value('db')).toBe('one');
  });

  it('to one of our own Secrets is refused', async () => {
    await world.apply('one', { value: 'x' });
    await world.apply('db', { secretKeyRef: { name: 'one', key: 'one' } });
    expect(world.reason('db')).toBe('False SourceNotPermitted');
    expect(world.native('db')).toBeUndefined();
  });

  it('to its own Secret is refused', async () => {
    await world.apply('db', { secretKeyRef: { name: 'db', key: 'db' } });
    expect(world.reason('db')).toBe('False SourceNotPermitted');
  });
});

describe('a sealed value', () => {
  it('says when its key is not the current one any more', async () => {
    await world.newSealingKey();
    await world.apply('db', await world.sealed('db', 'x'));
    await world.newSealingKey();
    expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready', 'SealingKeyOutdated']);
    expect(world.opened).toBe(1);
    await world.apply('db', await world.sealed('db', 'x'));
    expect(world.status('db').conditions?.map(({ type }) => type)).toEqual(['Ready']);
  });

  it('that no key opens waits for the key, without trying each minute', async () => {
    const lost = await world.newSealingKey();
    const spec = await world.sealed('db', 'rescued');
    await world.loseSealingKey(lost);
    await world.newSealingKey();
    await world.apply('db', spec);
    expect(world.reason('db')).toBe('False UnknownSealingKey');
    expect(world.native('db')).toBeUndefined();
    await world.findSealingKey(lost);
    expect(world.reason('db')).toBe('True Synced');
    expect(world.value('db')).toBe('rescued');
  });

  it('for another object is not opened, and stalls', async () => {
    await world.newSealingKey();
    await world.apply('db', await world.sealed('other', 'x'));
    expect(world.reason('db')).toBe('False CannotOpen');
    expect(world.condition('db', 'Stalled')?.status).toBe('True');
    const { opened } = world;
    await world.later(hourMs);
    expect(world.opened).toBe(opened);
  });

  it('that cannot be opened any more leaves the former value', async () => {
    await world.newSealingKey();
    await world.apply('db', await world.sealed('db', 'one'));
    await world.apply('db', { sealed: { value: 'neuro:v1:nonsense' } });
    expect(world.reason('db')).toBe('False Malformed');
    expect(world.value('db')).toBe('one');
  });
});

describe('a Secret of the name that somebody else made', () => {
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

describe('a restore from a backup', () => {
  /** All of a namespace, then gone; `restore` brings a part back under new UIDs, as a tool for backups does. */
  async function backUp() {
    const { metadata, spec } = world.userSecret('db');
    const { annotations } = metadata;
    const native = world.native('db');
    await world.remove(userSecretType, 'db');
    await world.remove(secretType, 'db');
    return {
      userSecret: () => world.apply('db', spec, annotations === undefined ? {} : { annotations }),
      secret: async (
        changes: Record<string, unknown> = { ownerReferences: undefined },
        becomes: 'kept' | 'collected' = 'kept',
        body: Partial<Secret> = {},
      ) => {
        const { uid: _uid, resourceVersion: _version, ...kept } = native?.metadata ?? { name: 'db' };
        const made = world.model.put(secretType, { ...native, ...body, metadata: { ...kept, ...changes } });
        if (becomes === 'collected') world.model.remove(secretType, made.metadata);
        await world.rest();
      },
    };
  }
  const specs = { generate: { generate: { type: 'Password' } }, value: { value: 'x' } } as const;

  test.each(['generate', 'value'] as const)(
    'without owner references keeps the value of %s, Secret first',
    async (kind) => {
      await world.apply('db', specs[kind]);
      const before = world.data('db');
      const backup = await backUp();
      await backup.secret();
      const { metadata } = await backup.userSecret();
      expect(world.reason('db')).toBe('True Synced');
      expect(world.data('db')).toEqual(before);
      expect(world.native('db')?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([metadata.uid]);
      expect(world.eventsOf('db')).toContain('Normal Restored');
    },
  );

  it('of the UserSecret first waits for the generated value, and takes it when it comes', async () => {
    await world.apply('db', specs.generate);
    const before = world.data('db');
    const backup = await backUp();
    await backup.userSecret();
    expect(world.reason('db')).toBe('False ValueLost');
    expect(world.eventsOf('db')).toContain('Warning ValueLost');
    await world.later(hourMs);
    expect(world.native('db')).toBeUndefined();
    await backup.secret();
    expect(world.reason('db')).toBe('True Synced');
    expect(world.data('db')).toEqual(before);
  });

  it('with stale owner references keeps a generated value', async () => {
    await world.apply('db', specs.generate);
    const before = world.data('db');
    const backup = await backUp();
    await backup.userSecret();
    await backup.secret({});
    await world.collectGarbage();
    expect(world.reason('db')).toBe('True Synced');
    expect(world.data('db')).toEqual(before);
  });

  describe('of a dump whose Secrets the garbage collector takes at once', () => {
    it.each(['UserSecret', 'Secret'])('keeps a generated value, %s first', async (first) => {
      await world.apply('db', { generate: { type: 'Ed25519' } });
      const before = world.data('db');
      const backup = await backUp();
      if (first === 'UserSecret') await backup.userSecret();
      await backup.secret({}, 'collected');
      if (first === 'Secret') {
        expect(world.native('db')).toBeUndefined();
        await backup.userSecret();
      }
      expect(world.reason('db')).toBe('True Synced');
      expect(world.data('db')).toEqual(before);
      expect(world.eventsOf('db')).toContain('Normal Restored');
      expect(world.condition('db', 'ValueRegenerated')).toBeUndefined();
      expect(world.native('db')?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([
        world.userSecret('db').metadata.uid,
      ]);
    });

    it('holds the value for ten minutes, and that of a later try again', async () => {
      await world.apply('db', specs.generate);
      const before = world.data('db');
      const backup = await backUp();
      await backup.secret({}, 'collected');
      await world.later(heldMs);
      await backup.userSecret();
      expect(world.reason('db')).toBe('False ValueLost');
      await backup.secret({}, 'collected');
      expect(world.reason('db')).toBe('True Synced');
      expect(world.data('db')).toEqual(before);
    });

    it.each([
      ['was changed', { data: { db: base64('theirs') } }],
      ['is large', { data: { db: base64('x'), more: 'A'.repeat(8_192) } }],
    ])('holds no value of a Secret that %s', async (_case, changes) => {
      await world.apply('db', specs.generate);
      const backup = await backUp();
      await backup.userSecret();
      await backup.secret({}, 'collected', changes);
      await world.rest();
      expect(world.reason('db')).toBe('False ValueLost');
    });

    it('holds no more for one namespace than its share', async () => {
      await world.apply('db', specs.generate);
      const large = { data: { db: base64(world.value('db') ?? ''), more: 'A'.repeat(7_000) } };
      const backup = await backUp();
      for (let copy = 0; copy < mostBytesOfNamespace / 7_000; copy += 1)
        await backup.secret({ name: `copy-${String(copy)}` }, 'collected', large);
      await backup.userSecret();
      await backup.secret({}, 'collected', large);
      expect(world.reason('db')).toBe('False ValueLost');
    });

    it('holds no value of a UserSecret that is deleted', async () => {
      await world.apply('db', specs.generate);
      const backup = await backUp();
      await backup.userSecret();
      expect(world.reason('db')).toBe('False ValueLost');
    });
  });

  it.each([{ 'neu.ro/rotate': 'new' }, { 'neu.ro/generated-for': null }])(
    'of the UserSecret alone makes a new value when that is asked for: %j',
    async (annotations) => {
      await world.apply('db', specs.generate);
      const before = world.value('db');
      const backup = await backUp();
      await backup.userSecret();
      await world.annotate('db', annotations);
      expect(world.reason('db')).toBe('True Synced');
      expect(world.value('db')).not.toBe(before);
    },
  );

  it('from git makes a new value, because git knows of none', async () => {
    await world.apply('db', specs.generate);
    await backUp();
    await world.apply('db', specs.generate);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('takes no Secret whose marks the operator did not make', async () => {
    await world.apply('db', specs.generate);
    const backup = await backUp();
    await backup.secret();
    await world.patch(secretType, 'db', { data: { db: base64('theirs') } });
    await backup.userSecret();
    expect(world.reason('db')).toBe('False Conflict');
    expect(world.value('db')).toBe('theirs');
  });

  it('takes no Secret that a former UserSecret left behind on purpose', async () => {
    await world.apply('db', { ...specs.generate, deletionPolicy: 'Orphan' });
    await world.remove(userSecretType, 'db');
    await world.apply('db', specs.generate);
    expect(world.reason('db')).toBe('False Conflict');
  });

  it('is no matter of a Secret that is deleted: a new value is made, with a warning', async () => {
    await world.apply('db', specs.generate);
    await world.remove(secretType, 'db');
    expect(world.eventsOf('db')).toEqual(['Warning Regenerated']);
  });

  describe('that lost a generated value', () => {
    const notice = () => world.condition('db', 'ValueRegenerated')?.reason;

    it.each<[string, () => Promise<void>]>([
      ['was deleted', () => world.remove(secretType, 'db')],
      ['was changed', () => world.patch(secretType, 'db', { data: { db: base64('theirs') } })],
    ])('says so until somebody has read it, when the Secret %s', async (_case, lose) => {
      await world.apply('db', specs.generate);
      expect(notice()).toBeUndefined();
      await lose();
      expect(notice()).toBe('Regenerated');
      // A repair that keeps the value keeps the notice.
      await world.patch(secretType, 'db', { immutable: true });
      expect(notice()).toBe('Regenerated');
      await world.stop();
      await world.start();
      expect(notice()).toBe('Regenerated');
      await world.patch(secretType, 'db', { metadata: { annotations: { 'neu.ro/regenerated': null } } });
      expect(world.reason('db')).toBe('True Synced');
      expect(notice()).toBeUndefined();
    });

    it('says so no longer once a new value was asked for', async () => {
      await world.apply('db', specs.generate);
      await world.remove(secretType, 'db');
      await world.annotate('db', { 'neu.ro/rotate': 'now' });
      expect(world.eventsOf('db')).toContain('Normal Rotated');
      expect(notice()).toBeUndefined();
    });
  });
});

describe('two UserSecrets of one key', () => {
  it('the younger waits until the elder is gone', async () => {
    await world.apply('one', { key: 'K', value: 'elder' });
    await world.later(2_000);
    await world.apply('other', { key: 'K', value: 'younger' });
    expect(world.reason('other')).toBe('False KeyConflict');
    expect(world.native('other')).toBeUndefined();
    await world.remove(userSecretType, 'one');
    expect(world.reason('other')).toBe('True Synced');
  });

  it('that wait name the one that has it, not one that waits too', async () => {
    for (const name of ['one', 'two', 'three']) {
      await world.apply(name, { key: 'K', value: 'x' });
      await world.later(2_000);
    }
    expect(world.condition('three')?.message).toContain("belongs to UserSecret 'one'");
    await world.remove(userSecretType, 'one');
    expect(world.reason('two')).toBe('True Synced');
    expect(world.condition('three')?.message).toContain("belongs to UserSecret 'two'");
  });

  it('do not clash where their type fixes the key, also with an Opaque one', async () => {
    const type = 'kubernetes.io/dockerconfigjson';
    for (const name of ['one', 'two']) await world.apply(name, { key: '.dockerconfigjson', type, value: '{}' });
    await world.apply('three', { key: '.dockerconfigjson', value: '{}' });
    for (const name of ['one', 'two', 'three']) expect(world.reason(name)).toBe('True Synced');
  });

  it('made in one second: one has it and the others wait', async () => {
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => world.apply(name, { key: 'K', value: 'x' })));
    expect(names.map((name) => world.reason(name)).sort()).toEqual([
      'False KeyConflict',
      'False KeyConflict',
      'True Synced',
    ]);
  });
});

describe('the status counts', () => {
  it('grants over the secret, gathered for a second', async () => {
    await world.apply('db', { value: 'x' });
    for (const name of ['bob', 'carol']) {
      world.model.put(secretGrantType, {
        metadata: { namespace, name, generation: 1 },
        spec: { secret: 'db', subject: { kind: 'User', name } },
        status: { phase: 'Active' },
      });
    }
    await world.later(1_000);
    expect(world.status('db').sharedWith).toEqual({ count: 2, subjects: ['bob', 'carol'] });
    expect(world.writes.filter((write) => write === 'PATCH usersecrets/db/status')).toHaveLength(2);
  });

  it('unfinished jobs that use it', async () => {
    await world.apply('db', { value: 'x' });
    const job = {
      metadata: { namespace: 'bob', name: 'train', generation: 1 },
      spec: { image: 'i', env: [{ name: 'A', fromSecret: { namespace, name: 'db' } }] },
    };
    world.model.put(neuroJobType, job);
    await world.later(5_000);
    expect(world.status('db').usedBy).toBe(1);
    world.model.put(neuroJobType, { ...job, status: { finishTime: world.now } });
    await world.later(5_000);
    expect(world.status('db').usedBy).toBe(0);
  });
});

describe('a restart', () => {
  it('writes nothing and opens nothing where all is settled', async () => {
    await world.newSealingKey();
    await world.makeSecret('source', { password: 'x' });
    await world.apply('plain', { value: 'x' });
    await world.apply('binary', { valueBase64: 'eA==' });
    await world.apply('made', { generate: { type: 'Password', rotateEvery: '30d' } });
    await world.apply('follows', { secretKeyRef: { name: 'source', key: 'password' } });
    await world.apply('sealed', await world.sealed('sealed', 'x'));
    await world.apply('broken', await world.sealed('other', 'x'));
    await world.stop();
    await world.start();
    expect(world.writes).toEqual([]);
    // What cannot be opened is tried once.
    expect(world.opened).toBe(1);
  });

  it('finds what happened meanwhile', async () => {
    await world.apply('changed', { value: 'x' });
    await world.apply('lost', { value: 'x' });
    await world.stop();
    await world.apply('changed', { value: 'y' });
    await world.remove(secretType, 'lost');
    await world.start();
    expect(world.value('changed')).toBe('y');
    expect(world.value('lost')).toBe('x');
  });
});

describe('an API server that fails', () => {
  const down = new KernelError('Server', 'POST /x: 500 InternalError failed calling webhook "w.example.com"', {
    status: 500,
  });
  const failing = (method: string, end: string): void => {
    world.intercept = (request) => (request.method === method && request.path.endsWith(end) ? down : 'pass');
  };
  const mend = (): void => {
    world.intercept = () => 'pass';
    world.errors.length = 0;
  };

  it('for Secrets is reported once it lasts, with its sentence, and mended when it works again', async () => {
    failing('POST', '/secrets');
    await world.apply('db', { value: 'x' });
    expect(world.reason('db')).toBe('');
    await world.later(5_000);
    expect(world.reason('db')).toBe('False ApiError');
    expect(world.condition('db')?.message).toContain(
      'creating the native Secret failed: 500 InternalError failed calling webhook "w.example.com"',
    );
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    await world.later(hourMs);
    expect(world.eventsOf('db').filter((event) => event === 'Warning ApiError')).toHaveLength(1);
    expect(world.writes.filter((write) => write === 'PATCH usersecrets/db/status')).toHaveLength(1);
    mend();
    await world.later(40_000);
    expect(world.reason('db')).toBe('True Synced');
    expect(world.condition('db', 'Reconciling')).toBeUndefined();
  });

  it('for a change keeps the former value, and says so', async () => {
    await world.apply('db', { value: 'one' });
    failing('PATCH', '/secrets/db');
    await world.apply('db', { value: 'two' });
    await world.later(5_000);
    expect(world.reason('db')).toBe('False ApiError');
    expect(world.value('db')).toBe('one');
    mend();
    await world.later(40_000);
    expect(world.value('db')).toBe('two');
  });

  it('for statuses keeps no value from its Secret, and the status follows', async () => {
    failing('PATCH', '/usersecrets/db/status');
    await world.apply('db', { generate: { type: 'Hex', rotateEvery: '1h' } });
    const first = world.value('db');
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    // It is looked at again with each retry, half a minute apart at most.
    await world.later(hourMs + 40_000);
    expect(world.value('db', 'db.previous')).toBe(first);
    expect(world.reason('db')).toBe('');
    mend();
    await world.later(40_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('for reading the source of a reference is reported', async () => {
    await world.makeSecret('source', { password: 'one' });
    failing('GET', '/secrets/source');
    await world.apply('db', { secretKeyRef: { name: 'source', key: 'password' } });
    await world.later(5_000);
    expect(world.reason('db')).toBe('False ApiError');
    expect(world.condition('db')?.message).toContain('reading the value failed');
    mend();
    await world.later(40_000);
    expect(world.value('db')).toBe('one');
  });

  it('between the two halves of a replacement loses no generated value', async () => {
    await world.apply('db', { generate: { type: 'Password' } });
    const before = world.value('db');
    failing('POST', '/secrets');
    await world.patch(secretType, 'db', { immutable: true });
    await world.later(5_000);
    expect(world.native('db')).toBeUndefined();
    expect(world.reason('db')).toBe('False ApiError');
    mend();
    await world.later(40_000);
    expect(world.value('db')).toBe(before);
    expect(world.native('db')?.immutable).toBeUndefined();
    expect(world.reason('db')).toBe('True Synced');
  });

  it('because of a defect of ours is reported without the text of the error', async () => {
    world.intercept = ({ method }) => (method === 'POST' ? new TypeError('CANARY') : 'pass');
    await world.apply('db', { value: 'x' });
    await world.later(5_000);
    expect(world.reason('db')).toBe('False InternalError');
    expect(JSON.stringify(world.status('db'))).not.toContain('CANARY');
    mend();
  });
});

describe('an API server that refuses the Secret', () => {
  afterEach(() => {
    world.intercept = () => 'pass';
  });
  const refuse = (error: KernelError): void => {
    world.intercept = ({ method, path }) => (method === 'POST' && path.endsWith('/secrets') ? error : 'pass');
  };

  it('for a quota is quoted, and asked again each minute', async () => {
    const said = 'exceeded quota: small, requested: secrets=1, used: secrets=3, limited: secrets=3';
    refuse(new KernelError('Forbidden', `POST /x: 403 Forbidden ${said}`));
    await world.apply('db', { value: 'x' });
    expect(world.reason('db')).toBe('False QuotaExhausted');
    expect(world.condition('db')?.message).toContain(said);
    expect(world.condition('db', 'Reconciling')?.status).toBe('True');
    world.intercept = () => 'pass';
    await world.later(60_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('for a policy is Refused, and asked again each minute', async () => {
    refuse(new KernelError('Forbidden', 'POST /x: 403 Forbidden'));
    await world.apply('db', { value: 'x' });
    expect(world.reason('db')).toBe('False Refused');
    world.intercept = () => 'pass';
    await world.later(60_000);
    expect(world.reason('db')).toBe('True Synced');
  });

  it('because its type demands something else stalls', async () => {
    refuse(new KernelError('Invalid', 'POST /x: 422 Invalid data[.dockerconfigjson]'));
    await world.apply('db', { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson', value: 'x' });
    expect(world.reason('db')).toBe('False Refused');
    expect(world.condition('db', 'Stalled')?.status).toBe('True');
  });
});

describe('something that undoes each write', () => {
  it('at once is told from the first write on, and it is written ten times a minute at most', async () => {
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
    expect(patches).toBeGreaterThan(1);
    expect(patches).toBeLessThanOrEqual(10);
  });
});

it('a namespace that is being deleted is left alone', async () => {
  await world.apply('db', { value: 'x' });
  world.model.put(namespaceType, { metadata: { name: namespace, deletionTimestamp: world.now } });
  await world.remove(secretType, 'db');
  expect(world.native('db')).toBeUndefined();
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
