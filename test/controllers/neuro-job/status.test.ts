import { describe, expect, test } from 'vitest';
import type { NeuroJobStatus } from '../../../src/api/index.ts';
import type { Report } from '../../../src/controllers/neuro-job/facts.ts';
import { planStatus, weightOf } from '../../../src/controllers/neuro-job/status.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { aJob, aSnapshot, after, endedPod, noon, noonMs, runningPod } from './builders.ts';

function statusOf(report: Report, former: NeuroJobStatus = {}, spec = {}, seconds = 10): NeuroJobStatus {
  const job = aJob(spec, former);
  return planStatus(deepFreeze({ job, snapshot: undefined, ...at(noonMs + seconds * 1000) }), report);
}

/** By both clocks of a job. */
function at(nowMs: number) {
  return { nowMs, wallMs: nowMs };
}

function conditionsOf(status: NeuroJobStatus): Record<string, string> {
  return Object.fromEntries((status.conditions ?? []).map(({ type, status: is }) => [type, is]));
}

const failure = {
  reason: 'ApiError',
  message: 'creating the Service failed: 500 no; it is retried',
  sinceMs: noonMs,
  attempts: 3,
  isConflict: false,
} as const;

test.each<[string, Report, boolean, string | undefined]>([
  ['shows beside what a job that runs does', { phase: 'Running', reason: 'Running' }, true, 'ApiError'],
  ['goes when it is over', { phase: 'Running', reason: 'Running' }, false, undefined],
])('a failure that lasts %s', (_, report, isNow, expected) => {
  const job = aJob({}, {});
  const status = planStatus({ job, snapshot: undefined, ...at(noonMs), failure: { ...failure, isNow } }, report);
  expect(status.conditions?.find(({ type }) => type === 'Reconciling')?.reason).toBe(expected);
  expect(conditionsOf(status)['Ready']).toBe('True');
});

test('texts that are kept several times for each job are short', () => {
  const status = statusOf({ phase: 'Pending', reason: 'MissingSecrets', message: 'x'.repeat(9_000), isMissing: true });
  expect(status.message?.length).toBe(4_096);
  expect(Math.max(...(status.conditions ?? []).map(({ message }) => message.length))).toBe(1_024);
  expect(status.transitions?.[0]?.message?.length).toBe(512);
});

