/** Times of objects: RFC 3339 texts and epoch milliseconds. Pure. */

/** Whole seconds, as Kubernetes writes times. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Undefined for a text that is no time, and for no text. */
export function parseTimeMs(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

/** Whether access with that end is over. Fails closed: a text that is no time is taken as passed; no text means no end. */
export function isExpired(expiresAt: string | undefined, nowMs: number): boolean {
  if (expiresAt === undefined) return false;
  const ms = parseTimeMs(expiresAt);
  return ms === undefined || ms <= nowMs;
}
