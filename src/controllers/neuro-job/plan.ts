/**
 * Decides the next step of a job. Pure: asked again after each step, with what the step brought to light, until it has
 * nothing more to do.
 *
 *              ask access        values           Pod made          container runs
 *   (new) ──> secrets? ──────> snapshot ──────> Pending ──────────> Running ──────> Succeeded (exit code 0)
 *               │  ^  missing: wait               │  ^                 │  │
 *               │  └── scheduleTimeout            │  └── Pod lost, ────┘  ├───────> Failed    (exit code, Pod lost)
 *               v                                 │      restartPolicy    │
 *             Failed <── image, schedule timeout ─┘                       └───────> Cancelled (user, life span, access)
 *
 * An end is for good: then the snapshot and the Service go, the Pod of a container that ended stays for its logs, and
 * ttlAfterFinished takes the job itself.
 */
import type { NeuroJobView, PodView } from '../views.ts';
import {
  keptUntilMs,
  lifeSpanEndMs,
  scheduleDeadlineMs,
  scheduleTimeoutMs,
  sinceReasonMs,
  waitDeadlineMs,
} from './deadlines.ts';
import { refKey, type JobFacts } from './facts.ts';
import { fileModeProblem } from './file-modes.ts';
import { deniedRefs, foreignRefs, listOf, missingRefs, terminating } from './needed-secrets.ts';
import { base, endSentence, finish, pending, restartPolicyOf, running, stateOf } from './reports.ts';
import { jobSecretRefs } from './secret-refs.ts';
import type { JobPlan } from './steps.ts';

type Rule = (facts: JobFacts) => JobPlan | undefined;

/** Misses are not told before this has passed: files applied together arrive one after the other. */
export const missingGraceMs = 500;
/** While a Pod is so young, its ordinary steps are not worth a write each. */
export const quietPendingMs = 5_000;
/** How long after its time a Pod that is being deleted may stay, before it counts as lost. */
const leavingLimitMs = 60_000;
/** The namespace of an object exists; our view of it may come later. */
const namespaceWaitMs = 100;

