/** A rotation that waits for its hook, in front of an API server without a network. The test plays the jobs. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { rfc3339, type NeuroJobSpec, type NeuroJobStatus, type UserSecretSpec } from '../../../src/api/index.ts';
import { neuroJobType, secretType, userSecretType } from '../../../src/controllers/resources.ts';
import { decideRotation, pausesMs } from '../../../src/controllers/user-secret/rotation.ts';
import type { NeuroJobView } from '../../../src/controllers/neuro-job-view.ts';
import type { ObjectMeta } from '../../../src/kernel/index.ts';
import { generatedView, nativeOf, nowMs, viewMeta } from '../../support/builders.ts';
import { namespace, UserSecretWorld } from './user-secret-world.ts';

interface FoundJob {
  readonly metadata: ObjectMeta & { readonly uid: string };
  readonly spec: NeuroJobSpec;
  readonly status?: NeuroJobStatus;
}

const hourMs = 3_600_000;
const spec: UserSecretSpec = { generate: { type: 'Hex', rotateEvery: '1h', rotateHook: 'rotate-db' } };
const template: NeuroJobSpec = { image: 'tool:1', suspend: true, command: ['rotate'] };

let world: UserSecretWorld;

beforeEach(async () => {
  world = new UserSecretWorld();
  await world.start();
});

afterEach(async () => {
  world.intercept = () => 'pass';
  await world.stop();
});

async function makeHook(more: Partial<NeuroJobSpec> = {}): Promise<void> {
  world.model.put(neuroJobType, {
    metadata: { namespace, name: 'rotate-db' },
    spec: { ...template, ...more },
  });
  await world.rest();
}
const jobs = (): readonly FoundJob[] => world.model.all(neuroJobType) as unknown as readonly FoundJob[];
const runs = (): readonly FoundJob[] => jobs().filter(({ metadata }) => metadata.name !== 'rotate-db');
const lastRun = (): FoundJob => {
  const run = runs().find(({ status }) => status?.finishTime === undefined);
  if (run === undefined) throw new Error('no run has begun');
  return run;
};
const nextSecrets = () => world.model.all(secretType).filter(({ type }) => type === 'neu.ro/next-value');
const nextValue = (): string =>
  Buffer.from((nextSecrets()[0]?.data as Record<string, string> | undefined)?.['db'] ?? '', 'base64').toString();
const rotation = () => world.status('db').rotation;
const pending = (): string | undefined => world.condition('db', 'RotationPending')?.reason;

async function end(phase: 'Succeeded' | 'Failed' | 'Cancelled', reason: string, run = lastRun()): Promise<void> {
  const status = { phase, reason, finishTime: world.now };
  await world.patch(neuroJobType, run.metadata.name, { status });
}

/** A value that is due, and its hook. */
async function due(): Promise<string> {
  await makeHook();
  await world.apply('db', spec);
  const first = world.value('db') ?? '';
  await world.annotate('db', { 'neu.ro/rotate': 'first' });
  return first;
}

