/** A schedule in front of an API server without a network. The clock begins on 1 January 2026, 00:00 UTC. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../../../src/api/index.ts';
import { neuroJobType, neuroScheduleType, podType } from '../../../src/controllers/resources.ts';
import { KernelError, type OwnerReference } from '../../../src/kernel/index.ts';
import { namespace, runAt, ScheduleWorld } from './schedule-world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let world: ScheduleWorld;

function ownerOf({ model }: ScheduleWorld): OwnerReference {
  const { metadata } = model.get(neuroScheduleType, { namespace, name: 'nightly' }) ?? {};
  return { apiVersion: 'neu.ro/v1', kind: 'NeuroSchedule', name: 'nightly', uid: metadata?.uid ?? '' };
}

beforeEach(async () => {
  world = new ScheduleWorld();
  await world.makeTemplate();
  await world.start();
});

afterEach(async () => {
  world.intercept = () => 'pass';
  await world.stop();
});

describe('a schedule', () => {
  afterEach(() => expect(world.errors).toEqual([]));

  it('makes a copy of the suspended job at its time, to the second, and says what it did', async () => {
    await world.makeTemplate(
      {},
      { labels: { 'kueue.x-k8s.io/queue-name': 'q', other: 'no' }, annotations: { a: 'b' } },
    );
    await world.apply({ schedule: '30 3 * * *', timeZone: 'Europe/Berlin' });
    expect(world.ready()).toBe('True Scheduled');
    expect(world.status()).toMatchObject({
      nextScheduleTime: '2026-01-01T02:30:00Z',
      activeCount: 0,
      observedGeneration: 1,
    });
    await world.later(2.5 * hourMs - 1_000);
    expect(world.names).toEqual([]);
    await world.later(1_000);
    const name = runAt('2026-01-01T02:30:00Z');
    expect(world.names).toEqual([name]);
    const [run] = world.runs;
    expect(run?.spec).toEqual({ image: 'tool:1', command: ['backup'] });
    expect(run?.metadata.labels).toEqual({ 'kueue.x-k8s.io/queue-name': 'q', 'neu.ro/schedule': 'nightly' });
    expect(run?.metadata.annotations).toBeUndefined();
    expect(run?.metadata.ownerReferences).toMatchObject([{ kind: 'NeuroSchedule', name: 'nightly', controller: true }]);
    expect(world.status()).toMatchObject({
      lastScheduleTime: '2026-01-01T02:30:00Z',
      nextScheduleTime: '2026-01-02T02:30:00Z',
      activeCount: 1,
      active: [{ name }],
    });
    await world.later(minuteMs);
    await world.end(name);
    expect(world.status()).toMatchObject({
      activeCount: 0,
      lastSuccessfulTime: '2026-01-01T02:31:00Z',
      lastFinished: { name, phase: 'Succeeded', reason: 'Completed', time: '2026-01-01T02:31:00Z' },
    });
    expect(world.status().active).toBeUndefined();
    expect(world.eventReasons).toEqual(['Normal JobCreated']);
  });

  it('writes one job and one status for each time', async () => {
    await world.apply();
    const before = world.allWrites.length;
    await world.later(minuteMs);
    expect(world.allWrites.slice(before)).toEqual([
      'POST namespaces/alice/neurojobs',
      'PATCH namespaces/alice/neuroschedules/nightly/status',
    ]);
  });

  it('makes up for the last of the times that were missed, and for no other', async () => {
    await world.apply();
    await world.later(minuteMs);
    await world.stop();
    await world.later(5 * hourMs);
    await world.start();
    expect(world.names).toEqual([runAt('2026-01-01T00:01:00Z'), runAt('2026-01-01T05:01:00Z')]);
    await world.later(minuteMs);
    expect(world.names).toHaveLength(3);
  });

  it('makes up for nothing that is later than the deadline, and says so once', async () => {
    await world.apply({ schedule: '0 * * * *', startingDeadlineSeconds: 600 });
    await world.stop();
    await world.later(hourMs + 11 * minuteMs);
    await world.start();
    await world.later(minuteMs);
    expect(world.names).toEqual([]);
    expect(world.status()).toMatchObject({
      lastMissedTime: '2026-01-01T01:00:00Z',
      nextScheduleTime: '2026-01-01T02:00:00Z',
    });
    expect(world.eventReasons).toEqual(['Warning MissedSchedule']);
    await world.stop();
    await world.later(48 * minuteMs + 9 * minuteMs);
    await world.start();
    expect(world.names).toEqual([runAt('2026-01-01T02:00:00Z')]);
  });

  it('does nothing while it is paused, and makes up for nothing afterwards', async () => {
    await world.apply();
    await world.later(minuteMs);
    await world.apply({ suspend: true });
    expect(world.ready()).toBe('True Paused');
    expect(world.status().nextScheduleTime).toBeUndefined();
    await world.later(2 * hourMs);
    expect(world.names).toHaveLength(1);
    await world.apply({ suspend: false });
    await world.later(minuteMs - 1_000);
    expect(world.names).toHaveLength(1);
    await world.later(1_000);
    expect(world.names).toEqual([runAt('2026-01-01T00:01:00Z'), runAt('2026-01-01T02:02:00Z')]);
  });

  it('makes no job while a finalizer keeps it after its deletion, and says so', async () => {
    await world.apply();
    const ref = { namespace, name: 'nightly' };
    const schedule = world.model.get(neuroScheduleType, ref);
    const metadata = { ...schedule?.metadata, ...ref, deletionTimestamp: world.now, finalizers: ['example.com/keep'] };
    world.model.put(neuroScheduleType, { ...schedule, metadata });
    await world.later(2 * minuteMs);
    expect(world.names).toEqual([]);
    expect(world.ready()).toBe('False Deleting');
    expect(world.status().nextScheduleTime).toBeUndefined();
    expect(world.events).toEqual([]);
  });

  it('makes up for no time before the schedule was created', async () => {
    await world.apply({ schedule: '0 0 1 2 *' });
    await world.later(10 * hourMs);
    await world.apply({ schedule: '0 9 * * *' });
    await world.later(22 * hourMs);
    expect(world.names).toEqual([]);
    await world.later(hourMs);
    expect(world.names).toEqual([runAt('2026-01-02T09:00:00Z')]);
  });

  it('makes no job again that someone deleted, also after a restart', async () => {
    await world.apply();
    await world.later(minuteMs);
    world.model.remove(neuroJobType, { namespace, name: runAt('2026-01-01T00:01:00Z') });
    await world.later(1_000);
    await world.stop();
    await world.start();
    await world.later(minuteMs - 1_000);
    expect(world.names).toEqual([runAt('2026-01-01T00:02:00Z')]);
  });

  it('runs what the template is at the time', async () => {
    await world.apply();
    await world.later(minuteMs);
    await world.makeTemplate({ image: 'tool:2' });
    await world.later(minuteMs);
    expect(world.runs.map(({ spec }) => spec.image)).toEqual(['tool:1', 'tool:2']);
  });

  it('waits in silence for a template that comes right after it', async () => {
    await world.apply({ jobTemplate: { name: 'later' } });
    await world.later(2_000);
    expect(world.ready()).toBe(' ');
    await world.makeTemplate({}, { name: 'later' });
    await world.later(0);
    expect(world.ready()).toBe('True Scheduled');
    await world.later(1_000);
    expect(world.eventReasons).not.toContain('Warning TemplateNotFound');
  });

  it('waits for its template, and says for what', async () => {
    await world.apply({ jobTemplate: { name: 'later' } });
    await world.later(3_000);
    expect(world.ready()).toBe('False TemplateNotFound');
    await world.later(minuteMs - 3_000);
    await world.makeTemplate({ suspend: false }, { name: 'later' });
    expect(world.ready()).toBe('False TemplateNotFound');
    await world.makeTemplate({}, { name: 'later' });
    await world.later(1_000);
    expect(world.ready()).toBe('True Scheduled');
    expect(world.names).toContain(runAt('2026-01-01T00:01:00Z'));
  });

  it('says that its template is being deleted', async () => {
    await world.apply();
    const ref = { namespace, name: 'backup' };
    const template = world.model.get(neuroJobType, ref);
    const metadata = { ...template?.metadata, ...ref, deletionTimestamp: world.now, finalizers: ['example.com/keep'] };
    world.model.put(neuroJobType, { ...template, metadata });
    await world.later(3_000);
    expect(world.ready()).toBe('False TemplateNotFound');
    const message = world.status().conditions?.find(({ type }) => type === 'Ready')?.message;
    expect(message).toBe("its template, the NeuroJob 'backup', is being deleted");
  });

  it.each([
    [{ schedule: '0 25 * * *' }, "'25' is not valid for the hour"],
    [{ timeZone: 'Europe/Atlantis' }, "there is no time zone 'Europe/Atlantis'"],
    [{ schedule: '0 0 30 2 *' }, 'is never due'],
  ])('%j stalls with a sentence', async (spec, message) => {
    await world.apply(spec);
    const stalled = world.status().conditions?.find(({ type }) => type === 'Stalled');
    expect(stalled).toMatchObject({ status: 'True', message: expect.stringContaining(message) as unknown });
    expect(world.status().nextScheduleTime).toBeUndefined();
    await world.apply();
    expect(world.ready()).toBe('True Scheduled');
    expect(world.status().conditions).toHaveLength(1);
  });
});

describe('with a job that has not ended', () => {
  const first = runAt('2026-01-01T00:01:00Z');
  const second = runAt('2026-01-01T00:02:00Z');
  const third = runAt('2026-01-01T00:03:00Z');

  it('Allow runs both', async () => {
    await world.apply();
    await world.later(2 * minuteMs);
    expect(world.names).toEqual([first, second]);
    expect(world.status()).toMatchObject({ activeCount: 2, active: [{ name: first }, { name: second }] });
  });

  it('Forbid waits for it, and then makes up for the last time', async () => {
    await world.apply({ concurrencyPolicy: 'Forbid' });
    await world.later(3 * minuteMs);
    expect(world.names).toEqual([first]);
    expect(world.ready()).toBe('True WaitingForJob');
    await world.end(first, 'Failed');
    expect(world.names).toEqual([first, third]);
    expect(world.ready()).toBe('True Scheduled');
    expect(world.status().lastScheduleTime).toBe('2026-01-01T00:03:00Z');
  });

  describe.each(['cancelled', 'deleted'] as const)('Forbid waits for the container of a job that was %s,', (how) => {
    const left = how === 'cancelled' ? [first] : [];
    const runPod = async (
      deletionTimestamp: string | undefined,
      {
        concurrencyPolicy = 'Forbid',
        state = { running: { startedAt: world.now } },
      }: { readonly concurrencyPolicy?: 'Forbid' | 'Allow'; readonly state?: object } = {},
    ): Promise<void> => {
      await world.apply({ concurrencyPolicy, failedJobsHistoryLimit: 0 });
      await world.later(minuteMs);
      const { metadata } = world.model.get(neuroJobType, { namespace, name: first }) ?? {};
      const owner = {
        apiVersion: 'neu.ro/v1',
        kind: 'NeuroJob',
        name: first,
        uid: metadata?.uid ?? '',
        controller: true,
      };
      const labels = { [LABEL_MANAGED_BY]: MANAGED_BY };
      world.model.put(podType, {
        metadata: {
          namespace,
          name: first,
          labels,
          ownerReferences: [owner],
          finalizers: ['a/b'],
          ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
        },
        status: { phase: 'running' in state ? 'Running' : 'Pending', containerStatuses: [{ name: 'job', state }] },
      });
      if (how === 'cancelled') await world.end(first, 'Cancelled');
      else world.model.remove(neuroJobType, { namespace, name: first });
      await world.later(minuteMs);
    };

    it('which may ignore SIGTERM, and starts when it has stopped', async () => {
      await runPod('2026-01-01T00:02:30Z');
      expect(world.names).toEqual(left);
      expect(world.ready()).toBe('True WaitingForJob');
      const message = world.status().conditions?.find(({ type }) => type === 'Ready')?.message;
      expect(message).toContain(`the Pod of the job '${first}' has not ended`);
      world.model.remove(podType, { namespace, name: first });
      await world.later(1_000);
      expect(world.names).toEqual([second]);
      expect(world.ready()).toBe('True Scheduled');
    });

    it.each([
      ['can still start', undefined],
      ['may be starting on its node', '2026-01-01T00:02:30Z'],
    ])('which %s, and starts when its Pod is gone', async (_case, deletionTimestamp) => {
      await runPod(deletionTimestamp, { state: { waiting: { reason: 'ContainerCreating' } } });
      expect(world.names).toEqual(left);
      expect(world.ready()).toBe('True WaitingForJob');
      world.model.remove(podType, { namespace, name: first });
      await world.later(1_000);
      expect(world.names).toEqual([second]);
    });

    it('but not for one that has stopped', async () => {
      await runPod(undefined, { state: { terminated: { exitCode: 0 } } });
      expect(world.names).toContain(second);
    });

    it('but not for that of a dead node', async () => {
      await runPod('2026-01-01T00:01:30Z');
      expect(world.names).toEqual(left);
      await world.later(minuteMs);
      expect(world.names).toEqual([third]);
    });

    it('and Allow does not', async () => {
      await runPod('2026-01-01T00:02:30Z', { concurrencyPolicy: 'Allow' });
      expect(world.names).toEqual([...left, second]);
    });
  });

  it('Forbid waits for the Pod of a job that a finalizer keeps', async () => {
    await world.apply({ concurrencyPolicy: 'Forbid' });
    await world.later(minuteMs);
    const job = world.model.get(neuroJobType, { namespace, name: first });
    const owner = { apiVersion: 'neu.ro/v1', kind: 'NeuroJob', name: first, uid: job?.metadata.uid ?? '' };
    world.model.put(podType, {
      metadata: {
        namespace,
        name: first,
        labels: { [LABEL_MANAGED_BY]: MANAGED_BY },
        ownerReferences: [{ ...owner, controller: true }],
      },
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'job', state: { running: { startedAt: world.now } } }],
      },
    });
    world.model.put(neuroJobType, {
      ...job,
      metadata: { ...job?.metadata, name: first, deletionTimestamp: world.now, finalizers: ['a/b'] },
    });
    await world.later(minuteMs);
    expect(world.names).toEqual([first]);
    expect(world.ready()).toBe('True WaitingForJob');
    world.model.remove(podType, { namespace, name: first });
    await world.later(1_000);
    expect(world.names).toEqual([first, second]);
  });

  it('Replace deletes it', async () => {
    await world.apply({ concurrencyPolicy: 'Replace' });
    await world.later(2 * minuteMs);
    expect(world.names).toEqual([second]);
    await world.later(minuteMs);
    expect(world.names).toEqual([third]);
  });

  it('makes no more than fifty', async () => {
    await world.apply();
    await world.later(60 * minuteMs);
    expect(world.names).toHaveLength(50);
    expect(world.ready()).toBe('False TooManyActive');
    await world.end(first);
    expect(world.names).toHaveLength(51);
    expect(world.status().active).toHaveLength(10);
  });
});

describe('of more jobs than it looks at', () => {
  /** By somebody else, who says that they are of the schedule. */
  async function pretend(count: number, status: object): Promise<void> {
    const owner = { ...ownerOf(world), controller: true };
    for (let index = 0; index < count; index += 1)
      world.model.put(neuroJobType, {
        metadata: { namespace, name: `a-${String(index)}`, ownerReferences: [owner], creationTimestamp: world.now },
        spec: { image: 'tool:1' },
        status,
      });
    await world.later(1_000);
  }

  it('that run it makes none, whatever it may, and says why', async () => {
    await world.apply({ concurrencyPolicy: 'Forbid' });
    await pretend(1_001, {});
    await world.later(3 * minuteMs);
    expect(world.names).not.toContain(runAt('2026-01-01T00:01:00Z'));
    expect(world.names).toHaveLength(1_001);
    expect(world.ready()).toBe('False TooManyJobs');
  });

  it('that have ended it deletes those that it does not keep, and continues', async () => {
    await world.apply();
    await pretend(1_300, { phase: 'Succeeded', finishTime: world.now });
    await world.later(minuteMs);
    expect(world.names).toContain(runAt('2026-01-01T00:01:00Z'));
    expect(world.names).toHaveLength(4);
    expect(world.ready()).toBe('True Scheduled');
    expect(world.errors).toEqual([]);
  });
});

