/**
 * The time of the cluster: the browser's own, set right where the answers of the API server say that it is wrong. What ends "in one hour" then ends in
 * one hour, whatever the clock of the machine says.
 *
 * Promise: a clock that may be right is left alone, however slow the network is; and what a fast answer said is not forgotten by a slow one.
 */

/** Headers have whole seconds, and clocks of a cluster are not the same to the second either. */
const toleranceMs = 10_000;

let offsetMs = 0;

/** Milliseconds since the epoch. */
export function clusterNow(): number {
  return Date.now() + offsetMs;
}

/** `date`: the header of an answer that has just come to a request of `sentMs`, by the browser's clock. */
export function hearTime(date: string | null, sentMs: number): void {
  offsetMs = offsetOf(date, { sentMs, gotMs: Date.now() }, offsetMs) ?? offsetMs;
}

/** How far the cluster's clock is ahead; `formerMs`: as it was known before. Undefined where the header says nothing. Pure. */
export function offsetOf(
  date: string | null,
  { sentMs, gotMs }: { readonly sentMs: number; readonly gotMs: number },
  formerMs = 0,
): number | undefined {
  const saidMs = Date.parse(date ?? '');
  if (Number.isNaN(saidMs)) return undefined;
  // It was written between the request and its answer, and within that second.
  const [least, most] = [saidMs - gotMs, saidMs + 999 - sentMs];
  const isPossible = (ms: number): boolean => least - toleranceMs <= ms && ms <= most + toleranceMs;
  return [formerMs, 0].find(isPossible) ?? Math.round((least + most) / 2);
}
