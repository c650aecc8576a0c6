import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SecretGrantSpec } from '../../../src/api/index.ts';
import { configMapType, namespaceType, secretGrantType, userSecretType } from '../../../src/controllers/resources.ts';
import { Omissions } from '../../../src/controllers/shared-with-me/omissions.ts';
import { createSharedWithMeReconciler } from '../../../src/controllers/shared-with-me/reconciler.ts';
import { sharedWithMeWakes, wakeBurst, wakeRefillMs } from '../../../src/controllers/shared-with-me/wake.ts';
import { ControllerWorld } from '../../support/controller-world.ts';

class ListWorld extends ControllerWorld {
  readonly omissions = new Omissions();
  readonly bounds: string[] = [];

  start(): Promise<void> {
    return this.startControllers((parts) => {
      const onBound = (bound: string): void => void this.bounds.push(bound);
      const deps = { ...parts, ownNamespace: 'neuro-system', omissions: this.omissions, onBound };
      return [
        {
          name: 'shared-with-me',
          reconcile: createSharedWithMeReconciler(deps),
          wakes: sharedWithMeWakes(deps),
          startKeys: () => parts.watched.namespaces.store.keys(),
        },
      ];
    });
  }

  share(namespace: string, secret: string | undefined, subject: SecretGrantSpec['subject'], name = 'g'): void {
    if (secret !== undefined) {
      this.model.put(userSecretType, { metadata: { namespace, name: secret }, spec: { value: 'x' } });
    }
    this.model.put(secretGrantType, {
      metadata: { namespace, name },
      spec: { ...(secret === undefined ? {} : { secret }), subject },
      status: { phase: 'Active' },
    });
  }

  /** The keys of the list of a namespace; undefined where it has none. */
  list(namespace: string): readonly string[] | undefined {
    const map = this.model.get(configMapType, { namespace, name: 'neuro-shared-with-me' });
    return map === undefined ? undefined : Object.keys(map['data'] as object).sort();
  }

  get lists(): readonly string[] {
    return this.model.all(configMapType).map(({ metadata }) => metadata.namespace ?? '');
  }
}

let world: ListWorld;
const bob = { kind: 'User', name: 'bob' } as const;

beforeEach(() => {
  world = new ListWorld();
});
afterEach(() => world.stop());

test('a home has a list of what is shared with its user, and loses it with the last entry', async () => {
  world.share('alice', 'db', bob);
  await world.start();
  expect(world.list('bob')).toEqual(['alice.db']);
  world.model.remove(secretGrantType, { namespace: 'alice', name: 'g' });
  await world.clock.advance(200);
  expect(world.list('bob')).toBeUndefined();
});

test('writes nothing when it is settled, also in a new process', async () => {
  world.share('alice', 'db', bob);
  await world.start();
  await world.stop();
  await world.start();
  expect(world.allWrites).toEqual([]);
});

describe('a stranger who names a namespace', () => {
  const names = ['kube-system', 'default', 'neuro-system', 'victim'];
  test.each(['Namespace', 'ServiceAccount'] as const)('by a subject of kind %s makes nothing in it', async (kind) => {
    for (const name of names) {
      world.model.put(namespaceType, { metadata: { name } });
      const subject = kind === 'Namespace' ? { kind, name } : { kind, name: 'default', namespace: name };
      world.share('mallory', 'x', subject, `to-${name}`);
    }
    world.share('mallory', 'y', bob, 'to-bob');
    await world.start();
    expect(world.lists).toEqual(['bob']);
  });

  test('cannot reach the parts of the cluster, even where their annotations ask for a list', async () => {
    for (const name of names) {
      world.model.put(namespaceType, { metadata: { name, annotations: { 'neu.ro/shared-with-me': 'true' } } });
      world.share('mallory', 'x', { kind: 'Namespace', name }, `to-${name}`);
    }
    await world.start();
    expect(world.lists).toEqual(['victim']);
  });
});