describe('conditions', () => {
  test.each<[string, Report, Record<string, string>]>([
    [
      'waiting',
      { phase: 'Pending', reason: 'Scheduling' },
      { Ready: 'False', Reconciling: 'True', SecretsResolved: 'True' },
    ],
    [
      'waiting for secrets',
      { phase: 'Pending', reason: 'MissingSecrets', message: 'm', isMissing: true },
      { Ready: 'False', Reconciling: 'True', SecretsResolved: 'False' },
    ],
    ['running', { phase: 'Running', reason: 'Running' }, { Ready: 'True', SecretsResolved: 'True' }],
    ['between two runs', { phase: 'Running', reason: 'Restarting' }, { Ready: 'False', SecretsResolved: 'True' }],
    ['succeeded', { phase: 'Succeeded', reason: 'Completed' }, { Complete: 'True', SecretsResolved: 'True' }],
    [
      'failed',
      { phase: 'Failed', reason: 'Error' },
      { Failed: 'True', Ready: 'False', Stalled: 'True', SecretsResolved: 'True' },
    ],
    ['cancelled', { phase: 'Cancelled', reason: 'UserRequested' }, { Failed: 'True', SecretsResolved: 'True' }],
    [
      'cancelled because its access was taken away',
      { phase: 'Cancelled', reason: 'AccessRevoked' },
      { Failed: 'True', SecretsResolved: 'True', Stalled: 'True' },
    ],
  ])('a job that is %s', (_, report, expected) => {
    expect(conditionsOf(statusOf(report))).toEqual(expected);
  });

  test('each says which generation it describes', () => {
    const { conditions } = statusOf({ phase: 'Pending', reason: 'Scheduling' });
    expect(conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([1, 1, 1]);
  });

  test('a job whose secrets are not known yet has no condition about them', () => {
    const status = statusOf(
      { phase: 'Pending', reason: 'Refused' },
      {},
      { env: [{ name: 'A', fromSecret: { name: 'a' } }] },
    );
    expect(conditionsOf(status)['SecretsResolved']).toBeUndefined();
  });
});

describe('transitions', () => {
  test('a new reason is one, the same reason is none', () => {
    const first = statusOf({ phase: 'Pending', reason: 'Scheduling' });
    const second = statusOf({ phase: 'Pending', reason: 'Scheduling', message: 'more' }, first, {}, 20);
    const third = statusOf({ phase: 'Running', reason: 'Running' }, second, {}, 30);
    expect(third.transitions).toEqual([
      { phase: 'Pending', reason: 'Scheduling', time: after(10) },
      { phase: 'Running', reason: 'Running', time: after(30) },
    ]);
  });

  test('only the last twenty are kept', () => {
    let status: NeuroJobStatus = {};
    for (let run = 0; run < 15; run += 1) {
      status = statusOf({ phase: 'Running', reason: 'Running' }, status, {}, run);
      status = statusOf({ phase: 'Running', reason: 'Restarting', lastExitCode: run }, status, {}, run);
    }
    expect(status.transitions?.length).toBe(20);
    expect(status.transitions?.at(-1)).toMatchObject({ reason: 'Restarting', exitCode: 14 });
  });
});

describe('times', () => {
  const pod = runningPod();

  test('the first start is kept through restarts', () => {
    const first = statusOf({ phase: 'Running', reason: 'Running', pod, startedAt: noon });
    const again = statusOf({ phase: 'Running', reason: 'Running', pod, startedAt: after(60) }, first);
    expect(again).toMatchObject({ startTime: noon, runningSince: noon });
  });

  test('the end of the life span is in the status while it runs', () => {
    const report: Report = { phase: 'Running', reason: 'Running', pod, startedAt: noon };
    expect(statusOf(report, {}, { lifeSpan: '1m' }).lifeSpanEndsAt).toBe(after(60));
    expect(statusOf(report, { ranSeconds: 20 }, { lifeSpan: '1m' }).lifeSpanEndsAt).toBe(after(40));
  });

  test('the time of a Pod that is gone is added up', () => {
    const running = statusOf({ phase: 'Running', reason: 'Running', pod, startedAt: noon }, { ranSeconds: 5 });
    const waiting = statusOf({ phase: 'Pending', reason: 'Restarting', pod: 'none' }, running, {}, 30);
    expect(waiting).toMatchObject({ ranSeconds: 35 });
    expect(waiting.runningSince).toBeUndefined();
    expect(waiting.podUid).toBeUndefined();
    const stillWaiting = statusOf({ phase: 'Pending', reason: 'Scheduling' }, waiting, {}, 90);
    expect(stillWaiting.ranSeconds).toBe(35);
  });

  test('a job finished when its container did, or when it was ended', () => {
    const ended = endedPod(0);
    const report: Report = { phase: 'Succeeded', reason: 'Completed', pod: ended, startedAt: noon, endedAt: after(9) };
    expect(statusOf(report)).toMatchObject({ startTime: noon, finishTime: after(9), ranSeconds: 9 });
    expect(statusOf({ phase: 'Cancelled', reason: 'UserRequested' }).finishTime).toBe(after(10));
  });
});

test('the same report changes nothing', () => {
  const report: Report = { phase: 'Running', reason: 'Running', pod: runningPod(), startedAt: noon, restarts: 1 };
  const first = statusOf(report, {}, { lifeSpan: '1h' });
  expect(statusOf(report, first, { lifeSpan: '1h' }, 500)).toEqual(first);
});

test('secrets are named with their versions, and stay so when the snapshot is gone', () => {
  const report = { phase: 'Pending', reason: 'Scheduling' } as const;
  const { secrets } = planStatus({ job: aJob(), snapshot: aSnapshot, ...at(noonMs) }, report);
  expect(secrets).toEqual([
    { namespace: 'alice', name: 'db-password', key: 'db-password', version: 'v1', uid: 'uid-db-password' },
  ]);
  const later = statusOf({ phase: 'Succeeded', reason: 'Completed' }, { secrets: secrets ?? [] });
  expect(later.secrets).toEqual(secrets);
});

describe('a status that may wait for bytes of its namespace', () => {
  const pending = { phase: 'Pending', reason: 'MissingSecrets' } as const;
  const made = { phase: 'Pending', reason: 'Scheduling', podUid: 'p1' } as const;
  const started = { phase: 'Running', reason: 'Running', podUid: 'p1', startTime: 't' } as const;
  test.each<[string, NeuroJobStatus, NeuroJobStatus, string | undefined]>([
    ['is not the first', {}, pending, undefined],
    ['is one that names other secrets', pending, { ...pending, message: 'm' }, 'detail'],
    ['is not the record of a Pod', pending, made, undefined],
    ['is one that says what the Pod waits for', made, { ...made, reason: 'ContainerCreating' }, 'detail'],
    ['is not the first start', made, started, undefined],
    ['is a later one', { ...started, phase: 'Pending' }, started, 'change'],
    ['is a Pod that has gone', started, { phase: 'Pending', startTime: 't' }, 'change'],
    ['is not an end', started, { ...started, phase: 'Failed', finishTime: 't' }, undefined],
  ])('%s', (_, former, next, expected) => {
    expect(weightOf(deepFreeze(former), deepFreeze(next))).toBe(expected);
  });
});
