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
  aWholeJob,
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

/** What is next, in one line: `Failed MissingSecrets`, `ask-access`, … */
function step(facts: Partial<JobFacts>): string {
  const { status, steps = [] } = plan(facts);
  return status === undefined ? (steps[0]?.do ?? 'nothing') : `${status.phase ?? ''} ${status.reason ?? ''}`;
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
const whole = aWholeJob();
const refusal = { isFinal: false, reason: 'Refused', message: 'm' } as const;
const gone = { deletionTimestamp: after(5) };

describe('restored from a backup', () => {
  const label = { labels: { 'velero.io/restore-name': 'monday' } };
  const waiting: NeuroJobStatus = {
    phase: 'Pending',
    reason: 'Restored',
    transitions: [{ phase: 'Pending', reason: 'Restored', time: noon }],
  };

  test('it does not run again by itself, and says how to let it', () => {
    const { status, rule } = plan({ job: aJob({}, {}, label), whole });
    expect({ rule, reason: status?.reason }).toEqual({ rule: 'restored', reason: 'Restored' });
    expect(status?.message).toContain('kubectl label neurojob train -n bob velero.io/restore-name-');
  });

  test.each<[string, Partial<JobFacts>, string]>([
    [
      'also days later, whatever its limit of time',
      { job: aJob({}, waiting, label), whole, nowMs: noonMs + 1e9 },
      'restored',
    ],
    [
      'without the label it runs, with all of its time',
      { job: aJob({}, waiting), whole, nowMs: noonMs + 1e9 },
      'noPod',
    ],
    ['it can be cancelled', { job: aJob({ cancel: true }, waiting, label), whole }, 'cancelled'],
    ['one whose status was restored too is left as it is', { job: aJob({}, finished, label), whole }, 'finished'],
    ['one that runs goes on', { job: aJob({}, running, label), pod: runningPod(), whole }, 'podRuns'],
  ])('%s', (_case, facts, rule) => {
    expect(plan(facts).rule).toBe(rule);
  });
});

describe('starting', () => {
  test.each<[string, Partial<JobFacts>, string]>([
    ['a job without secrets gets its Pod at once', { whole }, 'make-pod'],
    ['a job with secrets of others asks for leave first', { job: aBorrowingJob() }, 'ask-access'],
    [
      'it asks before it looks whether the secret is there',
      { job: aBorrowingJob(), userSecrets: new Map() },
      'ask-access',
    ],
    ['with leave it is read as a whole', { job: aBorrowingJob(), access: allowed }, 'read-job'],
    ['then it takes the values', { job: aBorrowingJob(), access: allowed, whole }, 'take-snapshot'],
    [
      'with the values it asks again',
      { job: aBorrowingJob(), access: undefined, whole, snapshot: aSnapshot },
      'ask-access',
    ],
    ['then it makes the Pod', { job: aBorrowingJob(), access: allowed, whole, snapshot: aSnapshot }, 'make-pod'],
    [
      'while other values are copied it waits for its turn',
      { job: aBorrowingJob(), access: allowed, whole, isHeldBack: true, nowMs: noonMs },
      'nothing',
    ],
    [
      'and says so when that takes long',
      { job: aBorrowingJob(), access: allowed, whole, isHeldBack: true },
      'Pending Creating',
    ],
    [
      'a secret of the own namespace needs no leave',
      {
        job: aJob({ env: [{ name: 'A', fromSecret: { name: 'token' } }] }),
        userSecrets: new Map([['bob/token', aUserSecret('token')]]),
        whole,
      },
      'take-snapshot',
    ],
    [
      'an image pull secret of another needs leave too',
      { job: aJob({ imagePullSecret: { namespace: 'alice', name: 'registry' } }) },
      'ask-access',
    ],
    ['http makes the Service before the Pod', { job: aJob({ http: { port: 80 } }), whole }, 'make-service'],
    ['an unknown preset fails at once', { job: aJob({ preset: 'gpu' }) }, 'Failed PresetNotFound'],
    [
      'a mode that Kubernetes cannot give fails before anything is made',
      {
        whole: aWholeJob({
          files: [{ path: '/k', mode: 0o400, fromSecret: { name: 'k' } }],
          securityContext: { runAsUser: 1000 },
        }),
      },
      'Failed ModeUnusable',
    ],
    ['a known preset is fine', { job: aJob({ preset: 'cpu-small' }), whole }, 'make-pod'],
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
    ['a job that is deleted, behind a finalizer, gets no Pod', { job: aJob({}, {}, gone) }, 'Cancelled UserRequested'],
    ['no time is left, and nobody got to it', { job: aJob({ scheduleTimeout: '5s' }) }, 'Failed ScheduleTimeout'],
  ])('%s', (_, facts, expected) => {
    expect(step(facts)).toBe(expected);
  });
});

describe('missing secrets', () => {
  const known = { firstSeenMs: noonMs };
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
  ])('a secret is missing that is: %s', (_, facts, expected) => {
    expect(step({ job: aBorrowingJob(), ...known, ...facts })).toBe(expected);
  });

  test('a time to start that ends before anything was said ends it all the same', () => {
    const facts = { job: aBorrowingJob({ scheduleTimeout: '1s' }), nowMs: noonMs + 1_000, firstSeenMs: noonMs + 900 };
    expect(step({ ...facts, access: denied })).toBe('Failed MissingSecrets');
    expect(step({ ...facts, access: allowed })).toBe('Failed ScheduleTimeout');
  });

  test('after the time to start is over it fails with what it waited for, and asks nothing more', () => {
    const { status, steps } = plan({
      job: aBorrowingJob(
        {},
        { ...pendingFor('MissingSecrets'), podUid: undefined as never, message: 'Missing secrets: x' },
      ),
      nowMs: noonMs + 300_000,
    });
    expect(status).toMatchObject({ phase: 'Failed', reason: 'MissingSecrets', message: 'Missing secrets: x' });
    expect(steps).toEqual([]);
  });

  test.each<[string, Partial<JobFacts>, string]>([
    ['goes when access has ended', { access: denied }, 'clean-up'],
    ['goes when access may have ended', { access: unsettled }, 'clean-up'],
    ['stays while access lasts', { access: allowed, refusal }, 'Pending Refused'],
    ['is kept by a Pod', { access: denied, pod: runningPod() }, 'Running Running'],
    ['went', { access: denied, isCleanedUp: true, snapshot: undefined }, missing],
  ])('a snapshot of a job without a Pod %s', (_, facts, expected) => {
    const ownSecrets = [aSecret('neuro-job-uid-train')];
    expect(step({ job: aBorrowingJob(), snapshot: aSnapshot, ownSecrets, ...known, ...facts })).toBe(expected);
  });

  test('every kind of miss gives the same report to the job', () => {
    const misses: readonly Partial<JobFacts>[] = [
      { access: denied },
      { access: denied, userSecrets: new Map() },
      { access: allowed, userSecrets: new Map() },
      { access: unsettled },
    ];
    const reports = misses.map((facts) => {
      const { status, events = [] } = plan({ job: aBorrowingJob(), ...known, ...facts });
      // Only the owner's side is told who was denied.
      return { ...status, events: events.filter(({ regarding }) => regarding.kind === 'NeuroJob') };
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
    const { status } = plan({ job, ...known, access: new Map(), userSecrets: new Map() });
    expect(status?.message).toBe("Missing secrets: 'secret:/alice/cat', 'secret:/bob/ape', 'secret:/bob/zebra'");
  });

  test('nothing is said before files that were applied together had time to arrive', () => {
    const facts = { job: aBorrowingJob(), access: denied, nowMs: noonMs + 400 };
    expect(plan({ ...facts, firstSeenMs: noonMs })).toEqual({ rule: 'missingSecrets', requeueAtMs: noonMs + 500 });
    expect(step({ ...facts, firstSeenMs: noonMs - 100 })).toBe(missing);
  });

  test('it is asked again with growing pauses, until the job must have started', () => {
    const job = aBorrowingJob({ scheduleTimeout: '1m' });
    const requeueAtMs = (afterMs: number, now = noonMs + 10_000): number | undefined =>
      plan({ job, access: denied, ...known, nowMs: now, changedMs: now - afterMs }).requeueAtMs;
    expect(requeueAtMs(0)).toBe(noonMs + 10_050);
    expect(requeueAtMs(800)).toBe(noonMs + 10_800);
    expect(requeueAtMs(9_000)).toBe(noonMs + 15_000);
    expect(requeueAtMs(9_000, noonMs + 59_000)).toBe(noonMs + 60_000);
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
    const { status } = plan({ job, isPodGone: true });
    expect(status).toMatchObject({ restarts: 3 });
    expect(status?.podUid).toBeUndefined();
  });

  test('a Pod made again gets the values it had, if it may still have them', () => {
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

  test('is told with one event, and looks again when a limit falls due', () => {
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

test('a suspended job says so, is never late, and ends only when it is cancelled', () => {
  const suspended = { suspend: true, scheduleTimeout: '1s' };
  const late = { nowMs: noonMs + 3_600_000, firstSeenMs: noonMs };
  const plan = planJob(factsOf({ job: aJob(suspended), ...late }));
  expect(plan.status).toMatchObject({ phase: 'Pending', reason: 'Suspended', conditions: [] });
  expect(plan.steps ?? []).toEqual([]);
  expect(planJob(factsOf({ job: aJob({ ...suspended, cancel: true }) })).status).toMatchObject({ phase: 'Cancelled' });
});

test('the rules stand in this order', () => {
  expect(rules.map(({ name }) => name)).toEqual([
    'failing',
    'deletedInTime',
    'lastWords',
    'leftovers',
    'sidecarsRun',
    'finished',
    'ended',
    'cancelled',
    'suspended',
    'lifeSpanEnded',
    'podLeaving',
    'podLost',
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