/** The first rule that has an answer decides. */
export const rules: Readonly<Record<string, Rule>> = {
  /** The owner references take everything along; in a namespace that ends nothing can be made. */
  going: ({ job, namespace }) =>
    job.metadata.deletionTimestamp !== undefined || namespace?.metadata.deletionTimestamp !== undefined
      ? { do: 'nothing' }
      : undefined,
  /** The time to keep a finished job is over. */
  expired: (facts) => {
    const dueMs = keptUntilMs(facts.job);
    return dueMs !== undefined && dueMs <= facts.nowMs ? { do: 'delete-job' } : undefined;
  },
  /**
   * The end is written first, then, once, what the container said at last. A process that ends in between leaves the sentence with
   * the exit code, so that no job can be met again by each new leader.
   */
  lastWords: (facts) => {
    const { job, output } = facts;
    const state = stateOf(facts);
    if (facts.hasJustEnded !== true || state?.kind !== 'ended' || !state.hasOutput) return undefined;
    if (job.status.phase !== state.phase) return undefined;
    if (output === undefined) return { do: 'clear-output' };
    if (output === 'none' || output.text === job.status.message) return undefined;
    const { phase, reason, exitCode } = state;
    return { do: 'report', report: { ...base(phase, reason, output.text), exitCode }, goOn: true };
  },
  /** What a finished job needs no more goes, values first of all. */
  leftovers: (facts) => {
    if (facts.job.status.finishTime === undefined || facts.isCleanedUp === true) return undefined;
    const secretNames = facts.ownSecrets
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name);
    const service = facts.service !== undefined && facts.service.metadata.deletionTimestamp === undefined;
    const pod = facts.pod !== undefined && !isLeaving(facts.pod) && !isKept(facts.job, facts.pod);
    return secretNames.length > 0 || service || pod ? { do: 'clean-up', secretNames, service, pod } : undefined;
  },
  /** An end is for good. A cancel that comes after it changes nothing, but has been seen. */
  finished: ({ job }) => {
    const { finishTime, phase, reason, message, exitCode, observedGeneration } = job.status;
    if (finishTime === undefined) return undefined;
    if (phase === undefined || reason === undefined || observedGeneration === job.metadata.generation) {
      return nothingUntil(keptUntilMs(job));
    }
    const report = { ...base(phase, reason, message), ...(exitCode === undefined ? {} : { exitCode }) };
    return { do: 'report', report, ...wake(keptUntilMs(job)) };
  },
  /** Whether the namespace demands restricted Pods, and whose home it is, has to be known. */
  namespaceUnknown: ({ namespace, nowMs }) =>
    namespace === undefined ? { do: 'nothing', wakeAtMs: nowMs + namespaceWaitMs } : undefined,

  /** The container ended by itself: that is what happened, even if somebody cancelled at the same time. */
  ended: (facts) => {
    const state = stateOf(facts);
    if (state?.kind !== 'ended' || facts.pod === undefined || isLeaving(facts.pod)) return undefined;
    const { phase, reason, exitCode } = state;
    return finish(facts, phase, reason, endSentence(state), {
      exitCode,
      ...(state.startedAt === undefined ? {} : { startedAt: state.startedAt }),
      ...(state.finishedAt === undefined ? {} : { endedAt: state.finishedAt }),
    });
  },
  /** spec.cancel; a job without a Pod gets none. */
  cancelled: (facts) =>
    facts.job.spec.cancel === true
      ? finish(facts, 'Cancelled', 'UserRequested', 'the job was cancelled by spec.cancel')
      : undefined,
  /** Only time of running counts, to the second. */
  lifeSpanEnded: (facts) => {
    const endMs = lifeSpanEndMs(facts, stateOf(facts));
    return endMs !== undefined && endMs <= facts.nowMs
      ? finish(
          facts,
          'Cancelled',
          'LifeSpanEnded',
          `the job has run for its life span of ${facts.job.spec.lifeSpan ?? ''}`,
        )
      : undefined;
  },
  /** Somebody deletes the Pod: nothing is decided before it is gone, or is kept too long by a dead node. */
  podLeaving: (facts) => {
    const { job, pod } = facts;
    if (pod?.metadata.deletionTimestamp === undefined) return undefined;
    const limitMs = Date.parse(pod.metadata.deletionTimestamp) + leavingLimitMs;
    if (mayRestart(job)) return { do: 'nothing' };
    if (limitMs > facts.nowMs) return { do: 'nothing', wakeAtMs: limitMs };
    return finish(facts, 'Failed', 'PodLost', 'the Pod was deleted, and its node does not answer');
  },
  /** Evicted, preempted or lost with its node. Its object has to go before another Pod can have the name. */
  podLost: (facts) => {
    const state = stateOf(facts);
    if (state?.kind !== 'lost') return undefined;
    if (mayRestart(facts.job)) return { do: 'delete-pod' };
    return finish(facts, 'Failed', state.reason, state.message);
  },
  /** A secret was taken from its users with onRevoke: Terminate. */
  askAgain: (facts) => {
    const refs = facts.pod !== undefined && facts.mustRecheck && facts.access === undefined ? terminating(facts) : [];
    return refs.length > 0 ? { do: 'ask-access', refs } : undefined;
  },
  accessRevoked: (facts) => {
    if (facts.pod === undefined) return undefined;
    const revoked = terminating(facts).filter((ref) => facts.access?.get(refKey(ref)) === 'denied');
    return revoked.length > 0
      ? finish(facts, 'Cancelled', 'AccessRevoked', `access was revoked: ${listOf(revoked)}`)
      : undefined;
  },
  /** The time to start is over; pulling the image is part of it. */
  scheduleTimeout: (facts) => {
    const state = stateOf(facts);
    const deadlineMs = scheduleDeadlineMs(facts);
    if (state?.kind !== 'waiting' || deadlineMs === undefined || deadlineMs > facts.nowMs) return undefined;
    const why = state.message === undefined ? state.reason : `${state.reason}: ${state.message}`;
    return finish(facts, 'Failed', 'ScheduleTimeout', `the job did not start in time (${why})`);
  },
  /** Some images can never be pulled, others not for now; a minute is enough to tell. */
  imageProblem: (facts) => {
    const state = stateOf(facts);
    if (state?.kind !== 'waiting' || !imageReasons.has(state.reason)) return undefined;
    const { image } = facts.job.spec;
    if (state.reason === 'InvalidImageName') {
      return finish(facts, 'Failed', 'InvalidImageName', `'${image}' is not the name of an image`);
    }
    const sinceMs = sinceReasonMs(facts, imageReasons);
    const limitMs = sinceMs + facts.settings.imagePullDelayMs;
    const why = state.message === undefined ? '' : `: ${state.message}`;
    if (limitMs <= facts.nowMs || state.reason === 'ErrImageNeverPull') {
      return finish(facts, 'Failed', 'Collected', `the image '${image}' cannot be pulled${why}`);
    }
    // The kubelet goes back and forth between trying and pausing; one of both words is enough.
    const reason = facts.job.status.reason === 'ImagePullBackOff' ? 'ImagePullBackOff' : state.reason;
    return { ...pending(facts, reason, state.message), wakeAtMs: earliest(limitMs, scheduleDeadlineMs(facts)) };
  },
  /** A container that cannot be started again, such as one whose snapshot somebody deleted, would hang for ever. */
  restartBlocked: (facts) => {
    const state = stateOf(facts);
    if (state?.kind !== 'restarting' || state.blockedBy === undefined) return undefined;
    const limitMs = sinceReasonMs(facts, restartingReasons) + scheduleTimeoutMs(facts);
    const why = state.message === undefined ? '' : `: ${state.message}`;
    if (limitMs <= facts.nowMs) {
      return finish(facts, 'Failed', state.blockedBy, `the container could not be started again${why}`, {
        ...(state.exitCode === undefined ? {} : { exitCode: state.exitCode }),
      });
    }
    return { ...running(facts, state), wakeAtMs: earliest(limitMs, lifeSpanEndMs(facts, stateOf(facts))) };
  },
  /** Somebody deleted the Service. */
  serviceGone: (facts) =>
    facts.pod !== undefined && wantsService(facts) && facts.refusal === undefined ? { do: 'make-service' } : undefined,
  podWaiting: (facts) => {
    const state = stateOf(facts);
    if (state?.kind !== 'waiting' || facts.pod === undefined) return undefined;
    const deadlineMs = scheduleDeadlineMs(facts);
    const quietUntilMs = Date.parse(facts.pod.metadata.creationTimestamp) + quietPendingMs;
    const isKnown = facts.job.status.podUid === facts.pod.metadata.uid && facts.job.status.phase === 'Pending';
    if (isKnown && quietReasons.has(state.reason) && facts.nowMs < quietUntilMs) {
      return nothingUntil(earliest(quietUntilMs, deadlineMs));
    }
    return { ...pending(facts, state.reason, state.message), ...wake(deadlineMs) };
  },
  podRuns: (facts) => {
    const state = stateOf(facts);
    if (state?.kind !== 'running' && state?.kind !== 'restarting') return undefined;
    return { ...running(facts, state), ...wake(lifeSpanEndMs(facts, stateOf(facts))) };
  },

  /** The Pod that we had is gone: deleted by somebody, or taken away. */
  podVanished: (facts) => {
    const { job } = facts;
    if (facts.pod !== undefined || job.status.podUid === undefined) return undefined;
    if (facts.isPodGone !== true) return { do: 'look-for-pod' };
    if (!mayRestart(job)) {
      return finish(facts, 'Failed', 'NotFound', 'the Pod of the job is gone: it was deleted or preempted');
    }
    const restarts = (job.status.restarts ?? 0) + 1;
    const report = {
      ...base('Pending', 'Restarting', 'the Pod is gone and is made again'),
      pod: 'none',
      restarts,
    } as const;
    return { do: 'report', report, goOn: true };
  },
  presetUnknown: (facts) => {
    const { preset } = facts.job.spec;
    return preset === undefined || facts.settings.presetNames.has(preset)
      ? undefined
      : finish(
          facts,
          'Failed',
          'PresetNotFound',
          `the operator has no preset '${preset}'; it has: ${presetList(facts)}`,
        );
  },
  /** What Kubernetes cannot do is said before anything is asked or made. */
  modeUnusable: (facts) => {
    const { job, namespace } = facts;
    const problem = namespace === undefined ? undefined : fileModeProblem(job, namespace);
    return problem === undefined ? undefined : finish(facts, 'Failed', 'ModeUnusable', problem);
  },
  /** For every new Pod, and before anything is known of the secrets: so all misses look alike. */
  askAccess: (facts) => {
    const refs = foreignRefs(facts.job);
    return facts.access === undefined && refs.length > 0 ? { do: 'ask-access', refs } : undefined;
  },
  missingSecrets: (facts) => {
    const missing = missingRefs(facts);
    if (missing.length === 0) return undefined;
    const message = `Missing secrets: ${listOf(missing)}`;
    const deadlineMs = waitDeadlineMs(facts);
    if (deadlineMs <= facts.nowMs) return finish(facts, 'Failed', 'MissingSecrets', message, { isMissing: true });
    const graceEndMs = (facts.missingSinceMs ?? facts.nowMs) + missingGraceMs;
    if (facts.nowMs < graceEndMs && facts.job.status.reason !== 'MissingSecrets') {
      return { do: 'nothing', wakeAtMs: Math.min(deadlineMs, graceEndMs), poll: true };
    }
    const report = { ...base('Pending', 'MissingSecrets', message), isMissing: true, denied: deniedRefs(facts) };
    return { do: 'report', report, wakeAtMs: deadlineMs, poll: true };
  },
  /** What the API server, or somebody's object of our name, does not let us make. */
  refused: (facts) => {
    const { refusal } = facts;
    if (refusal === undefined) return undefined;
    const deadlineMs = waitDeadlineMs(facts);
    if (refusal.isFinal || deadlineMs <= facts.nowMs) return finish(facts, 'Failed', refusal.reason, refusal.message);
    return { do: 'report', report: base('Pending', refusal.reason, refusal.message), wakeAtMs: deadlineMs, poll: true };
  },
  /** All values of one moment; a Pod made again gets the same ones. */
  snapshot: (facts) =>
    facts.snapshot === undefined && jobSecretRefs(facts.job).length > 0 ? { do: 'take-snapshot' } : undefined,
  service: (facts) => (wantsService(facts) ? { do: 'make-service' } : undefined),
  pod: (facts) => (facts.pod === undefined ? { do: 'make-pod' } : undefined),
};

