/** What a UserSecret does among others and over a restart, in front of an API server without a network. test/cluster has what only a real one can show. */
import { describe, expect, it } from 'vitest';
import {
  namespaceType,
  neuroJobType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../../src/controllers/resources.ts';
import { freshWorlds } from '../../support/fresh-worlds.ts';
import { namespace, UserSecretWorld } from './user-secret-world.ts';

let world: UserSecretWorld;

freshWorlds(
  () => new UserSecretWorld(),
  (made) => (world = made),
);

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

  it.each<[string, string, string]>([
    ['an Opaque one whose key is the name of a typed one', 'login', 'shadow'],
    ['a typed one whose name is the key of an Opaque one', 'shadow', 'login'],
  ])('also clash where a URI would mean both: %s waits', async (_case, elder, younger) => {
    const specs = {
      login: { key: '.dockerconfigjson', type: 'kubernetes.io/dockerconfigjson', value: '{}' },
      shadow: { key: 'login', value: 'x' },
    };
    const apply = (name: string) => world.apply(name, specs[name as keyof typeof specs]);
    await apply(elder);
    await world.later(2_000);
    await apply(younger);
    expect([elder, younger].map((name) => world.reason(name))).toEqual(['True Synced', 'False KeyConflict']);
    expect(world.condition(younger)?.message).toContain(`UserSecret '${elder}', which is older, and 'secret:login'`);
    expect(world.native(younger)).toBeUndefined();
    await world.remove(userSecretType, elder);
    expect(world.reason(younger)).toBe('True Synced');
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

it('a namespace that is being deleted is left alone', async () => {
  await world.apply('db', { value: 'x' });
  world.model.put(namespaceType, { metadata: { name: namespace, deletionTimestamp: world.now } });
  await world.remove(secretType, 'db');
  expect(world.native('db')).toBeUndefined();
});
