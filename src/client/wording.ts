/** The same texts in other words: a literal becomes any text, a function keeps its arguments. For translations of a catalogue. */
export type Wording<T> = T extends string
  ? string
  : T extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [K in keyof T]: Wording<T[K]> };
