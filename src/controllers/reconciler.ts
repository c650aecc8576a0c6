/**
 * The one beat of all controllers:
 *
 *   gather ──> plan ──> status, events ──> act on each step ──┐
 *     ^                                                       │
 *     └──────────── plan again with what was learned <────────┘   until a plan has no steps: at rest
 *
 * `plan` decides everything, `act` only writes. A plan that ends something gives its status before its steps, so that no
 * step can stand between an end and its record.
 *
 * Promises: a reconcile that keeps failing is reported by the plan itself, which gets the failure as input; a status that
 * the API server refuses does not hold up the steps behind it, because the plan goes on as if it had been written, and it is
 * written as soon as that is possible; each reconcile is one debug line that names the rules that decided.
 * Promise: what one namespace can have written again and again is bounded by the bytes of a minute, and takes nothing from others.
 * Not promised: that a plan sees each failure. Short ones pass by retries and are not worth a status.
 */
import { defined } from '../defined.ts';
import {
  isKernelError,
  mergePatch,
  type Cause,
  type Clock,
  type Lane,
  type ObjectKey,
  type Outcome,
  type Reconcile,
} from '../kernel/index.ts';
import { failureTexts, isLasting, type Failure, type FailureRecord } from './failure.ts';
import type { EventText, Recorder, Regarding } from './recorder.ts';
import type { StatusWeight, WriteRates } from './write-rates.ts';

/** A plan that needs more rounds than this never comes to rest. The longest way, a job from start to end, takes some twelve. */
const mostRounds = 24;

export type { Cause };

export interface PlannedEvent {
  readonly regarding: Regarding;
  readonly text: EventText;
}

export interface Plan<Step, Status> {
  /** The name of the rule that decided; for the debug line and for tests. */
  readonly rule: string;
  /** Done in order, then the plan is asked again. Empty: at rest. */
  readonly steps?: readonly Step[];
  /** What the status has to say now; written before the steps, and only where it differs. Undefined: nothing to say. */
  readonly status?: Status | undefined;
  /** Undefined: it is written at once. Otherwise it takes bytes of its namespace's share, and waits until there are some. */
  readonly statusWeight?: StatusWeight | undefined;
  /** For what newly happened; recorded with the status. */
  readonly events?: readonly PlannedEvent[];
  /** Epoch milliseconds. When to look again, at rest. */
  readonly requeueAtMs?: number | undefined;
  /** `change`: something ends then, so it must not wait behind other timers. */
  readonly requeueLane?: Lane;
}

/** What the reconciler knows of a key besides the objects. */
export interface Known {
  readonly nowMs: number;
  readonly cause: Cause;
  /** Why the reconcile before this one did not come to rest, where that has lasted. */
  readonly failure: Failure | undefined;
  /** More keys wait than there are workers. */
  readonly isBusy: boolean;
}

/** What every input of a plan may hold. */
export interface Failing {
  readonly failure?: Failure | undefined;
}

/** An object whose status a controller writes. */
export interface StatusObject<Status> {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly status: Status;
  /** Of the whole object, all of which a write of its status writes again. */
  readonly bytes: number;
}

/** How the status of a kind is read, replaced in an input, and written. */
interface StatusOf<Input, Status> {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object that the input is about; undefined where it is gone. */
  object(input: Input): StatusObject<Status> | undefined;
  /** The input as it is once the object has that status. */
  withStatus(input: Input, status: Status): Input;
  /** Patches the status subresource; `patch` has the preconditions in its metadata. */
  patch(object: StatusObject<Status>['metadata'], patch: unknown, signal: AbortSignal): Promise<unknown>;
}

interface ReconcilerOptions<Input extends Failing, Step extends { readonly do: string }, Status extends object> {
  /** The controller's name, for the debug line. */
  readonly name: string;
  /** What the stores and this process know; undefined: the key needs nothing, and nothing of it is remembered. */
  gather(key: ObjectKey, known: Known): Input | undefined;
  plan(input: Input): Plan<Step, Status>;
  /** Takes one step and returns what was learned by it, which the next plan gets as part of its input. */
  act(step: Step, input: Input, signal: AbortSignal): Promise<Partial<Input> | undefined>;
  /** What a step does, for the sentence of a failure: "creating the Pod". */
  describe(step: Step): string;
  readonly status?: StatusOf<Input, Status>;
  /** Called when `gather` says that the key needs nothing. */
  forget?(key: ObjectKey): void;
}

export interface ReconcilerDependencies {
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** By default nothing waits. */
  readonly rates?: WriteRates | undefined;
  /** One debug line for each reconcile. */
  readonly log?: { debug(fields: object, message: string): void } | undefined;
}

