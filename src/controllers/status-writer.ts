/**
 * Writes the statuses of one kind for its reconciler.
 *
 * Promises: a status that the API server refused is kept, and laid over what the stores say, until it is written; a status that
 * has to wait for its namespace's share of bytes says so once, and one that is refused for long says so every hour. A status that something
 * else keeps changing is put back with growing pauses, is laid over what the stores say meanwhile, and says so every hour; a new milestone of
 * the object never waits for that.
 */
import { isKernelError, mergePatch, type Clock, type ObjectKey, type ObjectMeta } from '../kernel/index.ts';
import type { FailureRecords, Failed } from './failure-records.ts';
import { LastStatuses, type Interference } from './last-statuses.ts';
import { otherWriter } from './other-writer.ts';
import type { Plan } from './plan.ts';
import type { EventText, Recorder } from './recorder.ts';
import { RepairLimiter } from './repair-limiter.ts';
import type { WriteRates } from './write-rates.ts';

/** An object whose status a controller writes. */
export interface StatusObject<Status> {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly status: Status;
  /** The size of the whole object, all of which a write of its status writes again. */
  readonly bytes: number;
}

/** How the status of one kind is read, replaced in an input, and written. */
export interface StatusOf<Input, Status> {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object that the input is about; undefined where it is gone. */
  object(input: Input): StatusObject<Status> | undefined;
  /** The input as it is once the object has that status. */
  withStatus(input: Input, status: Status): Input;
  /** The part of a status that people wait for, as text. A new milestone is written at once, also while something else keeps changing the status. */
  milestone(status: Status): string;
  readonly fieldManager: string;
  /** Patches the status subresource; `patch` has the preconditions in its metadata. Resolves with the object as the store has it now. */
  patch(
    object: StatusObject<Status>['metadata'],
    patch: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly status: Status } | undefined>;
  /** The object as the API server has it. */
  read(
    object: StatusObject<Status>['metadata'],
    signal: AbortSignal,
  ): Promise<{ readonly metadata: ObjectMeta } | undefined>;
}

const statusDelayed: EventText = {
  type: 'Normal',
  reason: 'StatusDelayed',
  action: 'Reconcile',
  note: 'the status is updated later: the operator has written as much for this namespace in the last minute as it may (docs/limits.md)',
};

/** A status that has been refused for this time is reported, and then every hour, because events are kept for an hour. */
const reportedAfterMs = 10_000;
const reportedEveryMs = 3_600_000;

function refused(note: string): EventText {
  return { type: 'Warning', reason: 'StatusRefused', action: 'Reconcile', note };
}

function contested(who: string): EventText {
  return {
    type: 'Warning',
    reason: 'StatusContested',
    action: 'Reconcile',
    note: `${who} keeps changing the status of this object; the operator puts it back with growing pauses (docs/operations.md)`,
  };
}

/** Whether the API server refused the write itself. A conflict or an overload is no refusal. */
function isRefusal(error: unknown): boolean {
  return isKernelError(error, 'BadRequest', 'Forbidden', 'Invalid', 'Server');
}

/** A status that could not be written yet. Times are those of the steady clock. */
interface Unwritten<Status> {
  readonly uid: string;
  readonly status: Status;
  /** When the refusals began; undefined where the last failure was no refusal. */
  readonly refusedSinceMs: number | undefined;
  readonly reportedMs: number | undefined;
}

/** Why a status was not written, or not yet. */
type Unwritable = Failed | 'gone' | { readonly waitMs: number };

interface StatusWriterDependencies {
  readonly clock: Pick<Clock, 'steadyNow'>;
  readonly failures: FailureRecords;
  readonly recorder: Recorder;
  /** By default no write waits. */
  readonly rates?: WriteRates | undefined;
}

export class StatusWriter<Input, Status extends object> {
  readonly #of: StatusOf<Input, Status> | undefined;
  readonly #with: StatusWriterDependencies;
  /** Statuses that could not be written yet, of objects that may be gone meanwhile. */
  readonly #unwritten = new Map<ObjectKey, Unwritten<Status>>();
  /** Keys whose status waits for its namespace's share of bytes; of objects that exist. */
  readonly #delayed = new Set<ObjectKey>();
  readonly #last = new LastStatuses();
  readonly #repairs: RepairLimiter;
  /** When it was last reported that something else keeps changing a status; of objects that exist. */
  readonly #contestedMs = new Map<ObjectKey, number>();

  /** Without `of`, the kind has no status that this controller writes. */
  constructor(of: StatusOf<Input, Status> | undefined, dependencies: StatusWriterDependencies) {
    this.#of = of;
    this.#with = dependencies;
    this.#repairs = new RepairLimiter(dependencies.clock);
  }

  hasUnwritten(key: ObjectKey): boolean {
    return this.#unwritten.has(key);
  }

  /** Whether exactly this status could not be written a moment ago. */
  isUnwritten(key: ObjectKey, desired: Status): boolean {
    const waiting = this.#unwritten.get(key);
    return waiting !== undefined && mergePatch(waiting.status, desired) === undefined;
  }

