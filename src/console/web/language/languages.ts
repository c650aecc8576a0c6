/** The languages of the console, as those who speak them call them, by the first part of their tags (BCP 47). */
export const languages = { en: 'English', de: 'Deutsch' } as const;

export type LanguageTag = keyof typeof languages;

export function isLanguage(tag: string | null | undefined): tag is LanguageTag {
  return tag !== null && tag !== undefined && Object.hasOwn(languages, tag);
}
