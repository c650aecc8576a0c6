/**
 * The reconcile loop that all controllers share:
 *
 *   gather ──> plan ──> status, events ──> act on each step ──┐
 *     ^                                                       │
 *     └──────────── plan again with what was learned <────────┘   until a plan has no steps: at rest
 *
 * `plan` decides everything, `act` only writes. A plan that ends something writes its status before its steps, so that a step
 * that fails cannot keep the end from being recorded.
 *
 * Promises:
 * - A reconcile that keeps failing is reported by the plan itself, which gets the failure as input.
 * - A status that the API server refuses does not hold up the steps behind it. The plan goes on as if it had been written, and it is
 *   written as soon as that is possible.
 * - Each reconcile is one debug line that names the rules that decided.
 * - The bytes that one namespace can have written again and again are bounded in each minute, and take nothing from other namespaces.
 *
 * Not promised: that a plan sees each failure. Short ones are retried, and are not worth a status.
 */
import { defined } from '../defined.ts';
import {
  asError,
  isKernelError,
  type Clock,
  type ObjectKey,
  type Outcome,
  type Reconcile,
  type ReconcileContext,
} from '../kernel/index.ts';
import { isLasting } from './failure.ts';
import { FailureRecords, type Failed } from './failure-records.ts';
import type { Failing, Known, Plan } from './plan.ts';
import type { Recorder } from './recorder.ts';
import { StatusWriter, type StatusOf } from './status-writer.ts';
import type { WriteRates } from './write-rates.ts';

/** A plan that needs more rounds than this never comes to rest. The most that one needs, for a job from start to end, is about twelve. */
const mostRounds = 24;

interface ReconcilerOptions<Input extends Failing, Step extends { readonly do: string }, Status extends object> {
  /** The controller's name, for the debug line. */
  readonly name: string;
  /** What the stores and this process know; undefined: the key needs nothing, and nothing of it is remembered. */
  gather(key: ObjectKey, known: Known): Input | undefined;
  plan(input: Input): Plan<Step, Status>;
  /** Takes one step and returns what was learned by it, which the next plan gets as part of its input. */
  act(step: Step, input: Input, signal: AbortSignal): Promise<Partial<Input> | undefined>;
  /** Names the step in the sentence about its failure: "creating the Pod". */
  describe(step: Step): string;
  readonly status?: StatusOf<Input, Status>;
  /**
   * The clock that decides when time limits are reached; by default `clock`. Limits that end work take a `PatientClock`. The end of a right must
   * not come late, and takes the later of the clocks of this machine and of the API server.
   */
  readonly deadlines?: Pick<Clock, 'now'> | undefined;
  /** Called when `gather` says that the key needs nothing. */
  forget?(key: ObjectKey): void;
}

export interface ReconcilerDependencies {
  readonly clock: Clock;
  /** The later of the clocks of this machine and of the API server, in epoch milliseconds; by default `clock`. */
  readonly latestNow?: (() => number) | undefined;
  readonly recorder: Recorder;
  /** By default no write waits. */
  readonly rates?: WriteRates | undefined;
  /** Gets one debug line for each reconcile. */
  readonly log?: { debug(fields: object, message: string): void } | undefined;
}

export function createReconciler<Input extends Failing, Step extends { readonly do: string }, Status extends object>(
  options: ReconcilerOptions<Input, Step, Status>,
  dependencies: ReconcilerDependencies,
): Reconcile {
  const reconciler = new Reconciler(options, dependencies);
  return (key, context) => reconciler.reconcile(key, context);
}

/** One reconcile of a key, from its start to rest. */
interface Attempt<Input> {
  readonly key: ObjectKey;
  readonly signal: AbortSignal;
  readonly beginning: Pick<Known, 'cause' | 'addedMs' | 'isBusy'>;
  /** The names of the rules that decided, one for each plan. */
  readonly rules: string[];
  /** What the steps so far have learned. */
  learned: Partial<Input>;
  /** The last failure, of a step or of writing the status. With one, the reconcile is no success. */
  failed: Failed | undefined;
  /** Milliseconds until the namespace has bytes for the status of the last plan. */
  heldBackMs: number | undefined;
  /** Milliseconds until a status that something else keeps changing is put back. Until then, the plan goes on as if it had been. */
  contestedMs: number | undefined;
}

