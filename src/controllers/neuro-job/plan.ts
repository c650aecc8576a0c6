/**
 * Decides what is next for a job. Pure. It is asked again after each step, with what the step has learned, until it plans no more steps.
 *
 *              ask access        values           Pod made          container runs
 *   (new) ──> secrets? ──────> snapshot ──────> Pending ──────────> Running ──────> Succeeded (exit code 0)
 *               │  ^  missing: wait               │  ^                 │  │
 *               │  └── scheduleTimeout            │  └── Pod lost, ────┘  ├───────> Failed    (exit code, Pod lost)
 *               v                                 │      restartPolicy    │
 *             Failed <── image, schedule timeout ─┘                       └───────> Cancelled (user, life span, access)
 *
 * An end is final, and is written before anything that follows it. After it, the snapshot and the Service are deleted, the Pod of a container that
 * ended is kept for its logs, and ttlAfterFinished deletes the job itself. Time limits come before everything that can fail, so that they
 * hold while everything else fails.
 */
import { accessRevoked, askAgain } from './access-rules.ts';
import {
  cancelled,
  deletedInTime,
  ended,
  failing,
  finished,
  lastWords,
  leftovers,
  lifeSpanEnded,
  sidecarsRun,
  suspended,
} from './end-rules.ts';
import { firstPlan } from '../plan.ts';
import type { JobFacts, JobPlan, Rule } from './facts.ts';
import { podLeaving, podLost, podRuns, podVanished, restartBlocked } from './pod-rules.ts';
import { imageProblem, podWaiting, scheduleTimeout } from './pod-start-rules.ts';
import { serviceGone } from './service-rules.ts';
import {
  accessUnknown,
  forbiddenSnapshot,
  heldBack,
  missingSecrets,
  modeUnusable,
  namespaceGoing,
  namespaceUnknown,
  noPod,
  noService,
  noSnapshot,
  notRead,
  presetUnknown,
  refused,
  restored,
  startTimeout,
  tooLate,
} from './start-rules.ts';

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // A step failed, and has failed for a while: say so.

  deletedInTime, // The time to keep a finished job is over.
  lastWords, // After the end, once: what the container said.
  leftovers, // Delete what a finished job does not need any more, values first.
  sidecarsRun, // Only containers that others put into its Pod still run.
  finished, // An end is final.

  ended, // The container ended by itself.
  suspended, // A template for a schedule or a hook never runs itself, so it never ends.
  cancelled, // By spec.cancel, or because the job is being deleted.
  lifeSpanEnded, // It has run for as long as it may.
  podLost, // Evicted, preempted, rejected, deleted, or lost with its node.
  podLeaving, // Somebody deletes the Pod.
  scheduleTimeout, // The Pod did not start in time.
  imageProblem, // The image cannot be pulled, now or ever.
  restartBlocked, // The container cannot be started again.
  startTimeout, // There is no Pod, and no time left to make one.
  askAgain, // Something may have taken a secret from a job whose owner wants it ended.
  accessRevoked, // Something has taken a secret from it.
  serviceGone, // Somebody deleted the Service.
  podWaiting,
  podRuns,
  podVanished, // The Pod is gone.

  namespaceGoing, // Nothing can be made in a namespace that ends.
  restored, // From a backup, where it may have run already.
  namespaceUnknown, // Nothing can be decided before it is known.
  presetUnknown,
  accessUnknown, // Ask for access first, so that all missing secrets look the same; and again right before the Pod is created.
  forbiddenSnapshot, // Access has ended before there was a Pod: delete the values.
  missingSecrets,
  refused, // By the API server, or because of somebody's object of that name.
  tooLate, // There is no time left to create a Pod, and nothing else prevents it.
  notRead, // Read the fields of the job that the store does not keep.
  modeUnusable, // Kubernetes cannot give a file that mode.
  heldBack, // Other jobs' values are being copied.
  noService,
  noSnapshot,
  noPod,
];

export function planJob(facts: JobFacts): JobPlan {
  return firstPlan(rules, facts) ?? { rule: 'settled' };
}
