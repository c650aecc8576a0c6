/**
 * Ends a stream when the right to it ends: asks the API server again, on a timer, whether or not anything moves in the stream.
 *
 * Promise: `end` is called within `everyMs` (and one answer's time) of a revoke, a refused token or an expired session, and where nobody can
 * say so for `unconfirmedLimitMs`; `confirmed` is called each time the right was found to be there. Streams of one session about one thing share one
 * question.
 */
import { withTimeLimit, type Clock, type ResourceAttributes } from '../../../kernel/index.ts';
import { ConsoleError, isConsoleError } from '../errors.ts';
import { RequestGate, withoutBodies } from '../proxy/request-gate.ts';
import { mayI } from '../proxy/reviews.ts';
import type { EndStream } from '../sessions/open-streams.ts';
import type { UserSession } from '../sessions/authenticator.ts';

export const recheckEveryMs = 5_000;
/** An API server that restarts is back by then; a stream whose right cannot be confirmed for longer ends. */
const unconfirmedLimitMs = 30_000;
/** A question that has no answer by then has failed. */
const answerLimitMs = 10_000;
/**
 * Questions at once, of one user about one cluster and of all. A user with all their streams about different things is
 * asked for within a second, at 150 ms for a question. These turns are not those of requests, with which a user could delay the end of a right.
 */
export const maxQuestionsOfUser = 16;
const maxQuestions = 64;
const gateLimits = {
  requests: maxQuestions,
  requestsOfUser: maxQuestionsOfUser,
  requestsOfEach: 1,
  // Each stream has one question at most.
  ...withoutBodies,
};

/** A stream whose right is asked for again. */
interface WatchedStream {
  readonly end: EndStream;
  readonly confirmed: () => void;
}

interface Entry {
  readonly streams: Set<WatchedStream>;
  cancel: () => void;
  isStopped: boolean;
}

export class AccessWatch {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #gate: RequestGate;

  constructor({ clock, everyMs = recheckEveryMs }: { readonly clock: Clock; readonly everyMs?: number }) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#gate = new RequestGate(gateLimits, clock);
  }

  /** What it returns ends the watching. */
  add(session: UserSession, context: string, attributes: ResourceAttributes, stream: WatchedStream): () => void {
    const key = JSON.stringify([session.sessionId, context, attributes]);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { streams: new Set(), cancel: () => undefined, isStopped: false };
      this.#entries.set(key, entry);
      this.#schedule(key, entry, () => this.#ask(session, context, attributes), this.#clock.steadyNow());
    }
    const { streams } = entry;
    streams.add(stream);
    return () => {
      streams.delete(stream);
      if (streams.size === 0) this.#stop(key);
    };
  }

  #schedule(key: string, entry: Entry, question: () => Promise<ConsoleError | undefined>, confirmedAt: number): void {
    // Spread, so that sessions that began together do not ask together.
    const delayMs = this.#everyMs * (0.8 + Math.random() * 0.2);
    entry.cancel = this.#clock.schedule(() => {
      void question().then((reason) => {
        if (entry.isStopped) return;
        const now = this.#clock.steadyNow();
        const isUnknown = reason?.code === 'ApiServerUnreachable';
        if (reason === undefined) {
          for (const { confirmed } of entry.streams) confirmed();
          this.#schedule(key, entry, question, now);
        } else if (isUnknown && now - confirmedAt < unconfirmedLimitMs)
          this.#schedule(key, entry, question, confirmedAt);
        else {
          this.#stop(key);
          for (const { end } of entry.streams) end(reason);
        }
      });
    }, delayMs);
  }

  /** Undefined: the right is there. */
  async #ask(session: UserSession, context: string, attributes: ResourceAttributes): Promise<ConsoleError | undefined> {
    try {
      const isAllowed = await withTimeLimit({ limitMs: answerLimitMs, clock: this.#clock }, (signal) =>
        this.#gate.run(`${session.user} ${context}`, signal, async () =>
          mayI(await session.credentials(context), attributes, signal),
        ),
      );
      return isAllowed ? undefined : accessEnded();
    } catch (error) {
      if (isConsoleError(error)) return error;
      return new ConsoleError('ApiServerUnreachable', 'The API server could not confirm your access: try again.', {
        cause: error,
      });
    }
  }

  #stop(key: string): void {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    if (entry === undefined) return;
    entry.isStopped = true;
    entry.cancel();
  }
}

/** The reason to end an open stream, whose user had the right before. */
export function accessEnded(): ConsoleError {
  return new ConsoleError('AccessEnded', 'Your access has ended: it was revoked, or it expired.');
}

/** The reason not to open a stream or a page. The user may never have had the right. */
export function noAccess(): ConsoleError {
  return new ConsoleError(
    'AccessEnded',
    "You don't have permission for this: it was never given, was revoked, or has expired. Ask an administrator of the namespace.",
  );
}