test('a namespace that stops asking loses its list', async () => {
  world.model.put(namespaceType, { metadata: { name: 'ci', annotations: { 'neu.ro/shared-with-me': 'true' } } });
  world.share('alice', 'db', { kind: 'Namespace', name: 'ci' });
  await world.start();
  expect(world.list('ci')).toEqual(['alice.db']);
  world.model.put(namespaceType, { metadata: { name: 'ci' } });
  await world.clock.advance(200);
  expect(world.list('ci')).toBeUndefined();
});

test('a grant over all secrets is one entry, and secrets that come and go write nothing', async () => {
  world.share('alice', undefined, bob);
  await world.start();
  expect(world.list('bob')).toEqual(['alice']);
  const { length } = world.allWrites;
  for (let index = 0; index < 50; index += 1) {
    world.model.put(userSecretType, { metadata: { namespace: 'alice', name: `s${String(index)}` }, spec: {} });
    await world.clock.advance(300);
  }
  expect(world.allWrites).toHaveLength(length);
});

test('a ConfigMap of that name that someone else made stays as it is', async () => {
  world.model.put(configMapType, { metadata: { namespace: 'bob', name: 'neuro-shared-with-me' }, data: { mine: 'x' } });
  world.share('alice', 'db', bob);
  await world.start();
  expect(world.list('bob')).toEqual(['mine']);
});

test('what someone wrote into a list is restored', async () => {
  world.share('alice', 'db', bob);
  await world.start();
  const map = world.model.get(configMapType, { namespace: 'bob', name: 'neuro-shared-with-me' });
  world.model.put(configMapType, { ...map, metadata: map?.metadata ?? { name: '' }, data: { 'x.y': '{}' } });
  await world.clock.advance(200);
  expect(world.list('bob')).toEqual(['alice.db']);
});

test('a namespace that changes grants all the time is slowed down, and no other is', async () => {
  await world.start();
  const writes = () => world.allWrites.length;
  for (let index = 0; index < 300; index += 1) {
    world.share('mallory', 's', bob, `g${String(index % 7)}`);
    world.share('mallory', 's', bob, `h${String(index)}`);
    await world.clock.advance(250);
  }
  expect(world.bounds).toContain('shared_list_wakes');
  // 75 seconds: what may happen at once, and then one each two seconds.
  expect(writes()).toBeLessThanOrEqual(wakeBurst + 75_000 / wakeRefillMs + 1);
  world.share('alice', 'db', bob, 'db');
  await world.clock.advance(200);
  expect(world.list('bob')).toContain('alice.db');
  world.share('mallory', 'late', bob, 'late');
  await world.clock.advance(wakeRefillMs * 2);
  expect(world.list('bob')).toContain('mallory.late');
});

test('a change between a wake by the namespace itself and that by a grant is not lost', async () => {
  await world.start();
  world.model.put(namespaceType, { metadata: { name: 'ci', annotations: { 'neu.ro/shared-with-me': 'true' } } });
  await world.clock.advance(50);
  // Not in force yet when the namespace wakes its list, and just before the grant does.
  const grant = { metadata: { namespace: 'alice', name: 'g' }, spec: { subject: { kind: 'Namespace', name: 'ci' } } };
  world.model.put(secretGrantType, { ...grant, status: {} });
  await world.clock.advance(170);
  expect(world.list('ci')).toBeUndefined();
  world.model.put(secretGrantType, { ...grant, status: { phase: 'Active' } });
  await world.clock.advance(200);
  expect(world.list('ci')).toEqual(['alice']);
});

test('grants that a list has no room for are known', async () => {
  for (let index = 0; index < 120; index += 1) world.share('mallory', `s${String(index)}`, bob, `g${String(index)}`);
  await world.start();
  expect(world.list('bob')).toContain('_more');
  expect(world.omissions.of('bob').size).toBe(20);
  expect(world.bounds).toContain('shared_list_entries');
});
