/** Reads objects of an unknown shape, such as parsed YAML and JSON. */

export type Fields = Readonly<Record<string, unknown>>;

/** Whether the value is an object, and no array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value, if it is a text. An empty text counts as absent, as in kubectl. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
