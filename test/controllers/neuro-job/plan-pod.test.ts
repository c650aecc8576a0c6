/** A job whose Pod is there: what it says of it, and when it ends. */
import { describe, expect, test } from 'vitest';
import type { NeuroJobStatus } from '../../../src/api/index.ts';
import type { JobFacts } from '../../../src/controllers/neuro-job/facts.ts';
import type { PodView } from '../../../src/controllers/pod-view.ts';
import {
  aBorrowingJob,
  aContainer,
  aJob,
  aPod,
  aSnapshot,
  allowed,
  denied,
  endedPod,
  noon,
  noonMs,
  runningPod,
  unsettled,
  waitingPod,
} from './builders.ts';
import { step, plan, pendingFor, running, terminating, whole, gone } from './plan-cases.ts';

const restartingPod = aPod({
  phase: 'Running',
  container: aContainer(
    { waiting: { reason: 'CrashLoopBackOff' } },
    { restartCount: 2, lastState: { terminated: { exitCode: 3, startedAt: noon } } },
  ),
});

const leaving = { ...aPod().metadata, ...gone };
const preempted = [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: 'm' }];

describe('a Pod that waits', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['a new Pod is reported', { pod: aPod({ nodeName: undefined }) }, 'Pending Scheduling'],
    [
      'ordinary steps in its first two seconds are not',
      { job: aJob({}, pendingFor('Scheduling')), pod: aPod(), nowMs: noonMs + 1_000 },
      'nothing',
    ],
    ['later they are', { job: aJob({}, pendingFor('Scheduling')), pod: aPod() }, 'Pending ContainerCreating'],
    [
      'while many jobs wait for their Pods they are not, for half a minute',
      { job: aJob({}, pendingFor('Scheduling')), pod: aPod(), isBusy: true, nowMs: noonMs + 29_999 },
      'nothing',
    ],
    [
      'after that they are',
      { job: aJob({}, pendingFor('Scheduling')), pod: aPod(), isBusy: true, nowMs: noonMs + 30_000 },
      'Pending ContainerCreating',
    ],
    [
      'trouble is, however many wait',
      { job: aJob({}, pendingFor('Scheduling')), pod: waitingPod('ErrImagePull'), isBusy: true },
      'Pending ErrImagePull',
    ],
    [
      'trouble is reported at once',
      { job: aJob({}, pendingFor('Scheduling')), pod: waitingPod('ErrImagePull'), nowMs: noonMs + 1_000 },
      'Pending ErrImagePull',
    ],
    [
      'both words for an image that is not there are one',
      { job: aJob({}, pendingFor('ImagePullBackOff')), pod: waitingPod('ErrImagePull') },
      'Pending ImagePullBackOff',
    ],
    [
      'an image that cannot be pulled for a minute is given up',
      { job: aJob({}, pendingFor('ErrImagePull')), pod: waitingPod('ImagePullBackOff'), nowMs: noonMs + 60_000 },
      'Failed Collected',
    ],
    ['a name that is none is given up at once', { pod: waitingPod('InvalidImageName') }, 'Failed InvalidImageName'],
    ['an image that may not be pulled, too', { pod: waitingPod('ErrImageNeverPull') }, 'Failed Collected'],
    [
      'scheduleTimeout bounds the waiting for a node',
      { job: aJob({ scheduleTimeout: '30s' }), pod: aPod({ nodeName: undefined }), nowMs: noonMs + 30_000 },
      'Failed ScheduleTimeout',
    ],
    [
      'behind a gate the default does not count',
      { pod: aPod({ nodeName: undefined, isGated: true }), nowMs: noonMs + 900_000 },
      'Pending SchedulingGated',
    ],
    [
      'behind a gate a limit of the job does',
      {
        job: aJob({ scheduleTimeout: '30s' }),
        pod: aPod({ nodeName: undefined, isGated: true }),
        nowMs: noonMs + 30_000,
      },
      'Failed ScheduleTimeout',
    ],
    [
      'the time behind a gate is not counted when it opens',
      {
        job: aJob({}, pendingFor('SchedulingGated')),
        pod: aPod({ nodeName: undefined }),
        nowMs: noonMs + 900_000,
      },
      'Pending Scheduling',
    ],
    ['cancel ends it', { job: aJob({ cancel: true }), pod: aPod() }, 'Cancelled UserRequested'],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });

  const creating = (status?: 'True' | 'False'): PodView =>
    aPod({ conditions: status === undefined ? [] : [{ type: 'PodReadyToStartContainers', status }] });

  test.each<[string, PodView, string]>([
    ['without its volumes', creating('False'), 'its volumes and network are not ready; its events say more: kubectl'],
    ['without its image', creating('True'), 'its image is being pulled, or a container is being created; its events'],
    ['on a node that does not say', creating(), 'its node prepares it; its events say more: kubectl events --for pod/'],
  ])('says how far its node is, as soon as that is worth a write: %s', (_, pod, message) => {
    const job = aJob({}, { ...pendingFor('ContainerCreating'), message: 'what was true before' });
    expect(plan({ job, pod }).status?.message).toContain(message);
    const early = plan({ job: aJob(), pod, nowMs: noonMs + 1_000 });
    expect(early.status?.message).toBeUndefined();
    expect(early.requeueAtMs).toBe(noonMs + 5_000);
  });

  test('the words of a scheduler are kept as they were first, however it words them later', () => {
    const job = aJob({}, { ...pendingFor('Unschedulable'), message: '0/1 nodes are available' });
    const pod = aPod({
      nodeName: undefined,
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available' },
      ],
    });
    expect(plan({ job, pod }).status?.message).toBe('0/1 nodes are available');
  });
});

