/**
 * Reads of native Secrets whose values many want at once: a change that a thousand copies follow is read a few times, not a thousand.
 *
 * Promises: who asks for the version that the store shows gets that one, or what the API server has now; a read that failed is never
 * shared with those that ask later; a value is kept for `heldForMs` at most, and only a small one.
 */
import { keyOf, type Clock, type ObjectKey, type ObjectRef } from '../kernel/index.ts';
import type { Secret } from './resources.ts';

/** Long enough for a burst of jobs or copies; a value that nobody else wants is not worth more. */
const heldForMs = 200;
/** A larger value is shared only while it is being read. */
const mostHeldBytes = 64 * 1024;
/** Values that are held at a time: 1 MiB of them. */
export const mostHeld = 16;

interface SharedRead {
  readonly resourceVersion: string;
  readonly secret: Promise<Secret | undefined>;
}

interface SharedReadsOptions {
  readonly clock: Clock;
  readonly read: (ref: ObjectRef, signal: AbortSignal) => Promise<Secret | undefined>;
}

export class SharedReads {
  readonly #options: SharedReadsOptions;
  /** Invariant: those under way, and those that are held. */
  readonly #reads = new Map<ObjectKey, SharedRead>();
  /** Cancels the timers that end what is held. */
  readonly #held = new Map<ObjectKey, () => void>();

  constructor(options: SharedReadsOptions) {
    this.#options = options;
  }

  /** `resourceVersion`: what the store shows; undefined where it shows nothing. */
  read(ref: ObjectRef, resourceVersion: string | undefined, signal: AbortSignal): Promise<Secret | undefined> {
    if (resourceVersion === undefined) return this.#options.read(ref, signal);
    const key = keyOf(ref);
    const known = this.#reads.get(key);
    if (known?.resourceVersion === resourceVersion) return known.secret;
    this.#held.get(key)?.();
    this.#held.delete(key);
    const read = { resourceVersion, secret: this.#options.read(ref, signal) };
    this.#reads.set(key, read);
    void read.secret.then(
      (secret) => this.#hold(key, read, secret),
      () => this.#end(key, read),
    );
    return read.secret;
  }

  #hold(key: ObjectKey, read: SharedRead, secret: Secret | undefined): void {
    const isCurrent = this.#reads.get(key) === read && secret?.metadata.resourceVersion === read.resourceVersion;
    if (!isCurrent || this.#held.size >= mostHeld || bytesOf(secret) > mostHeldBytes) {
      this.#end(key, read);
      return;
    }
    const end = (): void => {
      this.#held.delete(key);
      this.#end(key, read);
    };
    this.#held.set(key, this.#options.clock.schedule(end, heldForMs));
  }

  #end(key: ObjectKey, read: SharedRead): void {
    if (this.#reads.get(key) === read) this.#reads.delete(key);
  }
}

/** The size of the values in base64, which is how they are kept in memory. */
function bytesOf({ data = {} }: Secret): number {
  return Object.values(data).reduce((bytes, value) => bytes + value.length, 0);
}
