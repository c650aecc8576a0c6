/**
 * A rotation that waits for a hook (`spec.generate.rotateHook`): the next value is made, a job gets it together with the value in force,
 * and only when the job has succeeded does the next value come into force. Pure.
 *
 *   (due) ── make-next ──> next value ── start-run ──> job runs ── Succeeded ──> switch ──> drop-next ──> (rest)
 *                              ^                          │
 *                              └── pause, or a request ───┴── ended otherwise, or deleted: the former value stays in force
 *
 * Promises: there is one next value at most, and it is the same for all tries, because a hook that failed may have set it already. Each step
 * is found again by what it left: the Secret with the next value, the job of a try by its name, the version in force. So an operator that
 * ends between two steps goes on with the next one.
 */
import { ANNOTATION_ROTATE, parseTimeMs, rfc3339, type UserSecretStatus } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { NextValue } from '../next-value.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { standingVersion } from './history.ts';
import { nextRotationMs, shortened } from './native.ts';

export type Rotation = NonNullable<UserSecretStatus['rotation']>;

export interface RotationInput {
  readonly userSecret: UserSecretView;
  readonly native: SecretView | undefined;
  readonly next?: NextValue | undefined;
  /** The suspended job that the UserSecret names. */
  readonly hook?: NeuroJobView | undefined;
  /** The job of the last try with this next value. */
  readonly run?: { readonly attempt: number; readonly job: NeuroJobView } | undefined;
  /** Name of the Secret with the next value, where something else keeps deleting it, and it is not created now. */
  readonly contestedNext?: string | undefined;
  /** Learned: the API server refuses the Secret or the job. */
  readonly hookProblem?: string | undefined;
  readonly nowMs: number;
  /** Now, by the later of the clocks of this machine and of the API server. */
  readonly latestMs: number;
}

type RotationDecision =
  | { readonly do: 'make-next' }
  | { readonly do: 'start-run'; readonly attempt: number; readonly next: NextValue }
  | { readonly do: 'switch'; readonly next: NextValue }
  | { readonly do: 'drop-next'; readonly next: NextValue }
  | { readonly do: 'wait'; readonly rotation: Rotation; readonly atMs?: number };

/** Pauses after the first try that failed, the second, and so on; the last one repeats. */
export const pausesMs = [60_000, 300_000, 1_800_000, 7_200_000, 86_400_000] as const;
/** How long until the operator looks again for a hook that is missing, or whether a refusal is over. */
const lookAgainMs = 60_000;

/** Undefined: there is nothing to do with a hook now. */
export function decideRotation(input: RotationInput): RotationDecision | undefined {
  const { userSecret, native, next } = input;
  const hookName = userSecret.generate?.rotateHook;
  if (next === undefined) {
    const dueMs = nextRotationMs(userSecret, native, input.latestMs);
    if (hookName === undefined || dueMs === undefined || dueMs > input.nowMs) return undefined;
    return problemWith(input, hookName, 0) ?? { do: 'make-next' };
  }
  const isInForce = standingVersion(userSecret, native) === next.version;
  if (isInForce || hookName === undefined || next.sourceHash !== userSecret.sourceHash)
    return { do: 'drop-next', next };
  return decideRun(input, hookName, next);
}

function decideRun(input: RotationInput, hookName: string, next: NextValue): RotationDecision {
  const { userSecret, run, nowMs } = input;
  const former = formerOf(userSecret, next);
  const attempt = Math.max(run?.attempt ?? 0, former?.attempt ?? 0);
  const start = (): RotationDecision =>
    problemWith(input, hookName, attempt) ?? { do: 'start-run', attempt: attempt + 1, next };
  if (attempt === 0) return start();
  // A run that was deleted, before or after its end.
  const job = run?.attempt === attempt ? run.job : undefined;
  const isSame = former?.attempt === attempt;
  const asked = requestOf(userSecret);
  const common = {
    hook: hookName,
    version: next.version,
    attempt,
    since: (isSame ? former.since : undefined) ?? rfc3339(nowMs),
    ...defined({
      job: job?.metadata.name ?? (isSame ? former.job : undefined),
      request: isSame ? former.request : asked,
    }),
  };
  if (job !== undefined && job.status.finishTime === undefined && job.metadata.deletionTimestamp === undefined)
    return { do: 'wait', rotation: { state: 'Running', ...common } };
  if (job?.status.phase === 'Succeeded') return { do: 'switch', next };
  const failedMs = parseTimeMs(job?.status.finishTime) ?? nowMs;
  const pauseMs = pausesMs[Math.min(attempt, pausesMs.length) - 1] ?? 0;
  const saidMs = isSame && former.state === 'Failed' ? parseTimeMs(former.nextAttempt) : undefined;
  // A clock that was ahead has said it, or ended the job: never later than a pause from now.
  const atMs = Math.min(saidMs ?? failedMs + pauseMs, nowMs + pauseMs);
  // Asked for again since the try began: at once.
  if (atMs <= nowMs || common.request !== asked) return start();
  const reason = job === undefined ? 'Deleted' : (job.status.reason ?? job.status.phase ?? 'Failed');
  return { do: 'wait', rotation: { state: 'Failed', ...common, reason, nextAttempt: rfc3339(atMs) }, atMs };
}

/** What the status records of the rotation to this next value. */
function formerOf({ status }: UserSecretView, { version }: NextValue): Rotation | undefined {
  return status.rotation?.version === version ? status.rotation : undefined;
}

function problemWith(
  { userSecret, hook, next, contestedNext, hookProblem, nowMs }: RotationInput,
  name: string,
  attempt: number,
): RotationDecision | undefined {
  const isThere = hook?.spec.suspend === true && hook.metadata.deletionTimestamp === undefined;
  const problem =
    contestedNext === undefined
      ? hookProblem
      : `something else deletes the Secret '${contestedNext}' whenever it is created`;
  if (isThere && problem === undefined) return undefined;
  const former = userSecret.status.rotation;
  const rotation: Rotation = {
    state: 'Failed',
    hook: name,
    attempt,
    reason: isThere ? 'Refused' : 'HookNotFound',
    since: former?.since ?? rfc3339(nowMs),
    ...defined({ version: next?.version, message: isThere ? problem : undefined, request: former?.request }),
  };
  return { do: 'wait', rotation, atMs: nowMs + lookAgainMs };
}

/** The owner's request to rotate; an empty text where there is none. */
function requestOf({ metadata }: UserSecretView): string {
  return shortened(metadata.annotations?.[ANNOTATION_ROTATE]);
}

/** The sentence about a rotation. It stays the same as long as nothing changes. */
export function rotationMessage({ metadata }: UserSecretView, { state, hook, job, reason, message }: Rotation): string {
  const stays = 'the former value stays in force';
  if (state === 'Running')
    return `the job '${job ?? ''}' runs the hook '${hook}' with the next value; ${stays} until it succeeds`;
  if (reason === 'HookNotFound')
    return `there is no suspended NeuroJob '${hook}' in this namespace to prepare for the next value; ${stays}, and it is rotated as soon as there is`;
  if (reason === 'Refused')
    return `the API server refuses what the hook '${hook}' needs (${message ?? ''}); ${stays}; tried again every minute`;
  return `the hook '${hook}' did not succeed (job '${job ?? ''}': ${reason ?? ''}); ${stays}. status.rotation.nextAttempt says when it is tried again; at once: kubectl annotate usersecret ${metadata.name} -n ${metadata.namespace} --overwrite ${ANNOTATION_ROTATE}="$(date)"`;
}
