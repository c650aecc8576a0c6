/** What the configuration file may have at a place: each check returns the value with its type, or throws with place, expected and found. */

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function record(value: unknown, where: string, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'a map', value);
  const unknown = Object.keys(value).find((key) => known?.includes(key) === false);
  if (unknown !== undefined)
    throw new ConfigError(`${where}.${unknown} is unknown: expected one of ${(known ?? []).join(', ')}`);
  return value as Readonly<Record<string, unknown>>;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw wrong(where, 'text (quote numbers)', value);
  return value;
}

/** Every value of a map, checked. */
export function mapOf<T>(
  value: unknown,
  where: string,
  check: (entry: unknown, where: string) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(record(value, where)).map(([key, entry]) => [key, check(entry, `${where}.${key}`)]),
  );
}

export function wrong(where: string, expected: string, found: unknown): ConfigError {
  return new ConfigError(`${where}: expected ${expected}, found ${named(found)}`);
}

function named(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'object' ? 'a map' : JSON.stringify(value);
}
