/** The one way in which a test waits for something that real I/O brings about: it looks again and again, for a limited time. */

/** For machines that have much else to do. */
const limitMs = 120_000;
/** Between two looks: short at first, so that a quick answer is seen at once, then longer, so that looking is not the load. */
const shortestPauseMs = 2;
const longestPauseMs = 100;
/** After a look that takes long, such as a process that is started for it, as many times its duration. */
const pausesOfLook = 2;
const longestPauseOfLookMs = 500;

/**
 * Looks until it is so; resolves with what was seen. A look that throws ends it; `isSo` may throw too, when what is waited for can no
 * longer come.
 */
export async function eventually<T>(
  look: () => Promise<T> | T,
  isSo: (seen: T) => boolean,
  what: string,
  withinMs = limitMs,
): Promise<T> {
  const startMs = Date.now();
  for (;;) {
    const lookStartMs = Date.now();
    const seen = await look();
    if (isSo(seen)) return seen;
    const endMs = Date.now();
    const tookMs = endMs - startMs;
    if (tookMs > withinMs) throw new Error(`not within ${String(withinMs)} ms: ${what}; last seen: ${shown(seen)}`);
    const pauseMs = Math.max(
      Math.min(longestPauseMs, Math.max(shortestPauseMs, tookMs / 5)),
      Math.min(longestPauseOfLookMs, (endMs - lookStartMs) * pausesOfLook),
    );
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Looks until it is true. Without `what` an error shows the question itself. */
export async function untilTrue(
  look: () => Promise<boolean> | boolean,
  what = String(look),
  withinMs = limitMs,
): Promise<void> {
  await eventually(look, (isTrue) => isTrue, what, withinMs);
}

/** The same for what this process sees by itself, without I/O of the look. */
export function until(isTrue: () => boolean, what: string, withinMs = limitMs): Promise<void> {
  return untilTrue(isTrue, what, withinMs);
}

/** Until that is in a text that grows; resolves with what matched. What ended cannot grow any more. */
export async function untilText(
  text: () => string,
  expected: string | RegExp,
  hasEnded: () => boolean,
  withinMs: number,
): Promise<string> {
  const found = (seen: string): string | undefined =>
    typeof expected === 'string' ? (seen.includes(expected) ? expected : undefined) : expected.exec(seen)?.[0];
  const seen = await eventually(
    () => {
      // Asked first: what was written before the end counts.
      const isOver = hasEnded();
      const now = text();
      if (isOver && found(now) === undefined) throw new Error(`ended without ${String(expected)}:\n${now}`);
      return now;
    },
    (now) => found(now) !== undefined,
    String(expected),
    withinMs,
  );
  return found(seen) ?? '';
}

function shown(seen: unknown): string {
  return typeof seen === 'string' ? seen : JSON.stringify(seen);
}