  /** The input with the status that could not be written yet. */
  overlaid(key: ObjectKey, input: Input): Input {
    const waiting = this.#unwritten.get(key);
    if (this.#of === undefined || waiting === undefined || this.#of.object(input)?.metadata.uid !== waiting.uid)
      return input;
    return this.#of.withStatus(input, waiting.status);
  }

  /** Milliseconds until the namespace has bytes for that status; undefined where nothing has to wait. */
  holdBack(key: ObjectKey, input: Input, { status: desired, statusWeight }: Plan<unknown, Status>): number | undefined {
    const of = this.#of;
    const object = of?.object(input);
    if (of === undefined || object === undefined || desired === undefined || statusWeight === undefined)
      return undefined;
    if (mergePatch(object.status, desired) === undefined) return undefined;
    const { namespace, name, uid } = object.metadata;
    const waitMs = this.#with.rates?.[statusWeight].take(namespace, object.bytes) ?? 0;
    if (waitMs === 0) return undefined;
    const { apiVersion, kind } = of;
    if (!this.#delayed.has(key)) {
      this.#with.recorder.event({ apiVersion, kind, namespace, name, uid }, statusDelayed);
      this.#delayed.add(key);
    }
    return waitMs;
  }

  /** Writes what could not be written before. */
  async catchUp(
    key: ObjectKey,
    input: Input | undefined,
    signal: AbortSignal,
  ): Promise<Exclude<Unwritable, 'gone'> | undefined> {
    const waiting = this.#unwritten.get(key);
    const object = input === undefined ? undefined : this.#of?.object(input);
    if (waiting === undefined || input === undefined || object === undefined) return undefined;
    if (object.metadata.uid !== waiting.uid) {
      this.#unwritten.delete(key);
      return undefined;
    }
    const problem = await this.write(key, input, waiting.status, signal);
    return problem === 'gone' ? undefined : problem;
  }

  /** `input` is as the stores have it. Resolves with why it was not written; `gone` when the object is not there any more. */
  async write(key: ObjectKey, input: Input, desired: Status, signal: AbortSignal): Promise<Unwritable | undefined> {
    this.#delayed.delete(key);
    const object = this.#of?.object(input);
    if (this.#of === undefined || object === undefined) return undefined;
    const patch = mergePatch(object.status, desired);
    if (patch === undefined) {
      this.#unwritten.delete(key);
      return undefined;
    }
    const { uid, resourceVersion } = object.metadata;
    const goal = `${uid} ${this.#of.milestone(desired)}`;
    const interference = this.#last.interference(key, uid, object.status);
    const waitMs = interference === undefined ? 0 : this.#repairs.waitMs(key, goal);
    if (interference !== undefined && waitMs > 0) {
      this.#unwritten.set(key, { uid, status: desired, refusedSinceMs: undefined, reportedMs: undefined });
      await this.#reportContest(key, object.metadata, interference, signal);
      return { waitMs };
    }
    // The write needs the state that was decided on, unless somebody changes the object faster than we can look at it.
    const isContended = this.#with.failures.lasting(key)?.isConflict === true;
    const metadata = isContended ? { uid } : { uid, resourceVersion };
    try {
      const written = await this.#of.patch(object.metadata, { metadata, status: patch }, signal);
      this.#unwritten.delete(key);
      if (interference !== undefined) this.#repairs.wrote(key, goal);
      if (written !== undefined) this.#last.wrote(key, uid, desired, written.status);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isKernelError(error, 'LeaseLost')) throw error;
      if (isKernelError(error, 'NotFound')) return 'gone';
      return this.#keepUnwritten(key, object.metadata, desired, error);
    }
  }

  forget(key: ObjectKey): void {
    this.#unwritten.delete(key);
    this.#delayed.delete(key);
    this.#repairs.forget(key);
    this.#contestedMs.delete(key);
  }

  /** Keeps the status for a later try, and reports it once it has been refused for long. */
  #keepUnwritten(key: ObjectKey, metadata: StatusObject<Status>['metadata'], status: Status, error: unknown): Failed {
    const { clock, failures, recorder } = this.#with;
    const { namespace, name, uid } = metadata;
    const failed = { error, doing: 'writing the status' };
    const { message } = failures.add(key, failed);
    const waiting = this.#unwritten.get(key);
    const former = waiting?.uid === uid ? waiting : undefined;
    const nowMs = clock.steadyNow();
    const refusedSinceMs = isRefusal(error) ? (former?.refusedSinceMs ?? nowMs) : undefined;
    const isReported =
      nowMs - (refusedSinceMs ?? nowMs) >= reportedAfterMs &&
      nowMs - (former?.reportedMs ?? -Infinity) >= reportedEveryMs;
    if (isReported && this.#of !== undefined) {
      const { apiVersion, kind } = this.#of;
      recorder.event({ apiVersion, kind, namespace, name, uid }, refused(message));
    }
    const reportedMs = isReported ? nowMs : former?.reportedMs;
    this.#unwritten.set(key, { uid, status, refusedSinceMs, reportedMs });
    return failed;
  }

  async #reportContest(
    key: ObjectKey,
    metadata: StatusObject<Status>['metadata'],
    interference: Interference,
    signal: AbortSignal,
  ): Promise<void> {
    const nowMs = this.#with.clock.steadyNow();
    if (this.#of === undefined || nowMs - (this.#contestedMs.get(key) ?? -Infinity) < reportedEveryMs) return;
    this.#contestedMs.set(key, nowMs);
    const { apiVersion, kind, fieldManager } = this.#of;
    const { namespace, name, uid } = metadata;
    let who = 'an admission webhook or policy of the cluster, or a CRD of an older version,';
    if (interference === 'changed') {
      // The answer is needed only for the sentence, so an error does not matter.
      const found = await this.#of.read(metadata, signal).catch(() => undefined);
      signal.throwIfAborted();
      who = found === undefined ? 'something else' : otherWriter(found.metadata, fieldManager);
    }
    this.#with.recorder.event({ apiVersion, kind, namespace, name, uid }, contested(who));
  }
}
