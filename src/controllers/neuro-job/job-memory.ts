/**
 * What this process remembers of unfinished jobs, by the steady clock: when it first saw them and last saw them change, and whose last words
 * are to be read. Losing it costs a few requests, and nothing else.
 */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { JobFacts } from './facts.ts';

/** Other jobs' values may be in the way; after this, last words are left out. */
const longestWordsWaitMs = 10_000;

type Times = Pick<JobFacts, 'firstSeenMs' | 'changedMs'>;

export class JobMemory {
  /** Since when last words have waited to be read, by the steady clock. */
  readonly #wordsDue = new Map<ObjectKey, number>();
  readonly #times = new Map<ObjectKey, Times & { readonly uid: string }>();

  /** Returns the times by the clock that decides when time limits are reached, even if that clock was set since. */
  look(key: ObjectKey, uid: string, isFinished: boolean, { cause, nowMs, steadyMs }: Known): Times {
    const former = this.#times.get(key);
    const isSame = former?.uid === uid;
    const times = {
      firstSeenMs: isSame ? former.firstSeenMs : steadyMs,
      changedMs: isSame && cause !== 'change' && cause !== 'resync' ? former.changedMs : steadyMs,
    };
    if (isFinished) this.#times.delete(key);
    else this.#times.set(key, { ...times, uid });
    const byDeadlines = (ms: number): number => nowMs - (steadyMs - ms);
    return { firstSeenMs: byDeadlines(times.firstSeenMs), changedMs: byDeadlines(times.changedMs) };
  }

  /** Whether this process has seen the container end before the job did, and has not read its last words since. */
  areWordsDue(key: ObjectKey, hasSpoken: boolean, isFinished: boolean, steadyMs: number): boolean {
    const sinceMs = this.#wordsDue.get(key);
    if (!isFinished && hasSpoken && sinceMs === undefined) this.#wordsDue.set(key, steadyMs);
    if (sinceMs === undefined || steadyMs - sinceMs <= longestWordsWaitMs) return this.#wordsDue.has(key);
    this.#wordsDue.delete(key);
    return false;
  }

  wordsDone(key: ObjectKey): void {
    this.#wordsDue.delete(key);
  }

  forget(key: ObjectKey): void {
    this.#times.delete(key);
    this.#wordsDue.delete(key);
  }
}
