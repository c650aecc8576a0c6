/** A job that is over, or that something hinders, and the order of the rules. */
import { describe, expect, test } from 'vitest';
import type { NeuroJobStatus } from '../../../src/api/index.ts';
import type { JobFacts } from '../../../src/controllers/neuro-job/facts.ts';
import { planJob, rules } from '../../../src/controllers/neuro-job/plan.ts';
import {
  aBorrowingJob,
  aJob,
  aPod,
  aSecret,
  denied,
  endedPod,
  factsOf,
  metaOf,
  noonMs,
  runningPod,
  waitingPod,
} from './builders.ts';
import { step, plan, pendingFor, running, finished, cancelled, terminating, gone } from './plan-cases.ts';

const failed: NeuroJobStatus = { ...finished, phase: 'Failed', reason: 'ScheduleTimeout' };

const endedByItself: NeuroJobStatus = { ...finished, phase: 'Failed', reason: 'Error', exitCode: 1 };

const speakingPod = { ...endedPod(1), hasOutput: true };

describe('a finished job', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['is left alone', { job: aJob({}, finished), pod: endedPod(0) }, 'nothing'],
    [
      'has its last words read after its end was told',
      { job: aJob({}, endedByItself), pod: speakingPod, areWordsDue: true, ownSecrets: [aSecret('x')] },
      'read-last-words',
    ],
    [
      'tells them',
      { job: aJob({}, endedByItself), pod: speakingPod, areWordsDue: false, output: { text: 'boom' } },
      'Failed Error',
    ],
    [
      'tells them once, then goes on',
      { job: aJob({}, endedByItself), pod: speakingPod, output: 'none', ownSecrets: [aSecret('neuro-job-uid-train')] },
      'clean-up',
    ],
    [
      'waits with them while other values are copied',
      {
        job: aJob({}, endedByItself),
        pod: speakingPod,
        areWordsDue: true,
        isHeldBack: true,
        ownSecrets: [aSecret('x')],
      },
      'nothing',
    ],
    [
      'that ended while this process did not look is not read',
      { job: aJob({}, endedByItself), pod: speakingPod, ownSecrets: [aSecret('neuro-job-uid-train')] },
      'clean-up',
    ],
    [
      'whose Pod others keep alive has it ended after a moment',
      { job: aJob({}, finished), pod: { ...endedPod(0), phase: 'Running', hasOthers: true } },
      'end-pod',
    ],
    [
      'whose Pod only a sidecar of the kubelet keeps alive is left to the kubelet',
      { job: aJob({}, finished), pod: { ...endedPod(0), phase: 'Running' } },
      'nothing',
    ],
    [
      'and not before',
      { job: aJob({}, finished), pod: { ...endedPod(0), phase: 'Running', hasOthers: true }, nowMs: noonMs + 9_999 },
      'nothing',
    ],
    [
      'and once',
      { job: aJob({}, finished), pod: { ...endedPod(0), phase: 'Running', hasOthers: true, isEnding: true } },
      'nothing',
    ],
    ['does not change, whatever its Pod says later', { job: aJob({}, finished), pod: endedPod(1) }, 'nothing'],
    ['does not change when it is cancelled', { job: aJob({ cancel: true }, finished) }, 'nothing'],
    [
      'says that it has seen a cancel that came too late',
      { job: aJob({ cancel: true }, { ...finished, observedGeneration: 0 }) },
      'Succeeded Completed',
    ],
    ['loses its snapshot', { job: aJob({}, finished), ownSecrets: [aSecret('neuro-job-uid-train')] }, 'clean-up'],
    [
      'loses its Service',
      { job: aJob({}, finished), service: { metadata: metaOf('train'), ownerUid: 'uid-train' } },
      'clean-up',
    ],
    ['that was cancelled loses its Pod', { job: aJob({}, cancelled), pod: runningPod() }, 'clean-up'],
    ['that never ran loses its Pod', { job: aJob({}, failed), pod: aPod() }, 'clean-up'],
    ['is deleted after ttlAfterFinished', { job: aJob({ ttlAfterFinished: '5s' }, finished) }, 'delete-job'],
    ['is not deleted before', { job: aJob({ ttlAfterFinished: '6s' }, finished) }, 'nothing'],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});

