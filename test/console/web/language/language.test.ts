/** The language of an open page: how it begins, comes with its texts, and changes. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { currentLanguage, currentLocale, onLanguage } from '../../../../src/console/web/language/current-language.ts';
import { changeLanguage, loadPageTexts, startLanguage } from '../../../../src/console/web/language/language.ts';
import { numberText, listText } from '../../../../src/console/web/language/local.ts';
import { texts } from '../../../../src/console/web/texts.ts';

/** What of a browser is asked. */
const saved = new Map<string, string>();
const page = { lang: '' };
const browser = { languages: ['de-AT', 'en'] };

beforeEach(() => {
  saved.clear();
  const globals = {
    window: { location: { search: '' } },
    navigator: browser,
    document: { documentElement: page },
    localStorage: {
      getItem: (name: string) => saved.get(name) ?? null,
      setItem: (name: string, value: string) => saved.set(name, value),
    },
  };
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
});
afterEach(() => void vi.unstubAllGlobals());

test('a page begins in the language of the browser, with its country’s customs', async () => {
  await startLanguage();
  await loadPageTexts();
  expect([currentLanguage(), currentLocale(), page.lang]).toEqual(['de', 'de-AT', 'de']);
  expect(texts.nav.dashboard).toBe('Übersicht');
  expect(texts.jobs.count(2)).toBe('2 Jobs');
  expect(numberText(1.5, 1)).toBe('1,5');
  expect(listText(['a', 'b', 'c'])).toBe('a, b und c');
});

test('a change replaces all texts, updates the page once, and is remembered', async () => {
  await startLanguage();
  let calls = 0;
  const end = onLanguage(() => calls++);
  await changeLanguage('en');
  end();
  expect([currentLanguage(), currentLocale(), page.lang, calls]).toEqual(['en', 'en', 'en', 1]);
  expect([texts.nav.dashboard, texts.jobs.none]).toEqual(['Dashboard', 'No jobs yet']);
  await startLanguage();
  expect(currentLanguage()).toBe('en');
});

test('of two changes at once, the last one holds', async () => {
  await startLanguage();
  await Promise.all([changeLanguage('en'), changeLanguage('de')]);
  expect([currentLanguage(), texts.jobs.none]).toEqual(['de', 'Noch keine Jobs']);
  expect([...saved.values()]).toEqual(['de']);
});

test('a browser that refuses its storage has languages all the same', async () => {
  const refuse = (): never => {
    throw new Error('SecurityError');
  };
  Object.defineProperty(globalThis, 'localStorage', { get: refuse, configurable: true });
  await startLanguage();
  await changeLanguage('en');
  expect(currentLanguage()).toBe('en');
});
