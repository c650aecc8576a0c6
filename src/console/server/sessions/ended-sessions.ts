/** Sessions that were ended before their time, by a log-out or by a new login in the same browser. */
import type { Clock } from '../../../kernel/index.ts';
import { isEnded, withEnded, type EndableSession, type Entries } from './ended-record.ts';

export interface EndedSessions {
  /** Throws a `ConsoleError` where that is not known: the session must not be used then. */
  isEnded(session: EndableSession): boolean;
  /** Ends a session here at once. Resolves when it has ended wherever its cookie is accepted. */
  end(session: EndableSession): Promise<void>;
}

export interface EndedSessionsOptions {
  readonly clock: Clock;
  readonly maxSessionMs: number;
}

/** Keeps ended sessions in memory, for one process whose cookies end with it. */
export class EndedInMemory implements EndedSessions {
  readonly #options: EndedSessionsOptions;
  #entries: Entries = new Map();

  constructor(options: EndedSessionsOptions) {
    this.#options = options;
  }

  isEnded(session: EndableSession): boolean {
    return isEnded(this.#entries, session, this.#options.clock.now());
  }

  end(session: EndableSession): Promise<void> {
    const { clock, maxSessionMs } = this.#options;
    this.#entries = withEnded(this.#entries, session, { now: clock.now(), maxSessionMs });
    return Promise.resolve();
  }
}
