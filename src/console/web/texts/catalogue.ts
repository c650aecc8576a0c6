/** What a language has to have: the English texts are the pattern. */
import type { Wording } from '../../../client/index.ts';
import type { first } from './en/first.ts';
import type { pages } from './en/pages.ts';

export type FirstTexts = Wording<typeof first>;
export type PageTexts = Wording<typeof pages>;
export type Texts = FirstTexts & PageTexts;
