/** What somebody else undoes as fast as it is written: a second installation, a GitOps tool, a webhook. */
import { afterEach, describe, expect, test } from 'vitest';
import { mostRepairs } from '../../src/controllers/repair-limiter.ts';
import {
  configMapType,
  neuroJobType,
  neuroScheduleType,
  podType,
  secretGrantType,
  secretType,
  serviceType,
  userSecretType,
} from '../../src/controllers/resources.ts';
import { Omissions } from '../../src/controllers/shared-with-me/omissions.ts';
import { createSharedWithMeReconciler } from '../../src/controllers/shared-with-me/reconciler.ts';
import { sharedWithMeWakes } from '../../src/controllers/shared-with-me/wake.ts';
import type { KubeObject, ObjectRef, ResourceType, TransportRequest } from '../../src/kernel/index.ts';
import { ControllerWorld } from '../support/controller-world.ts';
import { settle } from '../support/manual-clock.ts';
import { JobWorld } from './neuro-job/job-world.ts';
import { ScheduleWorld } from './neuro-schedule/schedule-world.ts';
import { GrantWorld } from './secret-grant/grant-world.ts';
import { namespace as operatorNamespace, SealingKeyWorld } from './sealing-key/sealing-key-world.ts';
import { UserSecretWorld } from './user-secret/user-secret-world.ts';

const minuteMs = 60_000;
/** Where nothing limits it, the fight would not end. */
const mostRounds = 300;

let world: ControllerWorld;
afterEach(() => world.stop());

/** Undoes each write that `isMeant`, right after it; `count` is that of the writes. */
function undoing(isMeant: (request: TransportRequest) => boolean, undo: () => void) {
  const fight = { count: 0, isOn: true };
  world.intercept = (request) => {
    if (request.method === 'GET' || !isMeant(request)) return 'pass';
    fight.count += 1;
    if (fight.isOn && fight.count < mostRounds) setImmediate(undo);
    return 'pass';
  };
  return fight;
}

type Found = KubeObject & Record<string, unknown>;
function change(type: ResourceType, ref: ObjectRef, to: (found: Found) => Record<string, unknown>): () => void {
  return () => {
    const found = world.model.get(type, ref) as Found | undefined;
    if (found !== undefined) world.model.put(type, { ...found, ...to(found) });
  };
}
const remove = (type: ResourceType, ref: ObjectRef) => (): void => {
  if (world.model.get(type, ref) !== undefined) world.model.remove(type, ref);
};
const withoutConditions = ({ status }: Found) => ({ status: { ...(status as object), conditions: [] } });
const ofStatus =
  (plural: string) =>
  ({ path }: TransportRequest): boolean =>
    path.includes(`/${plural}/`) && path.endsWith('/status');
const reasons = (): readonly string[] => world.events.map(({ text }) => text.reason);

class ListWorld extends ControllerWorld {
  start(): Promise<void> {
    return this.startControllers((parts) => {
      const deps = { ...parts, ownNamespace: 'x', omissions: new Omissions(), onBound: () => undefined };
      const startKeys = () => parts.watched.namespaces.store.keys();
      const reconcile = createSharedWithMeReconciler(deps);
      return [{ name: 'shared-with-me', reconcile, wakes: sharedWithMeWakes(deps), startKeys }];
    });
  }
}

interface Fight {
  readonly count: number;
  isOn: boolean;
}
const alices = (name: string): ObjectRef => ({ namespace: 'alice', name });
const train: ObjectRef = { namespace: 'bob', name: 'train' };

async function startJob(spec: Parameters<JobWorld['addJob']>[0]): Promise<JobWorld> {
  const jobs = (world = new JobWorld());
  await jobs.start();
  jobs.addJob(spec);
  await settle();
  return jobs;
}
async function startList(): Promise<void> {
  const lists = (world = new ListWorld());
  world.model.put(userSecretType, { metadata: alices('db'), spec: { value: 'x' } });
  const spec = { secret: 'db', subject: { kind: 'User', name: 'bob' } };
  world.model.put(secretGrantType, { metadata: alices('g'), spec, status: { phase: 'Active' } });
  await lists.start();
}
const list: ObjectRef = { namespace: 'bob', name: 'neuro-shared-with-me' };
const publicKeys: ObjectRef = { namespace: operatorNamespace, name: 'neuro-sealing-keys' };

