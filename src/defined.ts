/** A field that may be missing from `T`, and is never `undefined` where it is there. */
type Defined<T extends object> = { -readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  -readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The fields that have a value: one that is `undefined` is left out, as an object on the wire has it. */
export function defined<T extends object>(fields: T): Defined<T> {
  // The stores call this for every object of a list: over `Object.keys` it takes a fifth of the time of `fromEntries`.
  const values = fields as Readonly<Record<string, unknown>>;
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(values)) if (values[name] !== undefined) kept[name] = values[name];
  return kept as Defined<T>;
}
