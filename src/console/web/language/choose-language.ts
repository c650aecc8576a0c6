/** Which language a page begins in, and by which customs it writes numbers and dates. Pure. */
import { isLanguage, type LanguageTag } from './languages.ts';

interface Wishes {
  /** `?lang=` of the address: to look at a translation. */
  readonly asked: string | null;
  readonly saved: string | null;
  /** Tags of the browser, the best first. */
  readonly browser: readonly string[];
}

export function chooseLanguage({ asked, saved, browser }: Wishes): LanguageTag {
  return [asked, saved, ...browser.map(languageOf)].find(isLanguage) ?? 'en';
}

/** The browser's own tag for the language, such as `de-AT`; the language alone if the browser has none. */
export function localeFor(language: LanguageTag, browser: readonly string[]): string {
  return browser.find((tag) => languageOf(tag) === language) ?? language;
}

function languageOf(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? '';
}
