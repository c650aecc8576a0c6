/**
 * What takes a session from the console to the page of a job: a ticket, once, and then the cookie of that page. Both are sealed, so that the
 * page reads nothing in them, and good for one label alone.
 *
 * Promise: a ticket is good once, in whichever replica.
 */
import { ConsoleError } from '../errors.ts';
import { isFairShare } from '../fair-share.ts';
import type { Clock } from '../../../kernel/index.ts';
import { randomWord } from '../login/tickets.ts';
import type { Cookies } from '../sessions/authenticator.ts';
import { openText, piecesIn, sealText, setPieces, type CookieStyle } from '../sessions/session-cookie.ts';
import type { SessionKeys } from '../sessions/session-keys.ts';
import type { ClaimTicket } from '../sessions/ticket-claims.ts';
import { labelOf, type JobPlace } from './job-origin.ts';

/** How long a ticket is valid: from the click on the button until the page opens. */
const validMs = 30_000;
/** Tickets that one user used within that time; four a second for every half minute, where a person presses a button. */
export const maxUsedOfUser = 120;
/** Used tickets of all users, limited for memory. One user has at most as many as are left for others. */
export const maxUsed = 3_000;

/** What a session on a job's origin is. */
export interface Opened {
  readonly place: JobPlace;
  /** The session, in the form that {@link Authenticator.restore} reads. */
  readonly carried: string;
}

interface Ticket extends Opened {
  readonly id: string;
  readonly until: number;
  readonly user: string;
}

interface JobTicketsOptions {
  readonly keys: SessionKeys;
  readonly style: CookieStyle;
  /** The name of the cookie, before the number of the piece. */
  readonly cookieName: string;
  readonly clock: Clock;
  /** Among all replicas; absent where there is one process. */
  readonly claim?: ClaimTicket | undefined;
}

export class JobTickets {
  readonly #options: JobTicketsOptions;
  /** The key is the id. An entry stays until no valid ticket can have that id. */
  readonly #used = new Map<string, Pick<Ticket, 'until' | 'user'>>();

  constructor(options: JobTicketsOptions) {
    this.#options = options;
  }

  get cookieName(): string {
    return this.#options.cookieName;
  }

  /** Issues a ticket for that user. */
  issue(opened: Opened, user: string): Promise<string> {
    const { keys, clock } = this.#options;
    const ticket: Ticket = { ...opened, user, id: randomWord(), until: clock.now() + validMs };
    return sealText(JSON.stringify(ticket), 'ticket', keys);
  }

  /** Undefined for one that is used, too old, of another job, or none. */
  async redeem(sealed: string, label: string): Promise<Opened | undefined> {
    const { keys, clock, claim } = this.#options;
    const text = await openText(sealed, 'ticket', keys);
    if (text === undefined) return undefined;
    const { id, until, user, place, carried } = JSON.parse(text) as Ticket;
    const now = clock.now();
    let usedByUser = 0;
    for (const [other, used] of this.#used) {
      if (used.until <= now) this.#used.delete(other);
      else if (used.user === user) usedByUser += 1;
    }
    if (until <= now || labelOf(place) !== label || this.#used.has(id)) return undefined;
    if (usedByUser >= maxUsedOfUser)
      throw new ConsoleError('TooManyRequests', 'You opened too many jobs in the last half minute: try again.');
    if (!isFairShare(usedByUser + 1, this.#used.size + 1, maxUsed))
      throw new ConsoleError('TooManyRequests', 'Too many jobs were opened in the last half minute: try again.');
    this.#used.set(id, { until, user });
    const isFirst = await claim?.({ id, user, until }).catch((error: unknown) => {
      // Nobody knows that it was used: it is good for another try.
      this.#used.delete(id);
      throw error;
    });
    return isFirst === false ? undefined : { place, carried };
  }

  /** Values of `Set-Cookie`. */
  async cookies(opened: Opened): Promise<readonly string[]> {
    const { keys, style, cookieName } = this.#options;
    const sealed = await sealText(JSON.stringify(opened), 'opened', keys);
    const cookies = setPieces(cookieName, sealed, style);
    if (cookies === undefined) throw new ConsoleError('Internal', 'The session is too large for the page of a job.');
    return cookies;
  }

  async opened(cookies: Cookies, label: string): Promise<Opened | undefined> {
    const { keys, style, cookieName } = this.#options;
    const sealed = piecesIn(cookieName, cookies, style);
    const text = sealed === '' ? undefined : await openText(sealed, 'opened', keys);
    if (text === undefined) return undefined;
    const opened = JSON.parse(text) as Opened;
    // Another job of the same person could send its own cookie's text here.
    return labelOf(opened.place) === label ? opened : undefined;
  }
}