describe('a rotation with a hook', () => {
  afterEach(() => expect(world.errors).toEqual([]));

  it('whose last try was ended by a clock that was far ahead is tried again after a pause', async () => {
    await due();
    const yearMs = 365 * 24 * hourMs;
    world.clock.jump(yearMs);
    await end('Failed', 'Error');
    world.clock.jump(-yearMs);
    // Anything that has it looked at.
    await world.annotate('db', { 'neu.ro/rotate': 'first', other: 'x' });
    await world.later(pausesMs[0]);
    expect(rotation()).toMatchObject({ state: 'Running', attempt: 2 });
  });

  it('runs a copy of the suspended job, and the next value is in force when that has succeeded', async () => {
    const first = await due();
    expect(world.value('db')).toBe(first);
    const run = lastRun();
    expect(run.spec).toEqual({ image: 'tool:1', command: ['rotate'], lifeSpan: '1h', ttlAfterFinished: '1d' });
    expect(run.metadata.ownerReferences).toMatchObject([{ kind: 'UserSecret', name: 'db', controller: true }]);
    expect(rotation()).toMatchObject({ state: 'Running', hook: 'rotate-db', job: run.metadata.name, attempt: 1 });
    expect(world.reason('db')).toBe('True Synced');
    expect(pending()).toBe('WaitingForHook');
    const next = nextValue();
    expect(next).not.toBe(first);
    await end('Succeeded', 'Completed');
    expect(world.data('db')).toEqual({ db: next, 'db.previous': first });
    expect(nextSecrets()).toEqual([]);
    expect(rotation()).toBeUndefined();
    expect(pending()).toBeUndefined();
    expect(world.status('db').history).toHaveLength(1);
    expect(world.status('db').nextRotation).toBeDefined();
    expect(world.eventsOf('db')).toEqual(['Normal Rotated']);
    // And so on, by the clock.
    await world.later(hourMs);
    expect(runs().filter(({ status }) => status?.finishTime === undefined)).toHaveLength(1);
  });

  it('keeps the former value when the hook fails, says so, and tries again with the same value at the stated time', async () => {
    const first = await due();
    const next = nextValue();
    await end('Failed', 'Error');
    expect(world.value('db')).toBe(first);
    expect(pending()).toBe('HookFailed');
    const at = new Date(world.clock.now() + pausesMs[0]).toISOString().replace(/\.\d{3}Z$/, 'Z');
    expect(rotation()).toMatchObject({ state: 'Failed', reason: 'Error', attempt: 1, nextAttempt: at });
    await world.later(pausesMs[0] - 1_000);
    expect(runs().filter(({ status }) => status?.finishTime === undefined)).toEqual([]);
    await world.later(1_000);
    expect(rotation()).toMatchObject({ state: 'Running', attempt: 2 });
    expect(nextValue()).toBe(next);
    await end('Succeeded', 'Completed');
    expect(world.data('db')).toEqual({ db: next, 'db.previous': first });
    expect(world.eventsOf('db')).toEqual(['Warning HookFailed', 'Normal Rotated']);
  });

  it('keeps the runs of the last tries only', async () => {
    await due();
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await end('Failed', 'Error');
      await world.annotate('db', { 'neu.ro/rotate': String(attempt) });
    }
    expect(rotation()).toMatchObject({ state: 'Running', attempt: 5 });
    expect(runs()).toHaveLength(2);
  });

  it('is tried again at once when someone asks', async () => {
    await due();
    await end('Failed', 'Error');
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    expect(rotation()).toMatchObject({ state: 'Running', attempt: 2 });
    await end('Succeeded', 'Completed');
    expect(pending()).toBeUndefined();
    // The request is answered by that.
    await world.later(60_000);
    expect(runs().filter(({ status }) => status?.finishTime === undefined)).toEqual([]);
  });

  it('waits for a hook that does not exist, or would run itself, and makes no value before', async () => {
    await makeHook({ suspend: false });
    await world.apply('db', spec);
    const first = world.value('db');
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    expect(pending()).toBe('HookNotFound');
    expect(nextSecrets()).toEqual([]);
    expect(world.value('db')).toBe(first);
    await world.remove(neuroJobType, 'rotate-db');
    await makeHook();
    expect(pending()).toBe('WaitingForHook');
    expect(world.eventsOf('db')).toEqual(['Warning HookNotFound']);
  });

  it('takes a run that someone deletes or cancels as failed', async () => {
    await due();
    await world.remove(neuroJobType, lastRun().metadata.name);
    await world.later(0);
    expect(rotation()).toMatchObject({ state: 'Failed', reason: 'Deleted', attempt: 1 });
    await world.later(pausesMs[0]);
    await end('Cancelled', 'LifeSpanEnded');
    expect(rotation()).toMatchObject({ state: 'Failed', reason: 'LifeSpanEnded', attempt: 2 });
  });

  test.each<[string, UserSecretSpec]>([
    ['a hook no more', { generate: { type: 'Hex', rotateEvery: '1h' } }],
    ['another kind of value', { generate: { type: 'UUID', rotateEvery: '1h', rotateHook: 'rotate-db' } }],
    ['a value of the owner', { value: 'own' }],
  ])('that gets %s drops the next value and ends the run', async (_what, changed) => {
    await due();
    const run = lastRun();
    const next = nextValue();
    await world.apply('db', changed);
    expect(runs().map(({ metadata }) => metadata.name)).not.toContain(run.metadata.name);
    expect(world.value('db')).not.toBe(next);
    expect(nextSecrets().map(({ metadata }) => metadata.name)).toEqual([]);
  });

  it('goes with its UserSecret: the next value and the runs are owned by it', async () => {
    await due();
    const { uid } = world.userSecret('db').metadata;
    for (const { metadata } of [...nextSecrets(), ...runs()])
      expect(metadata.ownerReferences?.map((owner) => owner.uid)).toEqual([uid]);
  });

  it('does not take a Secret that someone made under the name of the next value', async () => {
    const first = await due();
    const [next] = nextSecrets();
    if (next === undefined) throw new Error('there is no next value');
    await world.remove(secretType, next.metadata.name);
    await world.makeSecret(
      next.metadata.name,
      { db: 'forged' },
      {
        type: 'neu.ro/next-value',
        immutable: true,
        metadata: { ...next.metadata },
      },
    );
    await end('Succeeded', 'Completed', runs()[0]);
    await world.later(hourMs);
    expect(world.value('db')).toBe(first);
    expect(pending()).toBe('HookFailed');
  });

  it('has no value in its status, its events or its condition', async () => {
    const first = await due();
    const next = nextValue();
    await end('Failed', 'Error');
    const said = JSON.stringify([world.userSecret('db'), world.events, jobs()]);
    expect(said).not.toContain(first);
    expect(said).not.toContain(next);
  });
});

