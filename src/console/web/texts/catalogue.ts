/** What a language has to have: the English texts are the pattern. */
import type { first } from './en/first.ts';
import type { pages } from './en/pages.ts';

/** The same texts in other words: a literal becomes any text, a function keeps its arguments. */
type Wording<T> = T extends string
  ? string
  : T extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [K in keyof T]: Wording<T[K]> };

export type FirstTexts = Wording<typeof first>;
export type PageTexts = Wording<typeof pages>;
export type Texts = FirstTexts & PageTexts;
