/**
 * Which streams are open in this process, by session, so that they end with it; and which sessions were ended before their time.
 */
import type { Clock } from '../../../kernel/index.ts';
import { ConsoleError, noSession } from '../errors.ts';

/** A page needs some ten: lists, a log, a terminal. Several tabs share a session. */
const maxStreamsOfSession = 100;
const maxStreams = 10_000;
/** Ended sessions are remembered until they would have ended by themselves; the oldest are forgotten beyond this number. */
const maxEnded = 100_000;

export type EndStream = (reason: ConsoleError) => void;

export class OpenStreams {
  readonly #clock: Clock;
  readonly #bySession = new Map<string, Set<EndStream>>();
  /** Until when each ended session has to be remembered. */
  readonly #ended = new Map<string, number>();
  #count = 0;
  #stopped: ConsoleError | undefined;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /** Throws where there are too many. The answer takes it off again. `end` is called at most once, and not after that. */
  add(sessionId: string, end: EndStream): () => void {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.isEnded(sessionId)) throw noSession();
    const streams = this.#bySession.get(sessionId) ?? new Set<EndStream>();
    if (streams.size >= maxStreamsOfSession || this.#count >= maxStreams) {
      throw new ConsoleError(
        'TooManyStreams',
        'Too many streams are open: close some tabs or terminals of this console.',
      );
    }
    this.#bySession.set(sessionId, streams);
    streams.add(end);
    this.#count += 1;
    return () => {
      if (!streams.delete(end)) return;
      this.#count -= 1;
      if (streams.size === 0 && this.#bySession.get(sessionId) === streams) this.#bySession.delete(sessionId);
    };
  }

  /** Ends the session's streams, and has its cookies refused until `until`, when they would be refused anyway. */
  endSession(sessionId: string, until: number, reason: ConsoleError): void {
    const [oldest] = this.#ended.keys();
    if (this.#ended.size >= maxEnded && oldest !== undefined) this.#ended.delete(oldest);
    this.#ended.set(sessionId, until);
    this.endStreams(sessionId, reason);
  }

  endStreams(sessionId: string, reason: ConsoleError): void {
    const streams = this.#bySession.get(sessionId);
    this.#bySession.delete(sessionId);
    this.#end(streams ?? new Set(), reason);
  }

  isEnded(sessionId: string): boolean {
    const until = this.#ended.get(sessionId);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#ended.delete(sessionId);
    return false;
  }

  /** No stream begins after it. */
  stop(reason: ConsoleError): void {
    this.#stopped = reason;
    for (const streams of this.#bySession.values()) this.#end(streams, reason);
    this.#bySession.clear();
  }

  #end(streams: Set<EndStream>, reason: ConsoleError): void {
    this.#count -= streams.size;
    const ending = [...streams];
    streams.clear();
    for (const end of ending) end(reason);
  }
}