describe('an operator that ends at any write of a rotation', () => {
  /** Plays the whole rotation; `breakAt` is the write at which the process ends, before or after the API server took it. */
  async function play(
    breakAt: number,
    isTaken: boolean,
  ): Promise<{ readonly writes: number; readonly values: ReadonlySet<string> }> {
    const values = new Set<string>();
    const process = { writes: 0, hasEnded: false, isDead: false };
    world.intercept = ({ method }) => {
      if (method === 'GET') return 'pass';
      if (process.isDead) return 'hang';
      if (!process.hasEnded) process.writes += 1;
      if (process.hasEnded || process.writes !== breakAt) return 'pass';
      process.hasEnded = true;
      process.isDead = true;
      return isTaken ? 'lost' : 'hang';
    };
    const restart = async (): Promise<void> => {
      await world.stop();
      process.isDead = false;
      await world.start();
      await world.later(60_000);
    };
    const look = (): void => {
      const secrets = nextSecrets();
      if (secrets.length > 1) throw new Error('two next values');
      for (const value of [...secrets.map(() => nextValue()), world.value('db')])
        if (value !== undefined) values.add(value);
    };
    await world.annotate('db', { 'neu.ro/rotate': 'now' });
    look();
    const before = process.hasEnded;
    if (process.hasEnded) await restart();
    look();
    for (const run of runs()) if (run.status?.finishTime === undefined) await end('Succeeded', 'Completed', run);
    look();
    if (process.hasEnded && !before) await restart();
    look();
    return { writes: process.writes, values };
  }

  test.each([
    ['before', false],
    ['after', true],
  ] as const)('%s the API server takes it loses nothing', async (_when, isTaken) => {
    const fresh = async (): Promise<string> => {
      await world.stop();
      world = new UserSecretWorld();
      await world.start();
      await makeHook();
      await world.apply('db', spec);
      return world.value('db') ?? '';
    };
    await fresh();
    const { writes } = await play(Infinity, isTaken);
    // The next value, its run, two statuses, the history, the switch, the end of the next value, the record.
    expect(writes).toBeGreaterThanOrEqual(7);
    for (let breakAt = 1; breakAt <= writes; breakAt += 1) {
      const first = await fresh();
      const played = await play(breakAt, isTaken);
      const second = world.value('db') ?? '';
      expect({ breakAt, previous: world.value('db', 'db.previous') }).toEqual({ breakAt, previous: first });
      expect({ breakAt, values: [...played.values].sort() }).toEqual({ breakAt, values: [first, second].sort() });
      expect({ breakAt, next: nextSecrets().length, runs: runs().length, pending: pending() }).toEqual({
        breakAt,
        next: 0,
        runs: 1,
        pending: undefined,
      });
    }
    expect(world.model.all(userSecretType)).toHaveLength(1);
  });
});

describe('the pauses between tries', () => {
  const userSecret = generatedView({}, { rotateHook: 'hook' });
  const next = { native: nativeOf(userSecret), version: 'next', sourceHash: userSecret.sourceHash };
  const job = (status: NeuroJobStatus): NeuroJobView => ({
    metadata: viewMeta({ name: 'run' }),
    spec: { image: '', containerRefs: [], pullRefs: [] },
    bytes: 0,
    status,
  });
  const hook: NeuroJobView = { ...job({}), spec: { ...job({}).spec, suspend: true } };
  const finishTime = rfc3339(nowMs);

  test.each([...pausesMs, pausesMs.at(-1) ?? 0].map((pauseMs, index) => [index + 1, pauseMs]))(
    'after try %d it is %d ms',
    (attempt, pauseMs) => {
      const run = { attempt, job: job({ phase: 'Failed', reason: 'Error', finishTime }) };
      const at = (ms: number) =>
        decideRotation({ userSecret, native: nativeOf(userSecret), next, hook, run, nowMs: ms, latestMs: ms });
      expect(at(nowMs)).toMatchObject({ do: 'wait', atMs: Date.parse(finishTime) + pauseMs });
      expect(at(Date.parse(finishTime) + pauseMs)).toMatchObject({ do: 'start-run', attempt: attempt + 1 });
    },
  );
});
