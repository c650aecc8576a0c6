/** A time limit of `nodeHttp` that has passed. */
import type { HttpPhase } from './http.ts';

/** Says what did not come, and how long it was waited for. */
export function httpTimeout(phase: HttpPhase, limitMs: number): Error {
  return Object.assign(new Error(`no ${phase} in time`), { code: 'ETIMEDOUT', phase, limitMs });
}
