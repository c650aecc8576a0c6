/** Which language a page begins in, and by whose customs it writes. */
import { expect, test } from 'vitest';
import { chooseLanguage, localeFor } from '../../../../src/console/web/language/choose-language.ts';

const nobody = { asked: null, saved: null, browser: [] };

test.each([
  ['English, when nobody asks for another', nobody, 'en'],
  ['the first of the browser that there is', { ...nobody, browser: ['fr-CA', 'de-CH', 'en'] }, 'de'],
  ['the browser’s, in whatever case', { ...nobody, browser: ['DE'] }, 'de'],
  ['the one that was chosen before', { ...nobody, saved: 'en', browser: ['de'] }, 'en'],
  ['the one that the address asks for', { asked: 'de', saved: 'en', browser: ['en'] }, 'de'],
  ['none that does not exist', { asked: 'xx', saved: '', browser: ['tlh'] }, 'en'],
  ['none that is a name of every object', { asked: 'constructor', saved: 'toString', browser: ['valueOf'] }, 'en'],
])('%s', (_what, wishes, expected) => {
  expect(chooseLanguage(wishes)).toBe(expected);
});

test('customs are those of the browser’s country, where it speaks the language', () => {
  expect(localeFor('de', ['en-GB', 'de-AT', 'de'])).toBe('de-AT');
  expect(localeFor('en', ['de-AT', 'en-GB'])).toBe('en-GB');
  expect(localeFor('de', ['en-US'])).toBe('de');
});
