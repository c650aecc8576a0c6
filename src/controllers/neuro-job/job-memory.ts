/**
 * What this process remembers of jobs between two looks at them: how long it has waited for something that no watch
 * tells, and whether access is to be asked again. Losing it costs a few questions, and nothing else.
 */
import type { ObjectKey, Outcome } from '../../kernel/index.ts';
import type { JobFacts } from './facts.ts';
import { terminating } from './needed-secrets.ts';
import type { JobPlan } from './steps.ts';

/** Pauses between two questions for what is missing: an administrator's RoleBinding is not watched. */
const shortestPollMs = 50;
const longestPollMs = 5_000;
/** After something changed, the API server's own view of RBAC may lag behind: access is asked again so often. */
const recheckPausesMs: readonly number[] = [200, 1_000, 3_000];
/** Timers are never early by more than this. */
const timerSlackMs = 5;

interface Memory {
  readonly uid: string;
  /** When we wanted to look again; woken earlier, something has changed. */
  wakeAtMs: number;
  missingSinceMs: number | undefined;
  polls: number;
  rechecks: number;
  recheckAtMs: number;
}

export class JobMemory {
  readonly #jobs = new Map<ObjectKey, Memory>();

  get size(): number {
    return this.#jobs.size;
  }

  forget(key: ObjectKey): void {
    this.#jobs.delete(key);
  }

  /** A reconcile begins. Earlier than planned means that something changed: pauses begin anew. */
  wake(key: ObjectKey, uid: string, nowMs: number): void {
    let memory = this.#jobs.get(key);
    if (memory?.uid !== uid) {
      memory = { uid, wakeAtMs: Infinity, missingSinceMs: undefined, polls: 0, rechecks: 0, recheckAtMs: 0 };
      this.#jobs.set(key, memory);
    }
    if (nowMs < memory.wakeAtMs - timerSlackMs) Object.assign(memory, { polls: 0, rechecks: 0, recheckAtMs: nowMs });
  }

  factsOf(key: ObjectKey): Pick<JobFacts, 'mustRecheck' | 'missingSinceMs'> {
    const memory = this.#jobs.get(key);
    const missingSinceMs = memory?.missingSinceMs;
    return {
      mustRecheck: memory !== undefined && memory.rechecks <= recheckPausesMs.length,
      ...(missingSinceMs === undefined ? {} : { missingSinceMs }),
    };
  }

  /** A reconcile ends: when to look again. */
  rest(key: ObjectKey, plan: JobPlan, facts: JobFacts, nowMs: number): Outcome {
    const memory = this.#jobs.get(key);
    if (memory === undefined) return 'done';
    const isWaiting = plan.do === 'nothing' || plan.do === 'report';
    const wakes = [isWaiting ? plan.wakeAtMs : undefined];
    if (facts.job.status.finishTime !== undefined) this.#jobs.delete(key);
    if (isWaiting && plan.poll === true) {
      memory.missingSinceMs ??= nowMs;
      wakes.push(nowMs + Math.min(longestPollMs, shortestPollMs * 2 ** Math.min(memory.polls, 16)));
      memory.polls += 1;
    } else {
      memory.missingSinceMs = undefined;
      memory.polls = 0;
    }
    if (
      isWaiting &&
      facts.pod !== undefined &&
      facts.job.status.finishTime === undefined &&
      terminating(facts).length > 0
    ) {
      const pauseMs = recheckPausesMs[memory.rechecks];
      if (pauseMs !== undefined) wakes.push(nowMs + pauseMs);
      memory.rechecks += 1;
    }
    const wakeAtMs = Math.min(...wakes.filter((wake) => wake !== undefined));
    memory.wakeAtMs = wakeAtMs;
    return Number.isFinite(wakeAtMs) ? { requeueAfterMs: Math.max(0, wakeAtMs - nowMs) } : 'done';
  }
}