describe('a Pod that runs', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['is reported', { pod: runningPod() }, 'Running Running'],
    [
      'is restarting between two runs',
      { job: aJob({ restartPolicy: 'Always' }), pod: restartingPod },
      'Running Restarting',
    ],
    [
      'is ended by its life span, to the second',
      { job: aJob({ lifeSpan: '10s' }, running), pod: runningPod(), nowMs: noonMs + 10_000 },
      'Cancelled LifeSpanEnded',
    ],
    [
      'is not ended a moment earlier',
      { job: aJob({ lifeSpan: '10s' }, running), pod: runningPod(), nowMs: noonMs + 9_999 },
      'Running Running',
    ],
    [
      'has less time left when a former Pod ran',
      { job: aJob({ lifeSpan: '10s' }, { ...running, ranSeconds: 4 }), pod: runningPod(), nowMs: noonMs + 6_000 },
      'Cancelled LifeSpanEnded',
    ],
    ['is ended by cancel', { job: aJob({ cancel: true }, running), pod: runningPod() }, 'Cancelled UserRequested'],
    [
      'gets a Service again that somebody deleted',
      { job: aJob({ http: { port: 80 } }, running), pod: runningPod() },
      'make-service',
    ],
    [
      'goes on without one whose name is taken',
      {
        job: aJob({ http: { port: 80 } }, running),
        pod: runningPod(),
        refusal: { isFinal: true, reason: 'Conflict', message: 'm' },
      },
      'Running Running',
    ],
    [
      'goes on when access goes, by default',
      { job: aBorrowingJob({}, running), pod: runningPod(), access: denied },
      'Running Running',
    ],
    [
      'asks again where the owner wants jobs ended',
      { job: aBorrowingJob({}, running), pod: runningPod(), userSecrets: terminating, changedMs: noonMs + 9_000 },
      'ask-access',
    ],
    [
      'does not ask long after the last change',
      { job: aBorrowingJob({}, running), pod: runningPod(), userSecrets: terminating },
      'Running Running',
    ],
    [
      'is ended when that access is gone',
      { job: aBorrowingJob({}, running), pod: runningPod(), access: denied, userSecrets: terminating },
      'Cancelled AccessRevoked',
    ],
    [
      'is not ended while it is not clear',
      { job: aBorrowingJob({}, running), pod: runningPod(), access: unsettled, userSecrets: terminating },
      'Running Running',
    ],
    [
      'goes on when the secret itself is gone',
      { job: aBorrowingJob({}, running), pod: runningPod(), userSecrets: new Map() },
      'Running Running',
    ],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });

  test('wakes when its life span ends', () => {
    expect(plan({ job: aJob({ lifeSpan: '1m' }, running), pod: runningPod() })).toMatchObject({
      requeueAtMs: noonMs + 60_000,
      requeueLane: 'change',
    });
  });

  test('looks again three times after a change, because RBAC lags behind', () => {
    const facts = { job: aBorrowingJob({}, running), pod: runningPod(), userSecrets: terminating, access: allowed };
    const next = (afterMs: number) => plan({ ...facts, changedMs: noonMs + 10_000 - afterMs }).requeueAtMs;
    expect([0, 200, 1_200, 4_200].map(next)).toEqual([noonMs + 10_200, noonMs + 11_000, noonMs + 13_000, undefined]);
  });

  test('a container that cannot be started again is given up after the time to start', () => {
    const pod = aPod({
      phase: 'Running',
      container: aContainer({ waiting: { reason: 'CreateContainerConfigError' } }, { restartCount: 1 }),
    });
    const since = { transitions: [{ phase: 'Running' as const, reason: 'Restarting', time: noon }] };
    const job = aJob({ restartPolicy: 'Always', scheduleTimeout: '1m' }, { ...running, ...since });
    expect(step({ job, pod, nowMs: noonMs + 59_000 })).toBe('Running Restarting');
    expect(step({ job, pod, nowMs: noonMs + 60_000 })).toBe('Failed CreateContainerConfigError');
  });

  test('a container that never started is not one that runs, and is given up after the time to start', () => {
    const terminated = { exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z', finishedAt: noon };
    const pod = aPod({
      phase: 'Running',
      container: aContainer(
        { waiting: { reason: 'CrashLoopBackOff' } },
        { restartCount: 3, lastState: { terminated } },
      ),
    });
    const job = aJob({ restartPolicy: 'OnFailure' }, pendingFor('ContainerCannotRun'));
    expect(step({ job, pod, nowMs: noonMs + 299_000 })).toBe('Pending ContainerCannotRun');
    expect(step({ job, pod, nowMs: noonMs + 300_000 })).toBe('Failed ScheduleTimeout');
    expect(plan({ job: aJob({ restartPolicy: 'OnFailure' }), pod }).events).toMatchObject([
      { text: { reason: 'ContainerCannotRun', type: 'Warning' } },
    ]);
  });

  test.each<[string, PodView, boolean]>([
    ['without a word on its Pod', aPod(), true],
    ['for a reason that is known', aPod({ nodeName: undefined }), false],
    [
      'after an init container failed',
      { ...waitingPod('PodInitializing'), initFailure: { name: 'init', exitCode: 1 } },
      false,
    ],
  ])('a start that took too long %s leads to the events of the Pod: %s', (_, pod, isLed) => {
    const { status } = plan({ pod, nowMs: noonMs + 300_000 });
    expect(status?.reason).toBe('ScheduleTimeout');
    expect(status?.message?.includes('its events say more: kubectl events --for pod/train -n bob')).toBe(isLed);
  });
});

