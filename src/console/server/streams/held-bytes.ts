/**
 * Bytes that wait in open streams until browsers take them, counted by user: a browser that reads slowly costs its own user a stream, and
 * nobody else memory.
 */
import { isFairShare } from '../fair-share.ts';
import type { Limits } from '../limits.ts';

/** A user may hold so much whatever the others hold. */
const allowanceBytes = 1024 * 1024;

export interface HeldByStream {
  /** What the stream holds now. False: it is too much, and the stream has to end. */
  set(bytes: number): boolean;
  close(): void;
}

export class HeldBytes {
  readonly #limits: Pick<Limits, 'heldBytes' | 'heldBytesOfUser'>;
  /** Only users that hold some. */
  readonly #byUser = new Map<string, number>();
  #bytes = 0;

  constructor(limits: Pick<Limits, 'heldBytes' | 'heldBytesOfUser'>) {
    this.#limits = limits;
  }

  open(user: string): HeldByStream {
    let held = 0;
    const set = (bytes: number): boolean => {
      const isMore = bytes > held;
      const ofUser = (this.#byUser.get(user) ?? 0) + bytes - held;
      this.#bytes += bytes - held;
      held = bytes;
      if (ofUser === 0) this.#byUser.delete(user);
      else this.#byUser.set(user, ofUser);
      const { heldBytes, heldBytesOfUser } = this.#limits;
      if (!isMore || ofUser <= allowanceBytes) return true;
      return ofUser <= heldBytesOfUser && isFairShare(ofUser, this.#bytes, heldBytes);
    };
    return { set, close: () => void set(0) };
  }
}
