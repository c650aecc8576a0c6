/**
 * Values between two steps of one reconcile, which no plan sees.
 *
 * Promise: a value is held from the step that obtains it to the end of the reconcile.
 */
import type { ObjectKey } from '../../kernel/index.ts';
import type { ObtainedValue } from './value.ts';

interface HeldValue extends ObtainedValue {
  readonly sourceHash: string;
}

/** What of a native Secret depends on the value. */
export interface Content {
  /** Values by key, in base64. */
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export class HeldValues {
  readonly #obtained = new Map<ObjectKey, HeldValue>();
  /** Give back the shares of the budget that the held values have. */
  readonly #releases = new Map<ObjectKey, () => void>();

  hold(key: ObjectKey, value: HeldValue): void {
    this.#obtained.set(key, value);
  }

  /** The share of the budget for the value that is about to be held; given back at the end of the reconcile. */
  charge(key: ObjectKey, release: () => void): void {
    this.#releases.get(key)?.();
    this.#releases.set(key, release);
  }

  /** The value of that source. */
  obtained(key: ObjectKey, sourceHash: string): HeldValue {
    const held = this.#obtained.get(key);
    if (held?.sourceHash !== sourceHash) throw new TypeError(`no value of this source is held for ${key}`);
    return held;
  }

  /** The reconcile has ended. */
  drop(key: ObjectKey): void {
    this.#obtained.delete(key);
    this.#releases.get(key)?.();
    this.#releases.delete(key);
  }
}
