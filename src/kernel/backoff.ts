/** Jittered exponential backoff: `base * 2^attempt`, at most `limit`, then multiplied by 0.5 to 1. Never gives up. */
export interface Backoff {
  readonly baseMs: number;
  readonly limitMs: number;
}

/** `attempt` counts from 0; `random` is in [0, 1). */
export function backoffDelayMs(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const exponential = Math.min(backoff.limitMs, backoff.baseMs * 2 ** Math.min(attempt, 30));
  return exponential * (0.5 + random() / 2);
}
