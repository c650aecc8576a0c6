/**
 * Which streams are open in this process, by session and by user, so that they end with the session and no users take all of them.
 * Promise: where there is no room, a new stream takes the place of one of the user with the most, unless its own user would have more than that one then.
 * The session of that user that came last gives up its last stream.
 */
import { ConsoleError, noSession } from '../errors.ts';
import type { UserSession } from './authenticator.ts';

export type EndStream = (reason: ConsoleError) => void;

interface OpenStreamsOptions {
  /** The limit for all users together. */
  readonly maxStreams: number;
  /** The limit for one user, in all of their sessions. A page needs about ten: lists, a log, a terminal. */
  readonly maxStreamsOfUser: number;
}

interface OfSession {
  readonly session: UserSession;
  readonly ends: Set<EndStream>;
}

export class OpenStreams {
  readonly #options: OpenStreamsOptions;
  /** Only those with a stream. */
  readonly #bySession = new Map<string, OfSession>();
  readonly #countByUser = new Map<string, number>();
  #count = 0;
  #stopped: ConsoleError | undefined;

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** Throws where there are too many. What it returns takes the stream off again. `end` is called at most once, and not after that. */
  add(session: UserSession, end: EndStream): () => void {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (session.isEnded()) throw noSession();
    const ofUser = this.#countByUser.get(session.user) ?? 0;
    if (ofUser >= this.#options.maxStreamsOfUser) throw tooManyOfUser(this.#options.maxStreamsOfUser);
    if (this.#count >= this.#options.maxStreams) this.#endOneFor(ofUser);
    const streams = this.#bySession.get(session.sessionId) ?? { session, ends: new Set<EndStream>() };
    this.#bySession.set(session.sessionId, streams);
    streams.ends.add(end);
    this.#count += 1;
    this.#countByUser.set(session.user, ofUser + 1);
    return () => {
      if (streams.ends.delete(end)) this.#removed(streams, 1);
    };
  }

  /** Throws where nobody has so many more that one may be taken from them. */
  #endOneFor(ofUser: number): void {
    const most = Math.max(...this.#countByUser.values());
    if (most < ofUser + 2) throw tooMany();
    const newest = [...this.#bySession.values()]
      .filter(({ session: { user } }) => this.#countByUser.get(user) === most)
      .at(-1);
    const end = [...(newest?.ends ?? [])].at(-1);
    if (newest === undefined || end === undefined) throw tooMany();
    newest.ends.delete(end);
    this.#removed(newest, 1);
    end(tooMany());
  }

  endStreams(sessionId: string, reason: ConsoleError): void {
    const streams = this.#bySession.get(sessionId);
    if (streams !== undefined) this.#end(streams, reason);
  }

  /** Ends the streams of all sessions that are ended by now, as far as that is known. */
  endEnded(reason: ConsoleError): void {
    for (const streams of [...this.#bySession.values()])
      if (isKnownToBeEnded(streams.session)) this.#end(streams, reason);
  }

  /** No stream begins after it. */
  stop(reason: ConsoleError): void {
    this.#stopped = reason;
    for (const streams of [...this.#bySession.values()]) this.#end(streams, reason);
  }

  #end(streams: OfSession, reason: ConsoleError): void {
    const ending = [...streams.ends];
    streams.ends.clear();
    this.#removed(streams, ending.length);
    for (const end of ending) end(reason);
  }

  #removed({ session: { sessionId, user }, ends }: OfSession, count: number): void {
    this.#count -= count;
    if (ends.size === 0) this.#bySession.delete(sessionId);
    const ofUser = (this.#countByUser.get(user) ?? 0) - count;
    if (ofUser > 0) this.#countByUser.set(user, ofUser);
    else this.#countByUser.delete(user);
  }
}

function isKnownToBeEnded(session: UserSession): boolean {
  try {
    return session.isEnded();
  } catch {
    return false;
  }
}

function tooManyOfUser(limit: number): ConsoleError {
  return new ConsoleError(
    'TooManyStreams',
    `You have ${String(limit)} lists, logs and terminals open in all your browsers, which is the limit: close some tabs of this console.`,
  );
}

function tooMany(): ConsoleError {
  return new ConsoleError(
    'TooManyStreams',
    'The console has as many lists, logs and terminals open as its memory allows: close some tabs of this console, or try again in a moment; and tell the administrator of the console.',
  );
}
