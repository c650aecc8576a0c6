/** What a job does until it has a Pod: what it waits for, and how long. */
import { describe, expect, test } from 'vitest';
import type { NeuroJobStatus } from '../../../src/api/index.ts';
import type { JobFacts } from '../../../src/controllers/neuro-job/facts.ts';
import {
  aBorrowingJob,
  aJob,
  aNamespace,
  aSecret,
  aSnapshot,
  aUserSecret,
  aWholeJob,
  allowed,
  denied,
  noon,
  noonMs,
  runningPod,
  unsettled,
} from './builders.ts';
import { step, plan, pendingFor, running, finished, whole, refusal, gone } from './plan-cases.ts';

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

  test('a schedule timeout that ends before the first status ends the job too', () => {
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

  test('no status is written before files that were applied together had time to arrive', () => {
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
