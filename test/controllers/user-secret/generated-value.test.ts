/** Values that the operator generates, and what a restore from a backup keeps of them; in front of an API server without a network. */
import { describe, expect, it, test } from 'vitest';
import { secretType, userSecretType } from '../../../src/controllers/resources.ts';
import type { Secret } from '../../../src/controllers/resources.ts';
import { heldMs, mostBytesOfNamespace } from '../../../src/controllers/user-secret/returned-values.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { base64, UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

freshWorlds(
  () => new UserSecretWorld(),
  (made) => (world = made),
);

const hourMs = 3_600_000;

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

  it('stays without the former value that somebody removed', async () => {
    await world.apply('db', { generate: { type: 'Ed25519' } });
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    const { 'db.previous': _, 'db.pub.previous': __, ...left } = world.data('db') ?? {};
    const native = world.model.get(secretType, { namespace: 'alice', name: 'db' });
    if (native === undefined) throw new Error('there is no Secret');
    const data = Object.fromEntries(
      Object.entries(left).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    );
    world.model.put(secretType, { ...native, data });
    await world.later(60_000);
    await world.annotate('db', { other: 'x' });
    expect(world.data('db')).toEqual(left);
    expect(world.reason('db')).toBe('True Synced');
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
