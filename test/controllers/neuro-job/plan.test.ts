import { describe, expect, test } from '@jest/globals';
import type { NeuroJobStatus } from '../../../src/api/index.ts';
import type { JobFacts } from '../../../src/controllers/neuro-job/facts.ts';
import { planJob, rules } from '../../../src/controllers/neuro-job/plan.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import {
  aBorrowingJob,
  aContainer,
  aJob,
  aNamespace,
  aPod,
  aSecret,
  aSnapshot,
  aUserSecret,
  after,
  allowed,
  denied,
  endedPod,
  factsOf,
  metaOf,
  noon,
  noonMs,
  runningPod,
  unsettled,
  waitingPod,
} from './builders.ts';

/** What a step does, in one line: `Failed MissingSecrets`, `ask-access`, … */
function step(facts: Partial<JobFacts>): string {
  const plan = planJob(deepFreeze(factsOf(facts)));
  return plan.do === 'report' ? `${plan.report.phase} ${plan.report.reason}` : plan.do;
}

function plan(facts: Partial<JobFacts>) {
  return planJob(deepFreeze(factsOf(facts)));
}

const pendingFor = (reason: string, sinceSeconds = 0): NeuroJobStatus => ({
  phase: 'Pending',
  reason,
  podUid: 'uid-pod',
  transitions: [{ phase: 'Pending', reason, time: after(sinceSeconds) }],
});
const running: NeuroJobStatus = {
  phase: 'Running',
  reason: 'Running',
  podUid: 'uid-pod',
  startTime: noon,
  runningSince: noon,
  transitions: [
    { phase: 'Pending', reason: 'Scheduling', time: noon },
    { phase: 'Running', reason: 'Running', time: noon },
  ],
};
const finished: NeuroJobStatus = {
  observedGeneration: 1,
  phase: 'Succeeded',
  reason: 'Completed',
  podUid: 'uid-pod',
  finishTime: after(5),
};
const failed: NeuroJobStatus = { ...finished, phase: 'Failed', reason: 'ScheduleTimeout' };
const cancelled: NeuroJobStatus = { ...finished, phase: 'Cancelled', reason: 'UserRequested' };
const endedByItself: NeuroJobStatus = { ...finished, phase: 'Failed', reason: 'Error', exitCode: 1 };
const speakingPod = { ...endedPod(1), hasOutput: true };
const terminating = new Map([['alice/db-password', aUserSecret('db-password', { onRevoke: 'Terminate' })]]);
const restartingPod = aPod({
  phase: 'Running',
  container: aContainer(
    { waiting: { reason: 'CrashLoopBackOff' } },
    { restartCount: 2, lastState: { terminated: { exitCode: 3, startedAt: noon } } },
  ),
});
const gone = { deletionTimestamp: after(5) };

describe('starting', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['a job without secrets gets its Pod at once', {}, 'make-pod'],
    ['a job with secrets of others asks for leave first', { job: aBorrowingJob() }, 'ask-access'],
    [
      'it asks before it looks whether the secret is there',
      { job: aBorrowingJob(), userSecrets: new Map() },
      'ask-access',
    ],
    ['with leave it takes the values', { job: aBorrowingJob(), access: allowed }, 'take-snapshot'],
    ['with the values it makes the Pod', { job: aBorrowingJob(), access: allowed, snapshot: aSnapshot }, 'make-pod'],
    [
      'a secret of the own namespace needs no leave',
      {
        job: aJob({ env: [{ name: 'A', fromSecret: { name: 'token' } }] }),
        userSecrets: new Map([['bob/token', aUserSecret('token')]]),
      },
      'take-snapshot',
    ],
    [
      'an image pull secret of another needs leave too',
      { job: aJob({ imagePullSecret: { namespace: 'alice', name: 'registry' } }) },
      'ask-access',
    ],
    ['http makes the Service before the Pod', { job: aJob({ http: { port: 80 } }) }, 'make-service'],
    ['an unknown preset fails at once', { job: aJob({ preset: 'gpu' }) }, 'Failed PresetNotFound'],
    [
      'a mode that Kubernetes cannot give fails before anything is asked',
      {
        job: aBorrowingJob({
          files: [{ path: '/k', mode: 0o400, fromSecret: { name: 'k' } }],
          securityContext: { runAsUser: 1000 },
        }),
      },
      'Failed ModeUnusable',
    ],
    ['a known preset is fine', { job: aJob({ preset: 'cpu-small' }) }, 'make-pod'],
    [
      'a job that was cancelled before its start gets no Pod',
      { job: aJob({ cancel: true }) },
      'Cancelled UserRequested',
    ],
    ['nothing is made before the namespace is known', { namespace: undefined }, 'nothing'],
    [
      'nothing is made in a namespace that ends',
      { namespace: aNamespace({ metadata: { ...aNamespace().metadata, ...gone } }) },
      'nothing',
    ],
    ['nothing is made for a job that is deleted', { job: aJob({}, {}, gone) }, 'nothing'],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});