const cases: readonly (readonly [what: string, event: string, begin: () => Promise<Fight>])[] = [
  [
    'the status of a UserSecret',
    'StatusContested',
    async () => {
      const secrets = new UserSecretWorld();
      world = secrets;
      await secrets.start();
      await secrets.apply('db', { value: 'x' });
      const fight = undoing(ofStatus('usersecrets'), change(userSecretType, alices('db'), withoutConditions));
      change(userSecretType, alices('db'), withoutConditions)();
      return fight;
    },
  ],
  [
    'the status of a SecretGrant',
    'StatusContested',
    async () => {
      const grants = new GrantWorld();
      world = grants;
      grants.addSecret();
      grants.addGrant();
      await grants.start();
      const fight = undoing(ofStatus('secretgrants'), change(secretGrantType, alices('to-bob'), withoutConditions));
      change(secretGrantType, alices('to-bob'), withoutConditions)();
      return fight;
    },
  ],
  [
    'the status of a NeuroJob',
    'StatusContested',
    async () => {
      const jobs = await startJob({});
      jobs.run();
      await settle();
      const fight = undoing(ofStatus('neurojobs'), change(neuroJobType, train, withoutConditions));
      change(neuroJobType, train, withoutConditions)();
      return fight;
    },
  ],
  [
    'the status of a NeuroSchedule',
    'StatusContested',
    async () => {
      const schedules = new ScheduleWorld();
      world = schedules;
      await schedules.start();
      await schedules.makeTemplate();
      await schedules.apply({ schedule: '0 0 1 1 *' });
      const undo = change(neuroScheduleType, alices('nightly'), withoutConditions);
      const fight = undoing(ofStatus('neuroschedules'), undo);
      undo();
      return fight;
    },
  ],
  [
    'the mark of a generated value',
    'Contested',
    async () => {
      const secrets = new UserSecretWorld();
      world = secrets;
      await secrets.start();
      await secrets.apply('db', { generate: { type: 'Hex' } });
      const undo = change(userSecretType, alices('db'), ({ metadata }) => ({
        metadata: { ...metadata, annotations: {} },
      }));
      const fight = undoing(({ path }) => path.endsWith('/usersecrets/db'), undo);
      undo();
      return fight;
    },
  ],
  [
    'a native Secret',
    'Contested',
    async () => {
      const secrets = new UserSecretWorld();
      world = secrets;
      await secrets.start();
      await secrets.apply('db', { value: 'x' });
      const undo = change(secretType, alices('db'), () => ({ data: { db: 'eQ==' } }));
      const fight = undoing(({ path }) => path.endsWith('/secrets/db'), undo);
      undo();
      return fight;
    },
  ],
  [
    'the Service of a job',
    'Contested',
    async () => {
      await startJob({ http: { port: 80 } });
      const fight = undoing(({ path }) => path.endsWith('/services'), remove(serviceType, train));
      remove(serviceType, train)();
      return fight;
    },
  ],
  [
    'the Pod of a job that is started again',
    'Contested',
    async () => {
      await startJob({ restartPolicy: 'Always', scheduleTimeout: '1d' });
      const fight = undoing(({ path }) => path.endsWith('/pods'), remove(podType, train));
      remove(podType, train)();
      return fight;
    },
  ],
  [
    'what a list of shared secrets holds',
    'Contested',
    async () => {
      await startList();
      const undo = change(configMapType, list, () => ({ data: { other: '{}' } }));
      const fight = undoing(({ path }) => path.includes('/configmaps'), undo);
      undo();
      return fight;
    },
  ],
  [
    'a list of shared secrets',
    'Contested',
    async () => {
      await startList();
      const fight = undoing(({ path }) => path.includes('/configmaps'), remove(configMapType, list));
      remove(configMapType, list)();
      return fight;
    },
  ],
  [
    'the public sealing keys',
    'Contested',
    async () => {
      const keys = new SealingKeyWorld();
      world = keys;
      await keys.start();
      const undo = change(configMapType, publicKeys, () => ({ data: { other: 'x' } }));
      const fight = undoing(({ path }) => path.includes('/configmaps'), undo);
      undo();
      return fight;
    },
  ],
];

describe.each(cases)('%s', (what, event, begin) => {
  test('is put back at once a few times, and then with growing pauses', async () => {
    const fight = await begin();
    await settle();
    await world.clock.advance(500);
    await world.clock.advance(2 * minuteMs);
    expect(fight.count).toBeGreaterThanOrEqual(mostRepairs);
    expect(fight.count).toBeLessThanOrEqual(mostRepairs + 8);
    expect(reasons()).toContain(event);
    const before = fight.count;
    await world.clock.advance(10 * minuteMs);
    expect(fight.count).toBeGreaterThan(before);
    expect(fight.count).toBeLessThanOrEqual(before + 12);
    expect(world.errors, what).toEqual([]);
  });
});

test('the pairs of sealing keys that something else deletes are made again a few times, and then with long pauses', async () => {
  const keys = new SealingKeyWorld();
  world = keys;
  await keys.start();
  const removeAll = (): void => {
    for (const { metadata } of keys.secrets) world.model.remove(secretType, metadata);
  };
  const fight = undoing(({ method, path }) => method === 'POST' && path.endsWith('/secrets'), removeAll);
  removeAll();
  await keys.rest();
  await keys.later(30_000);
  await keys.later(30 * minuteMs);
  expect(fight.count).toBeLessThanOrEqual(20);
  expect(reasons()).toContain('Contested');
  fight.isOn = false;
  await keys.later(60 * minuteMs);
  expect(keys.keys.usable).toHaveLength(2);
});

test('one who stops is forgotten: what is changed later is put back at once', async () => {
  const secrets = new UserSecretWorld();
  world = secrets;
  await secrets.start();
  await secrets.apply('db', { value: 'x' });
  const undo = change(userSecretType, alices('db'), withoutConditions);
  const fight = undoing(ofStatus('usersecrets'), undo);
  undo();
  await secrets.later(3 * minuteMs);
  fight.isOn = false;
  await secrets.later(5 * minuteMs);
  expect(secrets.reason('db')).toBe('True Synced');
  undo();
  await settle();
  expect(secrets.reason('db')).toBe('True Synced');
});
