/** Words that let their bearer in once: in the address that `neuro console` opens. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../../kernel/index.ts';

/** Long enough to copy an address into another browser. */
const validMs = 10 * 60_000;
const maxOpen = 16;

export class Tickets {
  readonly #clock: Clock;
  /** By hash, so that looking one up says nothing of its text by the time it takes. */
  readonly #open = new Map<string, number>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  issue(): string {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= maxOpen && oldest !== undefined) this.#open.delete(oldest);
    const ticket = randomWord();
    this.#open.set(hashOf(ticket), this.#clock.now() + validMs);
    return ticket;
  }

  /** True once for each. */
  redeem(ticket: string): boolean {
    const hash = hashOf(ticket);
    const until = this.#open.get(hash);
    this.#open.delete(hash);
    return until !== undefined && until > this.#clock.now();
  }
}

/** 256 bits from the system's generator. */
export function randomWord(): string {
  return randomBytes(32).toString('base64url');
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
