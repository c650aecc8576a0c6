/** The languages of the console, each loaded when it is chosen. A new language is a folder under `texts/` and an entry here. */
import type { FirstTexts, PageTexts } from '../texts/catalogue.ts';

interface Language {
  /** As those who speak it call it. */
  readonly name: string;
  readonly first: () => Promise<{ readonly first: FirstTexts }>;
  readonly pages: () => Promise<{ readonly pages: PageTexts }>;
}

/** By the first part of its tag (BCP 47), which is what the browser says of its user. */
export const languages = {
  en: {
    name: 'English',
    first: () => import('../texts/en/first.ts'),
    pages: () => import('../texts/en/pages.ts'),
  },
  de: {
    name: 'Deutsch',
    first: () => import('../texts/de/first.ts'),
    pages: () => import('../texts/de/pages.ts'),
  },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageTag = keyof typeof languages;

export function isLanguage(tag: string | null | undefined): tag is LanguageTag {
  return tag !== null && tag !== undefined && Object.hasOwn(languages, tag);
}
