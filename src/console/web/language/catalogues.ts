/** The texts of each language, loaded when it is chosen. */
import type { FirstTexts, PageTexts } from '../texts/catalogue.ts';
import type { LanguageTag } from './languages.ts';

interface Catalogue {
  readonly first: () => Promise<{ readonly first: FirstTexts }>;
  readonly pages: () => Promise<{ readonly pages: PageTexts }>;
}

export const catalogues: Readonly<Record<LanguageTag, Catalogue>> = {
  en: { first: () => import('../texts/en/first.ts'), pages: () => import('../texts/en/pages.ts') },
  de: { first: () => import('../texts/de/first.ts'), pages: () => import('../texts/de/pages.ts') },
};
