/**
 * Limits concurrent requests to the API server, for each user and in total, and the bytes of their bodies.
 *
 * Promises:
 * - The next turn goes to the user with the fewest requests under way, so a user who sends thousands delays nobody else by more than one request.
 *   Among users with equally many, it goes to the one whose recent turns were the shortest, so that slow requests do not get ahead of those of
 *   others again and again.
 * - The requests of one user keep their order.
 * - Each user may have a few small requests under way, even while others hold all other turns.
 *
 * Caller's duty: to end a request that has waited for its own slow browser for `heldLimitMs`. So no browser keeps a turn that another user waits
 * for longer than half a minute.
 */
import { RecentMap, type Clock } from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';
import { isFairShare } from '../fair-share.ts';
import type { Limits } from '../limits.ts';
import { RecentTime } from './recent-time.ts';

type GateLimits = Pick<
  Limits,
  | 'requests'
  | 'requestsOfUser'
  | 'requestsOfEach'
  | 'waitingOfUser'
  | 'bodyBytes'
  | 'bodyBytesOfUser'
  | 'bodyBytesOfEach'
>;

/** Limits for requests without bodies whose number the caller limits. */
export const withoutBodies = {
  waitingOfUser: Infinity,
  bodyBytes: Infinity,
  bodyBytesOfUser: Infinity,
  bodyBytesOfEach: Infinity,
} as const satisfies Partial<GateLimits>;

/**
 * How long a request that waits for its own browser keeps what another user waits for. The short limit holds for a user with the most turns, where
 * the other one has at least two fewer, and for one whose recent turns were much longer, where the other one has fewer. It leaves time for a
 * connection that stalls for a moment; the long limit, for all others, leaves time for a large value over a slow link.
 */
const heldByMostMs = 5_000;
const heldByOthersMs = 30_000;
const muchLongerMs = 15_000;
/** Users whose times are remembered; who is forgotten begins with none. */
const maxRemembered = 10_000;

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

interface OfUser {
  /** Requests and bytes under way. */
  requests: number;
  bytes: number;
  readonly waiting: Waiting[];
  /** How long the turns lasted that are over. */
  readonly time: RecentTime;
}

export class RequestGate {
  readonly #limits: GateLimits;
  readonly #clock: Clock;
  readonly #times = new RecentMap<string, RecentTime>(maxRemembered);
  /** Users with a request under way or waiting; the one whose last turn began longest ago first. */
  readonly #users = new Map<string, OfUser>();
  #requests = 0;
  #bytes = 0;

  constructor(limits: GateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Resolves when the request may go; what it resolves with must be called when it is over. Rejects with `TooManyRequests`, or by `signal`. */
  async enter(user: string, bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const time = this.#times.getOrMake(user, () => new RecentTime());
    const ofUser = this.#users.get(user) ?? { requests: 0, bytes: 0, waiting: [], time };
    if (ofUser.waiting.length >= this.#limits.waitingOfUser) throw tooMany(this.#limits.waitingOfUser);
    this.#users.set(user, ofUser);
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        bytes,
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        ofUser.waiting.splice(ofUser.waiting.indexOf(waiting), 1);
        this.#forgetIdle(user, ofUser);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      ofUser.waiting.push(waiting);
      this.#dispatch();
    });
    const begunAt = this.#clock.steadyNow();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const now = this.#clock.steadyNow();
      ofUser.time.add(now - begunAt, now);
      ofUser.requests -= 1;
      ofUser.bytes -= bytes;
      this.#requests -= 1;
      this.#bytes -= bytes;
      this.#forgetIdle(user, ofUser);
      this.#dispatch();
    };
  }

  /** How long a request of the user that holds so many bytes may have waited for its own browser, as things are now. */
  heldLimitMs(user: string, bytes: number): number {
    const own = this.#users.get(user);
    if (own === undefined) return Infinity;
    const now = this.#clock.steadyNow();
    const hasMost = [...this.#users.values()].every(({ requests }) => requests <= own.requests);
    let limitMs = Infinity;
    for (const ofUser of this.#users.values()) {
      const wanted = ofUser === own ? undefined : this.#wantsOf(own, ofUser);
      const fewer = own.requests - ofUser.requests;
      const isMuchLonger = own.time.until(now) - ofUser.time.until(now) > muchLongerMs;
      if (wanted === 'turn' && ((hasMost && fewer >= 2) || (isMuchLonger && fewer >= 1))) return heldByMostMs;
      if (wanted === 'turn' || (wanted === 'bytes' && bytes > 0)) limitMs = heldByOthersMs;
    }
    return limitMs;
  }

  /** Does it in turn. Rejects as `enter` does. */
  async run<T>(user: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    const end = await this.enter(user, 0, signal);
    try {
      return await act();
    } finally {
      end();
    }
  }

  #dispatch(): void {
    for (let user = this.#nextUser(); user !== undefined; user = this.#nextUser()) {
      const [name, ofUser] = user;
      const next = ofUser.waiting.shift();
      if (next === undefined) return;
      ofUser.requests += 1;
      ofUser.bytes += next.bytes;
      this.#requests += 1;
      this.#bytes += next.bytes;
      // The last one among those with as many.
      this.#users.delete(name);
      this.#users.set(name, ofUser);
      next.start();
    }
  }

  #nextUser(): readonly [string, OfUser] | undefined {
    const { bodyBytes, bodyBytesOfUser, bodyBytesOfEach } = this.#limits;
    const most = this.#mostRequests();
    const now = this.#clock.steadyNow();
    let first: readonly [string, OfUser] | undefined;
    for (const user of this.#users) {
      const [, ofUser] = user;
      const [next] = ofUser.waiting;
      if (next === undefined || ofUser.requests >= most || (first && !isBefore(ofUser, first[1], now))) continue;
      const bytes = ofUser.bytes + next.bytes;
      const isFair = bytes <= bodyBytesOfUser && isFairShare(bytes, this.#bytes + next.bytes, bodyBytes);
      if (isFair || bytes <= bodyBytesOfEach) first = user;
    }
    return first;
  }

  /** The most requests that a user can have under way and still get another turn now. */
  #mostRequests(): number {
    const { requests, requestsOfUser, requestsOfEach } = this.#limits;
    if (this.#requests >= 2 * requests) return 0;
    return this.#requests < requests ? requestsOfUser : requestsOfEach;
  }

  /** What the user waits for that the other one has. Undefined: for nothing, or for requests of their own. Bytes beyond a first body go to who has fewer. */
  #wantsOf(other: OfUser, { requests, bytes, waiting: [next] }: OfUser): 'turn' | 'bytes' | undefined {
    const { requestsOfUser, bodyBytesOfUser } = this.#limits;
    if (next === undefined || requests >= requestsOfUser || bytes + next.bytes > bodyBytesOfUser) return undefined;
    if (requests >= this.#mostRequests()) return 'turn';
    return bytes === 0 || bytes + next.bytes <= other.bytes ? 'bytes' : undefined;
  }

  #forgetIdle(user: string, { requests, waiting }: OfUser): void {
    if (requests === 0 && waiting.length === 0) this.#users.delete(user);
  }
}

function isBefore(one: OfUser, other: OfUser, now: number): boolean {
  if (one.requests !== other.requests) return one.requests < other.requests;
  return one.time.until(now) < other.time.until(now);
}

function tooMany(limit: number): ConsoleError {
  return new ConsoleError(
    'TooManyRequests',
    `More than ${String(limit)} requests of yours are waiting for the API server: try again in a moment.`,
  );
}