describe('a step that keeps failing', () => {
  const failure = {
    reason: 'ApiError',
    message: 'creating the Pod failed: 500 failed calling webhook "w"; it is retried',
    sinceMs: noonMs,
    attempts: 3,
    isConflict: false,
    isNow: true,
  } as const;
  test.each<[string, Partial<JobFacts>, string]>([
    ['is what a job waits for that has no Pod', {}, 'Pending ApiError'],
    ['does not hide how a Pod is', { job: aJob({}, running), pod: runningPod() }, 'Running Running'],
    ['does not hide why a Pod waits', { pod: waitingPod('ErrImagePull') }, 'Pending ErrImagePull'],
    ['does not change an end', { job: aJob({}, finished) }, 'nothing'],
  ])('%s', (_, facts, expected) => {
    expect(step({ ...facts, failure })).toBe(expected);
  });

  test.each<[string, Partial<JobFacts>, string]>([
    ['cancel', { job: aJob({ cancel: true }) }, 'Cancelled UserRequested'],
    ['a deletion', { job: aJob({}, {}, gone) }, 'Cancelled UserRequested'],
    ['the time to start', { nowMs: noonMs + 300_000 }, 'Failed ScheduleTimeout'],
    ['the life span', { job: aJob({ lifeSpan: '5s' }, running), pod: runningPod() }, 'Cancelled LifeSpanEnded'],
    [
      'access',
      { job: aBorrowingJob({}, running), pod: runningPod(), userSecrets: terminating, access: denied },
      'Cancelled AccessRevoked',
    ],
    ['the time to keep a finished job', { job: aJob({ ttlAfterFinished: '5s' }, finished) }, 'delete-job'],
  ])('does not hold up %s', (_, facts, expected) => {
    expect(step({ ...facts, failure: { ...failure, isNow: false } })).toBe(expected);
  });

  test('is reported with one event, and runs again when a limit falls due', () => {
    const { events, requeueAtMs, requeueLane } = plan({ failure });
    expect(events?.map(({ text }) => text.reason)).toEqual(['ApiError']);
    expect([requeueAtMs, requeueLane]).toEqual([noonMs + 300_000, 'change']);
    const told = { ...pendingFor('ApiError'), podUid: undefined as never, message: failure.message };
    expect(plan({ job: aJob({}, told), failure }).events).toEqual([]);
  });

  test('says why the time to start is over', () => {
    const told = { ...pendingFor('ApiError'), podUid: undefined as never, message: failure.message };
    const { status } = plan({ job: aJob({}, told), nowMs: noonMs + 300_000 });
    expect(status?.message).toContain('failed calling webhook');
  });
});

describe('what cannot be made', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['for good', { refusal: { isFinal: true, reason: 'Conflict', message: 'm' } }, 'Failed Conflict'],
    ['for now', { refusal: { isFinal: false, reason: 'QuotaExhausted', message: 'm' } }, 'Pending QuotaExhausted'],
    [
      'until it is too late',
      { job: aJob({}, { ...pendingFor('QuotaExhausted'), podUid: undefined as never }), nowMs: noonMs + 300_000 },
      'Failed QuotaExhausted',
    ],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});

test('a suspended job says so, is never late, and never ends', () => {
  const suspended = { suspend: true, scheduleTimeout: '1s' };
  const late = { nowMs: noonMs + 3_600_000, firstSeenMs: noonMs };
  const plan = planJob(factsOf({ job: aJob(suspended), ...late }));
  expect(plan.status).toMatchObject({ phase: 'Pending', reason: 'Suspended', conditions: [] });
  expect(plan.steps ?? []).toEqual([]);
  const going = aJob(suspended, {}, { deletionTimestamp: new Date(noonMs).toISOString() });
  expect(planJob(factsOf({ job: going, ...late })).status).toMatchObject({
    reason: 'Suspended',
    message: expect.stringContaining('a finalizer keeps it') as unknown,
  });
  // ttlAfterFinished would delete a template that has ended, and its schedule would have none.
  const killed = aJob({ ...suspended, cancel: true, ttlAfterFinished: '1s' });
  expect(planJob(factsOf({ job: killed, ...late })).status).toMatchObject({ phase: 'Pending', reason: 'Suspended' });
});

test('the rules apply in this order', () => {
  expect(rules.map(({ name }) => name)).toEqual([
    'failing',
    'deletedInTime',
    'lastWords',
    'leftovers',
    'sidecarsRun',
    'finished',
    'ended',
    'suspended',
    'cancelled',
    'lifeSpanEnded',
    'podLost',
    'podLeaving',
    'scheduleTimeout',
    'imageProblem',
    'restartBlocked',
    'startTimeout',
    'askAgain',
    'accessRevoked',
    'serviceGone',
    'podWaiting',
    'podRuns',
    'podVanished',
    'namespaceGoing',
    'restored',
    'namespaceUnknown',
    'presetUnknown',
    'accessUnknown',
    'forbiddenSnapshot',
    'missingSecrets',
    'refused',
    'tooLate',
    'notRead',
    'modeUnusable',
    'heldBack',
    'noService',
    'noSnapshot',
    'noPod',
  ]);
});
