/** Waits, in real time, for something that real I/O brings about. */
export async function until(isTrue: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!isTrue()) {
    if (Date.now() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** For machines that have much else to do. */
const limitMs = 30_000;
/** Between two looks: short at first, so that a quick answer is seen at once, then longer, so that looking is not the load. */
const shortestPauseMs = 5;
const longestPauseMs = 100;

/** Looks again and again until it is so; resolves with what was seen. */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  what: string,
  withinMs = limitMs,
): Promise<T> {
  const startMs = Date.now();
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > startMs + withinMs)
      throw new Error(`not within ${String(withinMs)} ms: ${what}; last seen: ${JSON.stringify(seen)}`);
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, (Date.now() - startMs) / 10));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Looks again and again until it is true. Without `what` an error shows the question itself. */
export async function untilTrue(look: () => Promise<boolean>, what = String(look), withinMs = 60_000): Promise<void> {
  await eventually(look, (isTrue) => isTrue, what, withinMs);
}