class Reconciler<Input extends Failing, Step extends { readonly do: string }, Status extends object> {
  readonly #options: ReconcilerOptions<Input, Step, Status>;
  readonly #with: Pick<ReconcilerDependencies, 'clock' | 'recorder' | 'log'>;
  readonly #deadlines: Pick<Clock, 'now'>;
  readonly #latestNow: () => number;
  readonly #failures: FailureRecords;
  readonly #statuses: StatusWriter<Input, Status>;

  constructor(
    options: ReconcilerOptions<Input, Step, Status>,
    { clock, latestNow = () => clock.now(), recorder, rates, log }: ReconcilerDependencies,
  ) {
    this.#options = options;
    this.#with = { clock, recorder, log };
    this.#deadlines = options.deadlines ?? clock;
    this.#latestNow = latestNow;
    this.#failures = new FailureRecords(clock);
    this.#statuses = new StatusWriter(options.status, { clock, failures: this.#failures, recorder, rates });
  }

  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Outcome> {
    const { signal, reconcileId, cause, addedMs, isBusy = false } = context;
    const { clock, log } = this.#with;
    const startedMs = clock.steadyNow();
    const attempt: Attempt<Input> = {
      key,
      signal,
      beginning: { cause, addedMs, isBusy },
      rules: [],
      learned: {},
      failed: undefined,
      heldBackMs: undefined,
      contestedMs: undefined,
    };
    try {
      return await this.#run(attempt);
    } finally {
      const ms = clock.steadyNow() - startedMs;
      const rule = attempt.rules.join(' > ');
      log?.debug({ controller: this.#options.name, key, rule, reconcileId, cause, ms }, 'reconciled');
    }
  }

  async #run(attempt: Attempt<Input>): Promise<Outcome> {
    const { key, rules } = attempt;
    const cutShort = await this.#catchUp(attempt);
    if (cutShort !== undefined) return cutShort;
    for (let round = 0; round < mostRounds; round += 1) {
      const gathered = this.#options.gather(key, this.#known(attempt));
      if (gathered === undefined) {
        this.#forget(key);
        return 'done';
      }
      const input = this.#statuses.overlaid(key, { ...gathered, ...attempt.learned });
      const plan = this.#options.plan(input);
      rules.push(plan.rule);
      const over = await this.#writeStatus(attempt, plan, { gathered, input });
      if (over !== undefined) return over;
      for (const { regarding, text } of plan.events ?? []) this.#with.recorder.event(regarding, text);
      const { steps = [] } = plan;
      if (steps.length === 0) return this.#rest(attempt, plan);
      const failed = await this.#takeSteps(attempt, steps, input);
      if (failed !== undefined) return failed;
    }
    throw new Error(`the plan of ${this.#options.name} ${key} does not come to rest: ${rules.join(' > ')}`);
  }

  #known({ key, beginning }: Attempt<Input>): Known {
    const { clock } = this.#with;
    const record = this.#failures.lasting(key);
    return {
      nowMs: this.#deadlines.now(),
      latestMs: this.#latestNow(),
      wallMs: clock.now(),
      steadyMs: clock.steadyNow(),
      ...beginning,
      failure: record === undefined ? undefined : { ...record, isNow: false },
    };
  }

  /** Writes a status that a reconcile before this one could not write. An outcome ends this one. */
  async #catchUp(attempt: Attempt<Input>): Promise<Outcome | undefined> {
    const { key, signal } = attempt;
    if (!this.#statuses.hasUnwritten(key)) return undefined;
    const problem = await this.#statuses.catchUp(key, this.#options.gather(key, this.#known(attempt)), signal);
    return problem === undefined ? undefined : this.#note(attempt, problem);
  }

