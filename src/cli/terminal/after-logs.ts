/**
 * The output of a container that runs already, then what comes: an attach shows only what is printed after it, and the logs
 * only whole lines. Opened first, read second, what both have is shown once. Pure.
 *
 * The caller's duty: to wait a moment after the logs were read, so that what they have has come by the attach too.
 * Not promised: the same where the container repeats itself just then.
 */

/** What of `attached` is not at the end of `logs`. */
export function withoutOverlap(logs: Uint8Array, attached: Uint8Array): Uint8Array {
  const [before, after] = [Buffer.from(logs), Buffer.from(attached)];
  for (let at = Math.max(0, before.length - after.length); at < before.length; at += 1) {
    const tail = before.subarray(at);
    if (after.subarray(0, tail.length).equals(tail)) return after.subarray(tail.length);
  }
  return after;
}
