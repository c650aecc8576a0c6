/**
 * Limits concurrent requests to the API server, for each user and in total, and the bytes of their bodies.
 * Promise: users take turns, so one who sends thousands delays nobody else by more than one request; one user's requests keep their order.
 */
import { ConsoleError } from '../errors.ts';
import type { Limits } from '../limits.ts';

type GateLimits = Pick<Limits, 'requests' | 'requestsOfUser' | 'waitingOfUser' | 'bodyBytes' | 'bodyBytesOfUser'>;

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
    const { requests, requestsOfUser, bodyBytes, bodyBytesOfUser } = this.#limits;
    if (this.#requests >= requests) return undefined;
    for (const user of this.#users) {
      const [, ofUser] = user;
      const bytes = ofUser.waiting[0]?.bytes;
      if (
        bytes !== undefined &&
        ofUser.requests < requestsOfUser &&
        ofUser.bytes + bytes <= bodyBytesOfUser &&
        this.#bytes + bytes <= bodyBytes
      )
        return user;
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