const statusDelayed: EventText = {
  type: 'Normal',
  reason: 'StatusDelayed',
  action: 'Reconcile',
  note: 'the status is updated later: the operator has written as much for this namespace in the last minute as it may (docs/limits.md)',
};

/** Thrown while working on a key; says what was being done. */
interface Failed {
  readonly error: unknown;
  readonly doing: string;
}

export function createReconciler<Input extends Failing, Step extends { readonly do: string }, Status extends object>(
  options: ReconcilerOptions<Input, Step, Status>,
  { clock, recorder, rates, log }: ReconcilerDependencies,
): Reconcile {
  const failures = new Map<ObjectKey, FailureRecord>();
  /** Statuses that could not be written yet, of objects that may be gone meanwhile. */
  const unwritten = new Map<ObjectKey, { readonly uid: string; readonly status: Status }>();
  /** Keys whose status waits for its namespace's share of bytes; of objects that exist. */
  const delayed = new Set<ObjectKey>();

  return async (key, { signal, reconcileId, cause, isBusy = false }) => {
    const startedMs = clock.now();
    const rules: string[] = [];
    try {
      return await run(key, signal, { cause, isBusy }, rules);
    } finally {
      const ms = clock.now() - startedMs;
      log?.debug({ controller: options.name, key, rule: rules.join(' > '), reconcileId, cause, ms }, 'reconciled');
    }
  };

  async function run(
    key: ObjectKey,
    signal: AbortSignal,
    beginning: Pick<Known, 'cause' | 'isBusy'>,
    rules: string[],
  ): Promise<Outcome> {
    let learned: Partial<Input> = {};
    let failed: Failed | undefined;
    let heldBackMs: number | undefined;
    const known = (): Known => {
      const record = failures.get(key);
      const nowMs = clock.now();
      return {
        nowMs,
        ...beginning,
        failure: record !== undefined && isLasting(record, nowMs) ? { ...record, isNow: false } : undefined,
      };
    };
    if (unwritten.has(key)) {
      failed = await catchUp(key, known(), signal);
      if (failed !== undefined && !isWorthTelling(key, failed)) return { failed: errorOf(failed) };
    }
    for (let round = 0; round < mostRounds; round += 1) {
      const gathered = options.gather(key, known());
      if (gathered === undefined) {
        forget(key);
        return 'done';
      }
      const input = overlaid(key, { ...gathered, ...learned });
      const plan = options.plan(input);
      rules.push(plan.rule);
      heldBackMs = holdBack(key, input, plan);
      if (heldBackMs !== undefined) delayed.add(key);
      else if (plan.status !== undefined && !(failed !== undefined && isWaiting(key, plan.status))) {
        delayed.delete(key);
        const problem = await writeStatus(key, gathered, input, plan.status, signal);
        if (problem === 'gone') return 'done';
        if (problem !== undefined) {
          failed = problem;
          if (!isWorthTelling(key, problem)) return { failed: errorOf(problem) };
        }
      }
      for (const { regarding, text } of plan.events ?? []) recorder.event(regarding, text);
      const steps = plan.steps ?? [];
      if (steps.length === 0) return rest(key, withNextTry(plan, heldBackMs), failed);
      for (const step of steps) {
        try {
          learned = { ...learned, ...(await options.act(step, input, signal)) };
        } catch (error) {
          signal.throwIfAborted();
          if (isKernelError(error, 'LeaseLost')) throw error;
          // The plan had its say about a failure of this reconcile already.
          const isSecond = learned.failure?.isNow === true;
          failed = { error, doing: options.describe(step) };
          const record = note(key, failed);
          if (isSecond || !isLasting(record, clock.now())) return { failed: errorOf(failed) };
          learned = { ...learned, failure: { ...record, isNow: true } };
          break;
        }
      }
    }
    throw new Error(`the plan of ${options.name} ${key} does not come to rest: ${rules.join(' > ')}`);
  }

  /** Milliseconds until the namespace has bytes for that status; undefined where nothing has to wait. Says once that it waits. */
  function holdBack(
    key: ObjectKey,
    input: Input,
    { status: desired, statusWeight }: Plan<Step, Status>,
  ): number | undefined {
    const { status } = options;
    const object = status?.object(input);
    if (status === undefined || object === undefined || desired === undefined || statusWeight === undefined)
      return undefined;
    if (mergePatch(object.status, desired) === undefined) return undefined;
    const { namespace, name, uid } = object.metadata;
    const waitMs = rates?.[statusWeight].take(namespace, object.bytes) ?? 0;
    if (waitMs === 0) return undefined;
    const { apiVersion, kind } = status;
    if (!delayed.has(key)) recorder.event({ apiVersion, kind, namespace, name, uid }, statusDelayed);
    return waitMs;
  }

  function withNextTry(plan: Plan<Step, Status>, heldBackMs: number | undefined): Plan<Step, Status> {
    if (heldBackMs === undefined) return plan;
    const nowMs = clock.now();
    const { requeueAtMs = Infinity } = plan;
    // One that is due now waits for that status.
    return { ...plan, requeueAtMs: Math.min(requeueAtMs > nowMs ? requeueAtMs : Infinity, nowMs + heldBackMs) };
  }

  function rest(key: ObjectKey, plan: Plan<Step, Status>, failed: Failed | undefined): Outcome {
    const { requeueAtMs, requeueLane } = plan;
    const requeue =
      requeueAtMs === undefined || !Number.isFinite(requeueAtMs)
        ? undefined
        : {
            requeueAfterMs: Math.max(0, requeueAtMs - clock.now()),
            ...defined({ lane: requeueLane }),
          };
    if (failed !== undefined) return { ...requeue, failed: errorOf(failed) };
    failures.delete(key);
    return requeue ?? 'done';
  }

  /** Writes what could not be written before. */
  async function catchUp(key: ObjectKey, known: Known, signal: AbortSignal): Promise<Failed | undefined> {
    const waiting = unwritten.get(key);
    const input = options.gather(key, known);
    const object = input === undefined ? undefined : options.status?.object(input);
    if (waiting === undefined || input === undefined || object === undefined) return undefined;
    if (object.metadata.uid !== waiting.uid) {
      unwritten.delete(key);
      return undefined;
    }
    const problem = await writeStatus(key, input, input, waiting.status, signal);
    return problem === 'gone' ? undefined : problem;
  }

  async function writeStatus(
    key: ObjectKey,
    gathered: Input,
    input: Input,
    desired: Status,
    signal: AbortSignal,
  ): Promise<Failed | 'gone' | undefined> {
    const { status } = options;
    const object = status?.object(gathered);
    if (status === undefined || object === undefined) return undefined;
    const patch = mergePatch(object.status, desired);
    if (patch === undefined) {
      unwritten.delete(key);
      return undefined;
    }
    const { uid, resourceVersion } = object.metadata;
    // Only on the state that was decided on, unless somebody changes the object faster than we can look at it.
    const isContended = failures.get(key)?.isConflict === true && lasts(key);
    const metadata = isContended ? { uid } : { uid, resourceVersion };
    try {
      await status.patch(object.metadata, { metadata, status: patch }, signal);
      unwritten.delete(key);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isKernelError(error, 'LeaseLost')) throw error;
      if (isKernelError(error, 'NotFound')) return 'gone';
      const failed = { error, doing: 'writing the status' };
      note(key, failed);
      if (status.object(input) !== undefined) unwritten.set(key, { uid, status: desired });
      return failed;
    }
  }

  /** Whether exactly this status could not be written a moment ago. */
  function isWaiting(key: ObjectKey, desired: Status): boolean {
    const waiting = unwritten.get(key);
    return waiting !== undefined && mergePatch(waiting.status, desired) === undefined;
  }

  function lasts(key: ObjectKey): boolean {
    const record = failures.get(key);
    return record !== undefined && isLasting(record, clock.now());
  }

  function overlaid(key: ObjectKey, input: Input): Input {
    const { status } = options;
    const waiting = unwritten.get(key);
    if (status === undefined || waiting === undefined || status.object(input)?.metadata.uid !== waiting.uid)
      return input;
    return status.withStatus(input, waiting.status);
  }

  /** A conflict is over with the next look at the object; every other failure of a status must not hold up the steps. */
  function isWorthTelling(key: ObjectKey, { error }: Failed): boolean {
    return !isKernelError(error, 'Conflict') || lasts(key);
  }

  function note(key: ObjectKey, { error, doing }: Failed): FailureRecord {
    const former = failures.get(key);
    const record: FailureRecord = {
      ...failureTexts(error, doing),
      isConflict: isKernelError(error, 'Conflict'),
      sinceMs: former?.sinceMs ?? clock.now(),
      attempts: (former?.attempts ?? 0) + 1,
    };
    failures.set(key, record);
    return record;
  }

  function forget(key: ObjectKey): void {
    failures.delete(key);
    unwritten.delete(key);
    delayed.delete(key);
    options.forget?.(key);
  }
}

function errorOf({ error }: Failed): Error {
  return error instanceof Error ? error : new Error(String(error));
}
