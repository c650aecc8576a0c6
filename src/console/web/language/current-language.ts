/** The language of this page, and the customs by which it writes dates and numbers. */
import { localeFor } from './choose-language.ts';
import type { LanguageTag } from './languages.ts';

let language: LanguageTag = 'en';
let locale = 'en';
const listeners = new Set<() => void>();

export function currentLanguage(): LanguageTag {
  return language;
}

/** For `Intl`: the language with the customs of the browser's country. */
export function currentLocale(): string {
  return locale;
}

/** Calls back after each change; the result ends that. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The texts of the language are in place. */
export function setLanguage(tag: LanguageTag): void {
  language = tag;
  locale = localeFor(tag, navigator.languages);
  document.documentElement.lang = tag;
  for (const listener of listeners) listener();
}