describe('missing secrets', () => {
  const known = { missingSinceMs: noonMs };
  const missing = 'Pending MissingSecrets';
  test.each<[string, Partial<JobFacts>, string]>([
    ['not granted', { access: denied }, missing],
    ['absent, and granted to nobody', { access: denied, userSecrets: new Map() }, missing],
    ['absent, though granted', { access: allowed, userSecrets: new Map() }, missing],
    ['granted by a grant that is over', { access: unsettled }, missing],
    [
      'being deleted',
      { access: allowed, userSecrets: new Map([['alice/db-password', aUserSecret('db-password', {}, gone)]]) },
      missing,
    ],
    [
      'not opened',
      {
        access: allowed,
        userSecrets: new Map([
          ['alice/db-password', aUserSecret('db-password', { status: { observedGeneration: 1 } })],
        ]),
      },
      missing,
    ],
    [
      'changed, and the change is not there yet',
      {
        access: allowed,
        userSecrets: new Map([['alice/db-password', aUserSecret('db-password', {}, { generation: 2 })]]),
      },
      missing,
    ],
    [
      'the native Secret is not the one of the UserSecret',
      { access: allowed, unreadable: [{ namespace: 'alice', name: 'db-password' }] },
      missing,
    ],
    ['after the time to start is over', { access: denied, nowMs: noonMs + 300_000 }, 'Failed MissingSecrets'],
  ])('a secret is missing that is: %s', (_, facts, expected) => {
    expect(step({ job: aBorrowingJob(), ...known, ...facts })).toBe(expected);
  });

  test('every kind of miss gives the same report to the job', () => {
    const misses: readonly Partial<JobFacts>[] = [
      { access: denied },
      { access: denied, userSecrets: new Map() },
      { access: allowed, userSecrets: new Map() },
      { access: unsettled },
    ];
    const reports = misses.map((facts) => {
      const report = reportOf(plan({ job: aBorrowingJob(), ...known, ...facts }));
      // Only the owner's side is told who was denied.
      return { ...report, denied: undefined };
    });
    expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1);
    expect(reports[0]?.message).toBe("Missing secrets: 'secret:/alice/db-password'");
  });

  test('all of them are named, sorted', () => {
    const job = aJob({
      env: [
        { name: 'A', fromSecret: { name: 'zebra' } },
        { name: 'B', fromSecret: { namespace: 'alice', name: 'cat' } },
      ],
      files: [{ path: '/a', fromSecret: { name: 'ape' } }],
    });
    const report = reportOf(plan({ job, ...known, access: new Map(), userSecrets: new Map() }));
    expect(report.message).toBe("Missing secrets: 'secret:/alice/cat', 'secret:/bob/ape', 'secret:/bob/zebra'");
  });

  test('nothing is said before files that were applied together had time to arrive', () => {
    const facts = { job: aBorrowingJob(), access: denied, nowMs: noonMs + 400 };
    expect(plan({ ...facts, missingSinceMs: noonMs })).toEqual({ do: 'nothing', wakeAtMs: noonMs + 500, poll: true });
    expect(step({ ...facts, missingSinceMs: noonMs - 100 })).toBe(missing);
  });

  test('it is asked again until the job must have started', () => {
    expect(plan({ job: aBorrowingJob({ scheduleTimeout: '1m' }), access: denied, ...known })).toMatchObject({
      poll: true,
      wakeAtMs: noonMs + 60_000,
    });
  });
});

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

  test('the words of a scheduler are kept as they were first, however it words them later', () => {
    const job = aJob({}, { ...pendingFor('Unschedulable'), message: '0/1 nodes are available' });
    const pod = aPod({
      nodeName: undefined,
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes are available' },
      ],
    });
    expect(reportOf(plan({ job, pod })).message).toBe('0/1 nodes are available');
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
      { job: aBorrowingJob({}, running), pod: runningPod(), mustRecheck: true, access: denied },
      'Running Running',
    ],
    [
      'asks again where the owner wants jobs ended',
      { job: aBorrowingJob({}, running), pod: runningPod(), mustRecheck: true, userSecrets: terminating },
      'ask-access',
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
      { job: aBorrowingJob({}, running), pod: runningPod(), mustRecheck: true, userSecrets: new Map() },
      'Running Running',
    ],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });

  test('wakes when its life span ends', () => {
    expect(plan({ job: aJob({ lifeSpan: '1m' }, running), pod: runningPod() })).toMatchObject({
      wakeAtMs: noonMs + 60_000,
    });
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
      'deleted, on a node that does not answer',
      { job: aJob({}, running), pod: runningPod(noon, gone), nowMs: noonMs + 65_000 },
      'Failed PodLost',
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

  test('a Pod that is made again counts as a restart, and the former Pod is forgotten', () => {
    const job = aJob({ restartPolicy: 'Always' }, { ...running, restarts: 2 });
    expect(reportOf(plan({ job, isPodGone: true }))).toMatchObject({ restarts: 3, pod: 'none' });
  });

  test('a Pod made again gets the values it had, if it may still have them', () => {
    const status: NeuroJobStatus = { phase: 'Pending', reason: 'Restarting', restarts: 1 };
    const facts = {
      job: aBorrowingJob({ restartPolicy: 'Always' }, status),
      snapshot: aSnapshot,
      userSecrets: new Map(),
    };
    expect(step(facts)).toBe('ask-access');
    expect(step({ ...facts, access: allowed })).toBe('make-pod');
    expect(step({ ...facts, access: denied, missingSinceMs: noonMs })).toBe('Pending MissingSecrets');
  });
});

