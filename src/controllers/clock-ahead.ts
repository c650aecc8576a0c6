/** Times that a clock has written which was ahead, as that of a machine before it was set right. Pure. */

/** Clocks of machines that take the lead in turn differ by less. */
const mostAheadMs = 10 * 60_000;

/** A time that is ahead by so much says nothing: what waits for it would wait for years, perhaps. Epoch milliseconds. */
export function isAhead(timeMs: number | undefined, nowMs: number): boolean {
  return timeMs !== undefined && timeMs > nowMs + mostAheadMs;
}
