/**
 * The language of this page: its first texts are loaded before anything is drawn, those of the pages with the first page. Changing it
 * loads the new texts whole and then draws everything again, so that what was typed, opened and followed stays.
 */
import { putTexts } from '../texts.ts';
import { chooseLanguage, localeFor } from './choose-language.ts';
import { languages, type LanguageTag } from './languages.ts';

const savedAs = 'neuro-language';

let current: LanguageTag = 'en';
let locale = 'en';
let pages: Promise<void> | undefined;
/** Counts the changes that were asked for: only the last one takes effect. */
let turn = 0;
const listeners = new Set<() => void>();

export function currentLanguage(): LanguageTag {
  return current;
}

/** For `Intl`: the language with the customs of the browser's country. */
export function currentLocale(): string {
  return locale;
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Loads what is needed to draw anything. English stands in for a language that cannot be loaded. */
export async function startLanguage(): Promise<void> {
  const wanted = chooseLanguage({
    asked: new URLSearchParams(window.location.search).get('lang'),
    saved: readSaved(),
    browser: navigator.languages,
  });
  try {
    take(wanted, (await languages[wanted].first()).first);
  } catch {
    take('en', (await languages.en.first()).first);
  }
}

/** Resolves when the texts of the pages are there. */
export function loadPageTexts(): Promise<void> {
  pages ??= readPageTexts().catch((error: unknown) => {
    pages = undefined;
    throw error;
  });
  return pages;
}

/** Changes the language of the open page, and remembers it in this browser. */
export async function changeLanguage(wanted: LanguageTag): Promise<void> {
  const mine = ++turn;
  const [first, more] = await Promise.all([languages[wanted].first(), languages[wanted].pages()]);
  if (mine !== turn) return;
  pages = Promise.resolve();
  take(wanted, { ...first.first, ...more.pages });
  save(wanted);
  for (const listener of listeners) listener();
}

async function readPageTexts(): Promise<void> {
  const language = current;
  const more = await languages[language].pages();
  // A change meanwhile has brought its own.
  if (language === current) putTexts(more.pages);
}

function take(language: LanguageTag, loaded: Parameters<typeof putTexts>[0]): void {
  putTexts(loaded);
  current = language;
  locale = localeFor(language, navigator.languages);
  document.documentElement.lang = language;
}

/** A browser may refuse its storage; the choice then lasts until the page is left. */
function readSaved(): string | null {
  try {
    return localStorage.getItem(savedAs);
  } catch {
    return null;
  }
}

function save(language: LanguageTag): void {
  try {
    localStorage.setItem(savedAs, language);
  } catch {
    // As above.
  }
}
