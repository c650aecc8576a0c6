/**
 * The value that a record itself has under a name, or undefined. Names are people's text: `constructor` and `__proto__` are
 * keys like any other, and every object has something under them that nobody put there.
 *
 * To make a record under such names use `Object.fromEntries` or a computed name; an assignment to `__proto__` is lost.
 */
export function ownValue<T>(record: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return record != null && Object.hasOwn(record, name) ? record[name] : undefined;
}