  /** Writes the plan's status, unless it has to wait. An outcome ends the reconcile. */
  async #writeStatus(
    attempt: Attempt<Input>,
    plan: Plan<Step, Status>,
    { gathered, input }: { readonly gathered: Input; readonly input: Input },
  ): Promise<Outcome | undefined> {
    const { key, signal } = attempt;
    attempt.heldBackMs = this.#statuses.holdBack(key, input, plan);
    if (attempt.heldBackMs !== undefined || plan.status === undefined) return undefined;
    const hasJustFailed = attempt.failed !== undefined && this.#statuses.isUnwritten(key, plan.status);
    if (hasJustFailed) return undefined;
    const problem = await this.#statuses.write(key, gathered, plan.status, signal);
    if (problem === 'gone') return 'done';
    attempt.contestedMs = undefined;
    return problem === undefined ? undefined : this.#note(attempt, problem);
  }

  /** Notes why a status was not written. An outcome ends the reconcile. */
  #note(attempt: Attempt<Input>, problem: Failed | { readonly waitMs: number }): Outcome | undefined {
    if ('waitMs' in problem) {
      attempt.contestedMs = problem.waitMs;
      return undefined;
    }
    attempt.failed = problem;
    // The next look at the object ends a conflict. No other failure of a status may hold up the steps.
    const isPassing = isKernelError(problem.error, 'Conflict') && this.#failures.lasting(attempt.key) === undefined;
    return isPassing ? { failed: asError(problem.error) } : undefined;
  }

  /** Takes the steps in order, up to the first that fails. An outcome ends the reconcile. */
  async #takeSteps(attempt: Attempt<Input>, steps: readonly Step[], input: Input): Promise<Outcome | undefined> {
    const { key, signal } = attempt;
    for (const step of steps) {
      try {
        attempt.learned = { ...attempt.learned, ...(await this.#options.act(step, input, signal)) };
      } catch (error) {
        signal.throwIfAborted();
        if (isKernelError(error, 'LeaseLost')) throw error;
        // The plan has already decided about a failure of this reconcile.
        const isSecond = attempt.learned.failure?.isNow === true;
        attempt.failed = { error, doing: this.#options.describe(step) };
        const record = this.#failures.add(key, attempt.failed);
        if (isSecond || !isLasting(record, this.#with.clock.steadyNow())) return { failed: asError(error) };
        attempt.learned = { ...attempt.learned, failure: { ...record, isNow: true } };
        return undefined;
      }
    }
    return undefined;
  }

  #rest(attempt: Attempt<Input>, plan: Plan<Step, Status>): Outcome {
    const { key, failed } = attempt;
    const nextMs = this.#nextLookMs(attempt, plan);
    const requeue = Number.isFinite(nextMs)
      ? { requeueAfterMs: Math.max(0, nextMs - this.#deadlines.now()), ...defined({ lane: plan.requeueLane }) }
      : undefined;
    if (failed !== undefined) return { ...requeue, failed: asError(failed.error) };
    this.#failures.delete(key);
    return requeue ?? 'done';
  }

  /** When the key is looked at again: for its plan, or for a status that waits. Epoch milliseconds; Infinity: not until something wakes it. */
  #nextLookMs(
    { heldBackMs, contestedMs = Infinity }: Attempt<Input>,
    { requeueAtMs = Infinity }: Plan<Step, Status>,
  ): number {
    const nowMs = this.#deadlines.now();
    const contestedAtMs = nowMs + contestedMs;
    if (heldBackMs === undefined) return Math.min(requeueAtMs, contestedAtMs);
    // A look that is due now waits for the status that is held back.
    const nextMs = requeueAtMs > nowMs ? requeueAtMs : Infinity;
    return Math.min(nextMs, nowMs + heldBackMs, contestedAtMs);
  }

  #forget(key: ObjectKey): void {
    this.#failures.delete(key);
    this.#statuses.forget(key);
    this.#options.forget?.(key);
  }
}
