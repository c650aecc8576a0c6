/**
 * Limits concurrent requests to the API server, for each user and in total, and the bytes of their bodies.
 * Promise: users take turns, so one who sends thousands delays nobody else by more than one request; one user's requests keep their order. Each user may
 * have a few small requests under way though others hold all turns and let none go, by bodies that they send slowly or responses that they do not read.
 */
import { ConsoleError } from '../errors.ts';
import type { Limits } from '../limits.ts';

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

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

interface OfUser {
  /** Requests and bytes under way. */
  requests: number;
  bytes: number;
  readonly waiting: Waiting[];
}

export class RequestGate {
  readonly #limits: GateLimits;
  /** Users with a request under way or waiting; in the order of their turns. */
  readonly #users = new Map<string, OfUser>();
  #requests = 0;
  #bytes = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Resolves when the request may go; what it resolves with must be called when it is over. Rejects with `TooManyRequests`, or by `signal`. */
  async enter(user: string, bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const ofUser = this.#users.get(user) ?? { requests: 0, bytes: 0, waiting: [] };
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
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      ofUser.requests -= 1;
      ofUser.bytes -= bytes;
      this.#requests -= 1;
      this.#bytes -= bytes;
      this.#forgetIdle(user, ofUser);
      this.#dispatch();
    };
  }

  /** Whether another user waits for what others hold, and for nothing of their own. */
  isWantedByOthers(user: string): boolean {
    const { requestsOfUser, bodyBytesOfUser } = this.#limits;
    for (const [name, { requests, bytes, waiting }] of this.#users) {
      const [next] = waiting;
      if (name === user || next === undefined) continue;
      if (requests < requestsOfUser && bytes + next.bytes <= bodyBytesOfUser) return true;
    }
    return false;
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
      // To the end of the turns.
      this.#users.delete(name);
      this.#users.set(name, ofUser);
      next.start();
    }
  }

  #nextUser(): readonly [string, OfUser] | undefined {
    const { requests, requestsOfUser, requestsOfEach, bodyBytes, bodyBytesOfUser, bodyBytesOfEach } = this.#limits;
    if (this.#requests >= 2 * requests) return undefined;
    const most = this.#requests < requests ? requestsOfUser : requestsOfEach;
    for (const user of this.#users) {
      const [, ofUser] = user;
      const [next] = ofUser.waiting;
      if (next === undefined || ofUser.requests >= most) continue;
      const bytes = ofUser.bytes + next.bytes;
      if (bytes <= bodyBytesOfEach || (bytes <= bodyBytesOfUser && this.#bytes + next.bytes <= bodyBytes)) return user;
    }
    return undefined;
  }

  #forgetIdle(user: string, { requests, waiting }: OfUser): void {
    if (requests === 0 && waiting.length === 0) this.#users.delete(user);
  }
}

function tooMany(limit: number): ConsoleError {
  return new ConsoleError(
    'TooManyRequests',
    `More than ${String(limit)} requests of yours are waiting for the API server: try again in a moment.`,
  );
}
