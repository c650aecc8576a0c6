/** The keys whose reconcile did not come to rest, until one does. */
import { isKernelError, type Clock, type ObjectKey } from '../kernel/index.ts';
import { failureTexts, isLasting, type FailureRecord } from './failure.ts';

/** Thrown while working on a key; says what was being done. */
export interface Failed {
  readonly error: unknown;
  readonly doing: string;
}

export class FailureRecords {
  readonly #clock: Clock;
  readonly #records = new Map<ObjectKey, FailureRecord>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(key: ObjectKey, { error, doing }: Failed): FailureRecord {
    const former = this.#records.get(key);
    const record: FailureRecord = {
      ...failureTexts(error, doing),
      isConflict: isKernelError(error, 'Conflict'),
      sinceMs: former?.sinceMs ?? this.#clock.steadyNow(),
      attempts: (former?.attempts ?? 0) + 1,
    };
    this.#records.set(key, record);
    return record;
  }

  /** The failure of that key, if it has lasted for more than a few tries. */
  lasting(key: ObjectKey): FailureRecord | undefined {
    const record = this.#records.get(key);
    return record !== undefined && isLasting(record, this.#clock.steadyNow()) ? record : undefined;
  }

  delete(key: ObjectKey): void {
    this.#records.delete(key);
  }
}