describe('a finished job', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['is left alone', { job: aJob({}, finished), pod: endedPod(0) }, 'nothing'],
    [
      'has its last words read after its end was told',
      { job: aJob({}, endedByItself), pod: speakingPod, hasJustEnded: true, ownSecrets: [aSecret('x')] },
      'clear-output',
    ],
    [
      'tells them',
      { job: aJob({}, endedByItself), pod: speakingPod, hasJustEnded: true, output: { text: 'boom' } },
      'Failed Error',
    ],
    [
      'tells them once, then goes on',
      {
        job: aJob({}, { ...endedByItself, message: 'boom' }),
        pod: speakingPod,
        hasJustEnded: true,
        output: { text: 'boom' },
        ownSecrets: [aSecret('neuro-job-uid-train')],
      },
      'clean-up',
    ],
    [
      'that ended at another time is not read again',
      { job: aJob({}, endedByItself), pod: speakingPod, ownSecrets: [aSecret('neuro-job-uid-train')] },
      'clean-up',
    ],
    [
      'that was cancelled is not asked for last words',
      { job: aJob({}, cancelled), pod: speakingPod, hasJustEnded: true },
      'clean-up',
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

describe('what cannot be made', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['for good', { refusal: { isFinal: true, reason: 'Conflict', message: 'm' } }, 'Failed Conflict'],
    ['for now', { refusal: { isFinal: false, reason: 'QuotaExhausted', message: 'm' } }, 'Pending QuotaExhausted'],
    [
      'until it is too late',
      { refusal: { isFinal: false, reason: 'QuotaExhausted', message: 'm' }, nowMs: noonMs + 300_000 },
      'Failed QuotaExhausted',
    ],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});

test('the rules stand in this order', () => {
  expect(Object.keys(rules)).toEqual([
    'going',
    'expired',
    'lastWords',
    'leftovers',
    'finished',
    'namespaceUnknown',
    'ended',
    'cancelled',
    'lifeSpanEnded',
    'podLeaving',
    'podLost',
    'askAgain',
    'accessRevoked',
    'scheduleTimeout',
    'imageProblem',
    'restartBlocked',
    'serviceGone',
    'podWaiting',
    'podRuns',
    'podVanished',
    'presetUnknown',
    'modeUnusable',
    'askAccess',
    'missingSecrets',
    'refused',
    'snapshot',
    'service',
    'pod',
  ]);
});

function reportOf(decided: ReturnType<typeof planJob>) {
  if (decided.do !== 'report') throw new Error(`expected a report, got ${decided.do}`);
  return decided.report;
}