export function planJob(facts: JobFacts): JobPlan {
  for (const rule of Object.values(rules)) {
    const plan = rule(facts);
    if (plan !== undefined) return plan;
  }
  return { do: 'nothing' };
}

const imageReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ErrImageNeverPull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RegistryUnavailable',
]);
const restartingReasons: ReadonlySet<string> = new Set(['Restarting']);
const quietReasons: ReadonlySet<string> = new Set([
  'Creating',
  'Scheduling',
  'Unschedulable',
  'Pulling',
  'ContainerCreating',
  'PodInitializing',
]);

function presetList({ settings }: JobFacts): string {
  return settings.presetNames.size === 0 ? 'none' : [...settings.presetNames].sort().join(', ');
}

function mayRestart(job: NeuroJobView): boolean {
  return restartPolicyOf(job) !== 'Never';
}

function isLeaving(pod: PodView): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** The Pod of a container that ended by itself stays, for its logs. */
function isKept(job: NeuroJobView, pod: PodView): boolean {
  const isOver = pod.phase === 'Succeeded' || pod.phase === 'Failed' || pod.container?.state?.terminated !== undefined;
  return job.status.phase !== 'Cancelled' && isOver;
}

function wantsService({ job, service }: JobFacts): boolean {
  return job.spec.http !== undefined && service === undefined;
}

function nothingUntil(wakeAtMs: number | undefined): JobPlan {
  return { do: 'nothing', ...wake(wakeAtMs) };
}

function wake(wakeAtMs: number | undefined): { readonly wakeAtMs?: number } {
  return wakeAtMs === undefined ? {} : { wakeAtMs };
}

function earliest(a: number, b: number | undefined): number {
  return b === undefined ? a : Math.min(a, b);
}