describe('the end', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['exit code 0', { pod: endedPod(0) }, 'Succeeded Completed'],
    ['another exit code', { pod: endedPod(7) }, 'Failed Error'],
    ['no memory left', { pod: endedPod(137, { reason: 'OOMKilled' }) }, 'Failed OOMKilled'],
    ['no such command', { pod: endedPod(128, { reason: 'StartError' }) }, 'Failed ContainerCannotRun'],
    [
      'an end that came before cancel was seen',
      { job: aJob({ cancel: true }), pod: endedPod(0) },
      'Succeeded Completed',
    ],
    [
      'an end after the life span, while nobody looked, is still an end',
      { job: aJob({ lifeSpan: '1s' }, running), pod: endedPod(0) },
      'Succeeded Completed',
    ],
    ['an end is told before the last words are read', { pod: { ...endedPod(1), hasOutput: true } }, 'Failed Error'],
    ['evicted', { pod: aPod({ phase: 'Failed', reason: 'Evicted' }) }, 'Failed Evicted'],
    [
      'lost with its node',
      {
        pod: aPod({
          phase: 'Failed',
          conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager' }],
        }),
      },
      'Failed PodLost',
    ],
    ['deleted by somebody: wait until it is gone', { job: aJob({}, running), pod: runningPod(noon, gone) }, 'nothing'],
    [
      'deleted by somebody, and to be made again: not ready meanwhile',
      { job: aJob({ restartPolicy: 'OnFailure' }, running), pod: runningPod(noon, gone) },
      'Running Restarting',
    ],
    [
      'deleted, on a node that does not answer',
      { job: aJob({}, running), pod: runningPod(noon, gone), nowMs: noonMs + 65_000 },
      'Failed PodLost',
    ],
    [
      'deleted, ended on its node, and kept by a finalizer of somebody',
      { job: aJob({}, running), pod: { ...runningPod(noon, gone), phase: 'Succeeded' } },
      'Failed PodLost',
    ],
    [
      'deleted, ended on its node, kept by a finalizer, and to be made again',
      {
        job: aJob({ restartPolicy: 'OnFailure' }, running),
        pod: { ...runningPod(noon, gone), phase: 'Failed' },
        nowMs: noonMs + 65_000,
      },
      'Running Restarting',
    ],
    [
      'deleted by somebody, and done in its grace period',
      { job: aJob({}, running), pod: { ...endedPod(0), metadata: leaving } },
      'Succeeded Completed',
    ],
    [
      'the same for a job that runs again on failure',
      { job: aJob({ restartPolicy: 'OnFailure' }, running), pod: { ...endedPod(0), metadata: leaving } },
      'Succeeded Completed',
    ],
    [
      'the same for a job that always runs again: no end',
      { job: aJob({ restartPolicy: 'Always' }, running), pod: { ...endedPod(0), metadata: leaving } },
      'Running Restarting',
    ],
    [
      'deleted by somebody, and failed in its grace period',
      { job: aJob({}, running), pod: { ...endedPod(143), metadata: leaving } },
      'Failed NotFound',
    ],
    [
      'the same for a job that runs again on failure: no end',
      { job: aJob({ restartPolicy: 'OnFailure' }, running), pod: { ...endedPod(143), metadata: leaving } },
      'Running Restarting',
    ],
    [
      'ended well with its node, and always runs again: the object goes first',
      { job: aJob({ restartPolicy: 'Always' }, running), pod: endedPod(0) },
      'delete-pod',
    ],
    ['gone, and was done', { job: aJob({}, running), gonePod: endedPod(0) }, 'Succeeded Completed'],
    ['gone before it was recorded, and was done', { gonePod: endedPod(0) }, 'Succeeded Completed'],
    ['gone, and had failed by itself', { job: aJob({}, running), gonePod: endedPod(3) }, 'Failed Error'],
    [
      'gone, and had failed: a job that runs again on failure does',
      { job: aJob({ restartPolicy: 'OnFailure' }, running), gonePod: endedPod(3), isPodGone: true },
      'Pending Restarting',
    ],
    ['gone while it ran: look', { job: aJob({}, running), gonePod: runningPod() }, 'look-for-pod'],
    ['gone before it was recorded, and does not run again: look', { gonePod: runningPod() }, 'look-for-pod'],
    [
      'gone before it was recorded, and runs again',
      { job: aJob({ restartPolicy: 'OnFailure' }), gonePod: runningPod(), whole },
      'make-pod',
    ],
    [
      'gone while it ran, for a Pod of a higher priority',
      { job: aJob({}, running), gonePod: { ...runningPod(), conditions: preempted }, isPodGone: true },
      'Failed Preempted',
    ],
    [
      'rejected by its node',
      { pod: aPod({ phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: m' }) },
      'Failed Rejected',
    ],
    [
      'rejected by its node, and to be created again: the object goes first',
      {
        job: aJob({ restartPolicy: 'OnFailure' }),
        pod: aPod({ phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: m' }),
      },
      'delete-pod',
    ],
    ['gone from our view: look', { job: aJob({}, running) }, 'look-for-pod'],
    ['gone', { job: aJob({}, running), isPodGone: true }, 'Failed NotFound'],
    [
      'gone, and to be made again',
      { job: aJob({ restartPolicy: 'OnFailure' }, running), isPodGone: true },
      'Pending Restarting',
    ],
    [
      'evicted, and to be made again: the object goes first',
      { job: aJob({ restartPolicy: 'Always' }, running), pod: aPod({ phase: 'Failed', reason: 'Evicted' }) },
      'delete-pod',
    ],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });

  test.each<[string, string, RegExp]>([
    ['its node', 'Running', /its node does not answer \(if the node is dead: kubectl delete pod /],
    ['a finalizer', 'Failed', /a finalizer keeps it: kubectl get pod /],
  ])('a deleted Pod that stays for long is explained by %s', (_case, phase, expected) => {
    const pod = { ...runningPod(noon, gone), phase };
    const { status } = plan({ job: aJob({ restartPolicy: 'OnFailure' }, running), pod, nowMs: noonMs + 65_000 });
    expect(status?.message).toMatch(expected);
  });

  test('what keeps a deleted Pod does not hide how its container ended', () => {
    const pod = { ...endedPod(3), metadata: leaving };
    const { status } = plan({ job: aJob({ restartPolicy: 'OnFailure' }, running), pod, nowMs: noonMs + 65_000 });
    expect(status?.message).toMatch(
      /deleted while its container ran; the container ended with exit code 3; .*finalizer/,
    );
  });

  test('a Pod that was deleted says so, with the exit code of its container', () => {
    const { status } = plan({ job: aJob({}, running), pod: { ...endedPod(143), metadata: leaving, hasOutput: true } });
    expect(status).toMatchObject({ exitCode: 143, message: expect.stringContaining('the Pod was deleted') });
  });

  test('nodes that reject its Pods are not called something else that deletes them', () => {
    const job = aJob({ restartPolicy: 'OnFailure' }, { phase: 'Pending', reason: 'Restarting', restarts: 10 });
    const gonePod = aPod({ phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: no cpu' });
    const { status } = plan({ job, gonePod, whole, repairWaitMs: { Pod: 1_000, Service: 0 } });
    expect(status).toMatchObject({
      reason: 'Rejected',
      restarts: 10,
      message: 'the node rejected the Pod (OutOfcpu): no cpu; it is created again with growing pauses',
    });
  });

  test('a Pod that is made again counts as a restart, and the former Pod is forgotten', () => {
    const job = aJob({ restartPolicy: 'Always' }, { ...running, restarts: 2 });
    const { status } = plan({ job, isPodGone: true });
    expect(status).toMatchObject({ restarts: 3 });
    expect(status?.podUid).toBeUndefined();
  });

  test('a new Pod gets the same values, if the job still has access to them', () => {
    const status: NeuroJobStatus = { phase: 'Pending', reason: 'Restarting', restarts: 1 };
    const facts = {
      job: aBorrowingJob({ restartPolicy: 'Always' }, status),
      snapshot: aSnapshot,
      userSecrets: new Map(),
    };
    expect(step(facts)).toBe('ask-access');
    expect(step({ ...facts, access: allowed, whole })).toBe('make-pod');
    expect(step({ ...facts, access: denied })).toBe('Pending MissingSecrets');
  });
});
