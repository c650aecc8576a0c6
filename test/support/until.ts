/** Waits, in real time, for something that real I/O brings about. */
export async function until(isTrue: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!isTrue()) {
    if (Date.now() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
