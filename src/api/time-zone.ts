/** Names of time zones, as the runtime knows them. Also in the browser. */

/**
 * Names whose answer is remembered. There are some 600, in any case of letters; a new formatter for each question costs more than all else
 * that is decided about a schedule.
 */
const mostKnown = 2_000;
const known = new Map<string, boolean>();

export function isTimeZone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const isKnown = /^[A-Za-z]/.test(name) && isFormattable(name);
  if (known.size >= mostKnown) known.clear();
  known.set(name, isKnown);
  return isKnown;
}

/** Offsets such as +02:00 are formattable too, and no names of time zones. */
function isFormattable(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
