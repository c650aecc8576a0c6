/** Draws a component, and what it draws, again when the language changes. */
import { useSyncExternalStore } from 'react';
import { currentLanguage, onLanguage } from './current-language.ts';
import type { LanguageTag } from './languages.ts';

export function useLanguage(): LanguageTag {
  return useSyncExternalStore(onLanguage, currentLanguage);
}
