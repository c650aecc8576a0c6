/** Reads the output of a job as it comes, goes on after a break, and ends with the job. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { JOB_CONTAINER } from '../../../api/index.ts';
import { asClusterError, ClusterError, notAnswering } from '../cluster/errors.ts';
import { heard } from '../cluster/heard.ts';
import { pathOf, pods } from '../cluster/object.ts';
import { sleep } from '../cluster/sleep.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';
import { LogLines } from './log-lines.ts';

export interface JobLogState {
  readonly log: LogLines;
  readonly phase: 'waiting' | 'open' | 'ended' | 'broken';
  readonly problem?: ClusterError;
}

const firstWaitMs = 1_000;
const mostWaitMs = 10_000;
/**
 * An API server that has just started refuses at first what it let pass before. So many refusals in a row, of output that was read before, are not
 * the last word.
 */
const mostEarlyRefusals = 3;
/** Many small pieces become one change of the page. */
const gatherMs = 60;

/** `isEnded`: the container writes no more. `pod` undefined: there is none yet. */
export function useJobLog(
  namespace: string,
  pod: string | undefined,
  isEnded: boolean,
): JobLogState & { readonly version: number } {
  const { connection } = useCluster();
  const [reading] = useState(() => new Reading());
  useEffect(() => {
    reading.tell(isEnded);
  }, [reading, isEnded]);
  useEffect(() => {
    if (pod === undefined) return undefined;
    const abort = new AbortController();
    void reading.read(
      (since) =>
        connection.stream(
          pathOf(pods, { namespace, name: pod, subresource: 'log' }),
          { container: JOB_CONTAINER, follow: true, timestamps: true, sinceTime: since },
          abort.signal,
        ),
      connection.silentAfterMs,
      abort.signal,
    );
    return () => abort.abort();
  }, [connection, namespace, pod, reading]);
  const version = useSyncExternalStore(reading.subscribe, () => reading.version);
  return { ...reading.state, version };
}

const encoder = new TextEncoder();

class Reading {
  #isEnded = false;
  version = 0;
  #state: JobLogState = { log: new LogLines(), phase: 'waiting' };
  readonly #listeners = new Set<() => void>();
  #gathering: ReturnType<typeof setTimeout> | undefined;

  /** Whether the container writes no more. */
  tell(isEnded: boolean): void {
    this.#isEnded = isEnded;
  }

  get state(): JobLogState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async read(
    open: (since: string | undefined) => Promise<AsyncIterable<Uint8Array | string>>,
    silentAfterMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const log = this.#state.log;
    let waitMs = firstWaitMs;
    let refusals = 0;
    const hearing = {
      afterMs: silentAfterMs,
      onSilence: () => this.#set({ log, phase: 'broken', problem: notAnswering() }),
      onSound: () => this.#set({ log, phase: 'open' }),
    };
    while (!signal.aborted) {
      // Before the stream: what ends meanwhile is read once more, to its last line.
      const wasEnded = this.#isEnded;
      try {
        log.resume();
        const chunks = await open(wholeSeconds(log.since));
        this.#set({ log, phase: 'open' });
        refusals = 0;
        for await (const chunk of heard(chunks, hearing)) {
          waitMs = firstWaitMs;
          log.add(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
          this.#gather();
        }
        if (wasEnded) {
          log.end();
          this.#set({ log, phase: 'ended' });
          return;
        }
        this.#gather();
      } catch (thrown) {
        if (isAborted(signal)) return;
        const problem = asClusterError(thrown);
        if (wasEnded && problem.kind !== 'offline') {
          this.#set({ log, phase: 'ended', problem });
          return;
        }
        if (problem.kind === 'forbidden') {
          refusals += 1;
          this.#set({ log, phase: 'broken', problem: this.#refusal(problem, refusals) });
          // Before the container has begun the API server refuses; that is no fault.
        } else this.#set(problem.kind === 'invalid' ? { log, phase: 'waiting' } : { log, phase: 'broken', problem });
        if (problem.kind === 'sessionEnded') return;
      }
      await sleep(waitMs, signal).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, mostWaitMs);
    }
  }

  /** What is said of a refusal. */
  #refusal(problem: ClusterError, refusals: number): ClusterError {
    const former = this.#state.problem;
    // Why it ended says more than that it is refused since.
    if (former?.code === 'AccessEnded') return former;
    const wasRead = this.#state.log.lines.length > 0;
    const isEarly = wasRead && problem.code !== 'AccessEnded' && refusals <= mostEarlyRefusals;
    return isEarly ? new ClusterError('offline', texts.errors.interrupted) : problem;
  }

  #set(state: JobLogState): void {
    this.#state = state;
    this.#tell();
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => this.#tell(), gatherMs);
  }

  #tell(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The API server takes whole seconds; what came in that second comes again and is passed over. */
function wholeSeconds(time: string | undefined): string | undefined {
  return time?.replace(/\.\d+Z$/, 'Z');
}
