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
import { asError, isKernelError, type Clock, type ObjectKey, type Outcome, type Reconcile } from '../kernel/index.ts';
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
  /** What a step does, for the sentence of a failure: "creating the Pod". */
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
  /** By default nothing waits. */
  readonly rates?: WriteRates | undefined;
  /** One debug line for each reconcile. */
  readonly log?: { debug(fields: object, message: string): void } | undefined;
}

export function createReconciler<Input extends Failing, Step extends { readonly do: string }, Status extends object>(
  options: ReconcilerOptions<Input, Step, Status>,
  { clock, latestNow = () => clock.now(), recorder, rates, log }: ReconcilerDependencies,
): Reconcile {
  const { deadlines = clock } = options;
  const failures = new FailureRecords(clock);
  const statuses = new StatusWriter(options.status, { clock, failures, recorder, rates });

  return async (key, { signal, reconcileId, cause, addedMs, isBusy = false }) => {
    const startedMs = clock.steadyNow();
    const rules: string[] = [];
    try {
      return await run(key, signal, { cause, addedMs, isBusy }, rules);
    } finally {
      const ms = clock.steadyNow() - startedMs;
      log?.debug({ controller: options.name, key, rule: rules.join(' > '), reconcileId, cause, ms }, 'reconciled');
    }
  };

  async function run(
    key: ObjectKey,
    signal: AbortSignal,
    beginning: Pick<Known, 'cause' | 'addedMs' | 'isBusy'>,
    rules: string[],
  ): Promise<Outcome> {
    let learned: Partial<Input> = {};
    let failed: Failed | undefined;
    let heldBackMs: number | undefined;
    /** Something else keeps changing the status: until it is put back, the plan goes on as if it had been. */
    let contestedMs: number | undefined;
    const known = (): Known => {
      const record = failures.lasting(key);
      return {
        nowMs: deadlines.now(),
        latestMs: latestNow(),
        wallMs: clock.now(),
        steadyMs: clock.steadyNow(),
        ...beginning,
        failure: record === undefined ? undefined : { ...record, isNow: false },
      };
    };
    if (statuses.hasUnwritten(key)) {
      const problem = await statuses.catchUp(key, options.gather(key, known()), signal);
      if (problem !== undefined && 'waitMs' in problem) contestedMs = problem.waitMs;
      else failed = problem;
      if (failed !== undefined && !isWorthTelling(key, failed)) return { failed: asError(failed.error) };
    }
    for (let round = 0; round < mostRounds; round += 1) {
      const gathered = options.gather(key, known());
      if (gathered === undefined) {
        forget(key);
        return 'done';
      }
      const input = statuses.overlaid(key, { ...gathered, ...learned });
      const plan = options.plan(input);
      rules.push(plan.rule);
      heldBackMs = statuses.holdBack(key, input, plan);
      const isRefused = failed !== undefined && plan.status !== undefined && statuses.isUnwritten(key, plan.status);
      if (heldBackMs === undefined && plan.status !== undefined && !isRefused) {
        const problem = await statuses.write(key, gathered, plan.status, signal);
        if (problem === 'gone') return 'done';
        contestedMs = problem !== undefined && 'waitMs' in problem ? problem.waitMs : undefined;
        if (problem !== undefined && !('waitMs' in problem)) {
          failed = problem;
          if (!isWorthTelling(key, problem)) return { failed: asError(problem.error) };
        }
      }
      for (const { regarding, text } of plan.events ?? []) recorder.event(regarding, text);
      const steps = plan.steps ?? [];
      if (steps.length === 0) return rest(key, withNextTry(plan, heldBackMs, contestedMs), failed);
      for (const step of steps) {
        try {
          learned = { ...learned, ...(await options.act(step, input, signal)) };
        } catch (error) {
          signal.throwIfAborted();
          if (isKernelError(error, 'LeaseLost')) throw error;
          // The plan had its say about a failure of this reconcile already.
          const isSecond = learned.failure?.isNow === true;
          failed = { error, doing: options.describe(step) };
          const record = failures.add(key, failed);
          if (isSecond || !isLasting(record, clock.steadyNow())) return { failed: asError(failed.error) };
          learned = { ...learned, failure: { ...record, isNow: true } };
          break;
        }
      }
    }
    throw new Error(`the plan of ${options.name} ${key} does not come to rest: ${rules.join(' > ')}`);
  }

  function withNextTry(
    plan: Plan<Step, Status>,
    heldBackMs: number | undefined,
    contestedMs = Infinity,
  ): Plan<Step, Status> {
    const nowMs = deadlines.now();
    const { requeueAtMs = Infinity } = plan;
    const contestedAtMs = nowMs + contestedMs;
    if (heldBackMs === undefined) return { ...plan, requeueAtMs: Math.min(requeueAtMs, contestedAtMs) };
    // One that is due now waits for that status.
    const nextMs = requeueAtMs > nowMs ? requeueAtMs : Infinity;
    return { ...plan, requeueAtMs: Math.min(nextMs, nowMs + heldBackMs, contestedAtMs) };
  }

  function rest(key: ObjectKey, plan: Plan<Step, Status>, failed: Failed | undefined): Outcome {
    const { requeueAtMs, requeueLane } = plan;
    const requeue =
      requeueAtMs === undefined || !Number.isFinite(requeueAtMs)
        ? undefined
        : {
            requeueAfterMs: Math.max(0, requeueAtMs - deadlines.now()),
            ...defined({ lane: requeueLane }),
          };
    if (failed !== undefined) return { ...requeue, failed: asError(failed.error) };
    failures.delete(key);
    return requeue ?? 'done';
  }

  /** A conflict is over with the next look at the object; every other failure of a status must not hold up the steps. */
  function isWorthTelling(key: ObjectKey, { error }: Failed): boolean {
    return !isKernelError(error, 'Conflict') || failures.lasting(key) !== undefined;
  }

  function forget(key: ObjectKey): void {
    failures.delete(key);
    statuses.forget(key);
    options.forget?.(key);
  }
}
