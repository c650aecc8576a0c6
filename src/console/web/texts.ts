/**
 * The texts in the language of the page: `texts.secrets.title`. Every language has a folder under `texts/`, English is the pattern.
 * Read a text while drawing or acting, never while a file is loaded: the texts come after the code, and the language can change.
 */
import type { FirstTexts, PageTexts, Texts } from './texts/catalogue.ts';

export let texts: Texts;

/** From here on `texts` has these. The caller draws the page again. */
export function putTexts(loaded: FirstTexts | PageTexts | Texts): void {
  texts = { ...texts, ...loaded };
}
