/**
 * Times that a clock has written which was ahead, as that of a machine before it was set right. Pure.
 *
 * Caller's duty: `latestMs` is by the later of the clocks of this machine and of the API server. By this machine's alone, all that is true would
 * be ahead where its clock was set back.
 */

/** Clocks of machines that take the lead in turn differ by less. */
const mostAheadMs = 10 * 60_000;

/** A time that is ahead by so much says nothing: what waits for it would wait for years, perhaps. Epoch milliseconds. */
export function isAhead(timeMs: number | undefined, latestMs: number): boolean {
  return timeMs !== undefined && timeMs > latestMs + mostAheadMs;
}
