/**
 * Sessions that were ended before their time, shared by all replicas and kept over restarts: in one ConfigMap that the chart makes. The
 * console's service account may get and patch it, and nothing else (docs/decisions/0003-console-log-out.md).
 *
 * Promise: what `end` has resolved for is refused by every replica within `readEveryMs` and one response's time. A replica that has not read
 * the record for `confirmedForMs` refuses every session. What is taken out of the record by accident is put back.
 * Caller's duty: call `run`.
 */
import {
  TwoClocks,
  isKernelError,
  pause,
  sleep,
  withTimeLimit,
  type KubeClient,
  type Logger,
  type Moment,
  type ObjectRef,
} from '../../../kernel/index.ts';
import { ConsoleError } from '../errors.ts';
import { configMaps } from '../proxy/config-maps.ts';
import { entriesIn, isEnded, merged, patchOf, withEnded, type EndableSession, type Entries } from './ended-record.ts';
import type { EndedSessions, EndedSessionsOptions } from './ended-sessions.ts';

export const readEveryMs = 2_000;
/** While the API server is away no request of a session has a response, so that refusing it costs nobody anything. */
export const confirmedForMs = 30_000;
/** A log-out waits for the record no longer than this; it is written later all the same. */
const writeLimitMs = 5_000;
const requestLimitMs = 5_000;
/** Each write is a copy of the whole record in etcd: log-outs within this time go into one. */
const writeGapMs = 1_000;

interface SharedEndedSessionsOptions extends EndedSessionsOptions {
  /** Has the rights of the console's own service account. */
  readonly client: KubeClient;
  readonly configMap: ObjectRef;
  readonly log: Logger;
  /** Called when sessions were ended, here or elsewhere. */
  readonly onEnded: () => void;
}

export class SharedEndedSessions implements EndedSessions {
  readonly #options: SharedEndedSessionsOptions;
  readonly #clocks: TwoClocks;
  /** What is in force here. */
  #entries: Entries = new Map();
  /** What the ConfigMap holds, as it was last seen. */
  #record: Entries = new Map();
  /** When the last request was sent whose response said what the ConfigMap holds. */
  #confirmedAt: Moment | undefined;
  /** Each is called when a write has succeeded that began after it was added. */
  #waiting: (() => void)[] = [];
  #isWriting = false;
  #wroteAt = -Infinity;
  #isFailing = false;
  #signal = new AbortController().signal;

  constructor(options: SharedEndedSessionsOptions) {
    this.#options = options;
    this.#clocks = new TwoClocks(options.clock);
  }

  /** False before the record was read, and where that was too long ago. */
  get isConfirmed(): boolean {
    return this.#confirmedAt !== undefined && this.#clocks.longestSince(this.#confirmedAt) < confirmedForMs;
  }

  isEnded(session: EndableSession): boolean {
    if (isEnded(this.#entries, session, this.#options.clock.now())) return true;
    if (!this.isConfirmed) throw unconfirmed();
    return false;
  }

  async end(session: EndableSession): Promise<void> {
    const { clock, maxSessionMs, onEnded } = this.#options;
    this.#entries = withEnded(this.#entries, session, { now: clock.now(), maxSessionMs });
    onEnded();
    const written = this.#nextWrite();
    void this.#write();
    await written;
  }

  /** Reads the record until `signal` is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    while (!signal.aborted) {
      await this.#read();
      void this.#write();
      await pause(readEveryMs, { clock: this.#options.clock, signal });
    }
  }

  async #read(): Promise<void> {
    const { client, configMap, clock, onEnded } = this.#options;
    const sentAt = this.#clocks.moment();
    try {
      const found = await this.#limited((signal) => client.get(configMaps, configMap, { signal }));
      if (found === undefined) throw new ConsoleError('ConfigNotReadable', 'The ConfigMap is not there.');
      const before = this.#entries;
      this.#record = entriesIn(found.data);
      this.#entries = merged(before, this.#record, clock.now());
      this.#confirmedAt = sentAt;
      this.#succeeded();
      if ([...this.#entries.keys()].some((key) => !before.has(key))) onEnded();
    } catch (error) {
      this.#failed(error, 'reading');
    }
  }

  /** Resolves with the next write that has all of now in it; rejects where that takes too long. */
  #nextWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      const written = (): void => {
        cancel();
        resolve();
      };
      const cancel = this.#options.clock.schedule(() => reject(unwritten()), writeLimitMs);
      this.#waiting.push(written);
    });
  }

  /** One at a time. What has failed is tried again after the next read. */
  async #write(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (patchOf(this.#record, this.#entries) !== undefined || this.#waiting.length > 0) await this.#writeOnce();
    } catch (error) {
      this.#failed(error, 'writing');
    } finally {
      this.#isWriting = false;
    }
  }

  async #writeOnce(): Promise<void> {
    const { client, configMap, clock } = this.#options;
    const waitMs = this.#wroteAt + writeGapMs - clock.steadyNow();
    if (waitMs > 0) await sleep(Math.min(waitMs, writeGapMs), { clock, signal: this.#signal });
    const [data, waiting] = [patchOf(this.#record, this.#entries), this.#waiting];
    this.#wroteAt = clock.steadyNow();
    if (data !== undefined) {
      const found = await this.#limited((signal) => client.patch(configMaps, configMap, { data }, { signal }));
      this.#record = entriesIn(found.data);
    }
    this.#waiting = this.#waiting.filter((each) => !waiting.includes(each));
    for (const written of waiting) written();
    this.#succeeded();
  }

  #limited<T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withTimeLimit({ limitMs: requestLimitMs, clock: this.#options.clock, signal: this.#signal }, request);
  }

  #succeeded(): void {
    if (this.#isFailing) this.#options.log.info('the record of ended sessions can be used again');
    this.#isFailing = false;
  }

  /** One line when it begins to fail, not one for each try. */
  #failed(error: unknown, what: string): void {
    if (!this.#isFailing && !this.#signal.aborted) {
      const { namespace = '', name } = this.#options.configMap;
      const hint = isKernelError(error, 'Forbidden')
        ? ' (the service account must be allowed to get and patch it)'
        : '';
      this.#options.log.warn(
        { error, configMap: `${namespace}/${name}` },
        `${what} the record of ended sessions failed${hint}; no session is accepted until it can be used`,
      );
    }
    this.#isFailing = true;
  }
}

function unconfirmed(): ConsoleError {
  return new ConsoleError(
    'ApiServerUnreachable',
    'The console cannot check whether this session was ended, because it cannot read the record of log-outs: try again in a moment.',
  );
}

function unwritten(): ConsoleError {
  return new ConsoleError(
    'ApiServerUnreachable',
    'You are logged out in this browser. The record of log-outs cannot be written now; copies of this session end as soon as it can.',
  );
}
