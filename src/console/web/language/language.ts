/**
 * The language of this page: its first texts are loaded before anything is drawn, those of the pages with the first page. Changing it
 * loads the new texts whole and then draws everything again, so that what was typed, opened and followed stays.
 */
import { putTexts } from '../texts.ts';
import { catalogues } from './catalogues.ts';
import { chooseLanguage } from './choose-language.ts';
import { currentLanguage, setLanguage } from './current-language.ts';
import type { LanguageTag } from './languages.ts';

const savedAs = 'neuro-language';

let pages: Promise<void> | undefined;
/** Counts the changes that were asked for: only the last one takes effect. */
let turn = 0;

/** Loads what is needed to draw anything. English stands in for a language that cannot be loaded. */
export async function startLanguage(): Promise<void> {
  const wanted = chooseLanguage({
    asked: new URLSearchParams(window.location.search).get('lang'),
    saved: readSaved(),
    browser: navigator.languages,
  });
  try {
    take(wanted, (await catalogues[wanted].first()).first);
  } catch {
    take('en', (await catalogues.en.first()).first);
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
  const [first, more] = await Promise.all([catalogues[wanted].first(), catalogues[wanted].pages()]);
  if (mine !== turn) return;
  pages = Promise.resolve();
  take(wanted, { ...first.first, ...more.pages });
  save(wanted);
}

async function readPageTexts(): Promise<void> {
  const language = currentLanguage();
  const more = await catalogues[language].pages();
  // A change meanwhile has brought its own.
  if (language === currentLanguage()) putTexts(more.pages);
}

function take(language: LanguageTag, loaded: Parameters<typeof putTexts>[0]): void {
  putTexts(loaded);
  setLanguage(language);
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
