/** Words that let their bearer in once: in the address that `neuro console` opens. */
import { hash, randomBytes } from 'node:crypto';
import { TwoClocks, type Clock, type Moment } from '../../../kernel/index.ts';

/** Long enough to copy an address into another browser. */
const validMs = 10 * 60_000;
const maxOpen = 16;

export class Tickets {
  readonly #clocks: TwoClocks;
  /** When each ticket was issued. The key is its hash, so that the time of a lookup tells nothing about the text of a ticket. */
  readonly #open = new Map<string, Moment>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clocks = new TwoClocks(clock);
  }

  issue(): string {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= maxOpen && oldest !== undefined) this.#open.delete(oldest);
    const ticket = randomWord();
    this.#open.set(hashOf(ticket), this.#clocks.moment());
    return ticket;
  }

  /** True once for each. */
  redeem(ticket: string): boolean {
    const key = hashOf(ticket);
    const issued = this.#open.get(key);
    this.#open.delete(key);
    return issued !== undefined && this.#clocks.longestSince(issued) < validMs;
  }
}

/** 256 bits from the system's generator. */
export function randomWord(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in hexadecimal digits. */
export function hashOf(text: string): string {
  return hash('sha256', text, 'hex');
}