test('keeps three jobs that succeeded and one that did not, or as many as it says', async () => {
  await world.apply();
  const play = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each += 1) {
      await world.later(minuteMs);
      const run = world.runs.find(({ status }) => status?.finishTime === undefined);
      await world.end(run?.metadata.name ?? '', each % 2 === 0 ? 'Succeeded' : 'Cancelled');
    }
  };
  await play(10);
  expect(world.runs.map(({ status }) => status?.phase)).toEqual(['Succeeded', 'Succeeded', 'Succeeded', 'Cancelled']);
  await world.apply({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 2 });
  expect(world.runs.map(({ status }) => status?.phase)).toEqual(['Cancelled']);
  await play(6);
  expect(world.runs.map(({ status }) => status?.phase)).toEqual(['Cancelled', 'Cancelled']);
  expect(world.status().lastSuccessfulTime).toBe('2026-01-01T00:15:14Z');
});

describe('a job that cannot be made', () => {
  const mine = runAt('2026-01-01T00:01:00Z');
  const forbid = (): void => {
    world.intercept = ({ method, path }) =>
      method === 'POST' && path.endsWith('/neurojobs') ? new KernelError('Forbidden', 'exceeded quota: jobs') : 'pass';
  };

  it('is said, and made as soon as it can be', async () => {
    await world.apply({ schedule: '1 0 * * *' });
    forbid();
    await world.later(minuteMs);
    expect(world.ready()).toBe('False Refused');
    expect(world.eventReasons).toEqual(['Warning Refused']);
    world.intercept = () => 'pass';
    await world.later(minuteMs);
    expect(world.names).toEqual([mine]);
    expect(world.ready()).toBe('True Scheduled');
  });

  it('does not take the name from a job of someone else', async () => {
    world.model.put(neuroJobType, { metadata: { namespace, name: mine }, spec: { image: 'other:1' } });
    await world.apply();
    await world.later(minuteMs);
    expect(world.ready()).toBe('False Refused');
    await world.later(minuteMs);
    expect(world.names).toEqual([mine, runAt('2026-01-01T00:02:00Z')]);
    expect(world.runs[0]?.spec.image).toBe('other:1');
  });
});

