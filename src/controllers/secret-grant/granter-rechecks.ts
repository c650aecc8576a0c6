/**
 * When a granter's right by other RBAC of the cluster is asked again. Nobody watches that RBAC; and right after a change of ours the
 * API server's own view of it may lag behind, so the first answers are asked again soon.
 */
import type { Cause, ObjectKey } from '../../kernel/index.ts';

const soonMs: readonly number[] = [200, 1_000, 3_000];
const laterMs = 60_000;

export class GranterRechecks {
  /** How often the answer was asked since something changed. */
  readonly #asked = new Map<ObjectKey, number>();

  /** Milliseconds until the next question, after one that was just answered. */
  pauseMs(key: ObjectKey, cause: Cause): number {
    const asked = cause === 'change' ? 0 : (this.#asked.get(key) ?? 0);
    this.#asked.set(key, asked + 1);
    return soonMs[asked] ?? laterMs;
  }

  forget(key: ObjectKey): void {
    this.#asked.delete(key);
  }
}