test('the schedules of a namespace make sixty jobs in a minute, and the rest later', async () => {
  for (let each = 0; each < 70; each += 1) await world.apply({ schedule: '1 0 1 1 *' }, `s-${each}`);
  await world.later(minuteMs);
  expect(world.names).toHaveLength(60);
  expect(world.bounds).toContain('jobs_of_schedules');
  await world.later(minuteMs);
  expect(world.names).toHaveLength(70);
});

test('a job that claims another schedule, or one that is gone, changes nothing', async () => {
  const owner = {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroSchedule',
    name: 'nightly',
    uid: 'of-another',
    controller: true,
  };
  world.model.put(neuroJobType, {
    metadata: { namespace, name: 'forged', ownerReferences: [owner] },
    spec: { image: 'a:1' },
  });
  await world.apply({ concurrencyPolicy: 'Replace' });
  await world.later(minuteMs);
  expect(world.names).toEqual(['forged', runAt('2026-01-01T00:01:00Z')]);
  expect(world.status().activeCount).toBe(1);
});

describe.each(['before', 'after'])('an operator that ends %s any of its writes', (when) => {
  /** Plays some minutes with an end at that write, and a start ten seconds later. Returns whether there was such a write. */
  async function play(at: number): Promise<boolean> {
    const made = new Map<string, Set<string>>();
    const look = (): void => {
      for (const { metadata } of world.runs)
        made.set(metadata.name, (made.get(metadata.name) ?? new Set()).add(metadata.uid));
    };
    let writes = 0;
    const operator = { hasEnded: false, hasStarted: false };
    world.intercept = ({ method }) => {
      if (operator.hasEnded) return 'hang';
      if (method === 'GET') return 'pass';
      writes += 1;
      if (writes !== at) return 'pass';
      operator.hasEnded = true;
      return when === 'after' ? 'lost' : 'hang';
    };
    await world.apply({ concurrencyPolicy: 'Replace', successfulJobsHistoryLimit: 1 });
    for (let second = 0; second < 250; second += 10) {
      await world.later(10_000);
      look();
      // The first two end by themselves; others are replaced.
      const active = world.runs.find(({ status }) => status?.finishTime === undefined);
      if (active !== undefined && second % 60 === 20 && second < 120) await world.end(active.metadata.name);
      if (!operator.hasEnded || operator.hasStarted) continue;
      operator.hasStarted = true;
      await world.stop();
      world.intercept = () => 'pass';
      await world.start();
      look();
    }
    const minutes = [1, 2, 3, 4].map((minute) => runAt(`2026-01-01T00:0${minute}:00Z`));
    expect([...made.keys()].sort()).toEqual(minutes);
    expect([...made.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1]);
    expect(world.status().lastScheduleTime).toBe('2026-01-01T00:04:00Z');
    return operator.hasEnded;
  }

  it('makes one job for each time', async () => {
    let at = 0;
    for (let isMore = true; isMore;) {
      at += 1;
      if (at > 1) {
        await world.stop();
        world = new ScheduleWorld();
        await world.makeTemplate();
        await world.start();
      }
      isMore = await play(at);
    }
    // The first status, and for each of four times a job and a status, with what ends and goes.
    expect(at).toBeGreaterThan(10);
  });
});
