/** Every text of the pages stands in the catalogue, and is read when a language is there. */
import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { first } from '../../src/console/web/texts/en/first.ts';
import { earlyTexts, literalTexts, usedTexts, type Found } from '../support/console/literal-texts.ts';
import { importsOf } from '../support/import-circles.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const web = `${root}src/console/web/`;
const pages = globSync(`${web}**/*.{ts,tsx}`).filter((path) => !/\/texts(?:\/|\.ts$)/.test(path));
/** Commands, names and examples, the same in every language. */
const sameEverywhere = [
  /^neuro [a-z -]+$/,
  /^kubectl [a-z -]+$/,
  /^command -v bash /,
  /^(?:DB_PASSWORD|\/var\/secrets\/db-password|busybox:1)$/,
  // Looks and drawings.
  /^2px dashed /,
  /^mono [a-z]+$/,
  /^M[\d.]/,
];

const inPages = (find: (path: string, text: string) => readonly Found[]): readonly string[] =>
  pages.flatMap((path) =>
    find(path, readFileSync(path, 'utf8'))
      .filter(({ text }) => !sameEverywhere.some((pattern) => pattern.test(text)))
      .map(({ line, text }) => `${relative(root, path)}:${String(line)} ${text}`),
  );

describe('a text outside of the catalogue', () => {
  test.each([
    ['between tags', '<p>Nothing here</p>', ['Nothing here']],
    ['as a name for screen readers', '<button aria-label="Close" />', ['Close']],
    ['as one of two', '<Button title={isOn ? "Stop" : t.start} />', ['Stop']],
    ['in braces', '<p>{"Nothing"}</p>', ['Nothing']],
    ['in a toast', "notifications.show({ message: 'Saved' })", ['Saved']],
    ['as a sentence anywhere', 'const text = `The job ${name} is gone`;', ['The job', 'is gone']],
    ['that is none', '<p className="faint small" aria-label={texts.a.b}>·{count}</p>', []],
    ['for developers', "throw new TypeError('unknown kind of value')", []],
  ])('is found %s', (_where, code, expected) => {
    expect(literalTexts('a.tsx', code).map(({ text }) => text)).toEqual(expected);
  });

  test('is in no page', () => {
    expect(pages.length).toBeGreaterThan(100);
    expect(inPages(literalTexts)).toEqual([]);
  });
});

test('no file reads a text while it is loaded', () => {
  expect(earlyTexts('a.ts', 'const a = { b: texts.c.d };').map(({ line }) => line)).toEqual([1]);
  expect(earlyTexts('a.ts', 'const a = () => texts.c.d; let b: (typeof texts)["c"];')).toEqual([]);
  expect(inPages(earlyTexts)).toEqual([]);
});

test('no page names a language: it reads `texts`', () => {
  const named = pages.filter((path) => /from '[^']*\/texts\/[a-z]{2}\//.test(readFileSync(path, 'utf8')));
  expect(named.map((path) => relative(root, path))).toEqual([]);
});

test('what is drawn before a page is there uses the first texts alone', () => {
  // These two come on demand, and without the texts of a page.
  const onDemand = ['shell/login-page.tsx', 'shell/session-ended-dialog.tsx'];
  const found = new Set(['main.tsx', ...onDemand].map((path) => `${web}${path}`));
  // Every other `import()` brings a page, which comes with its texts.
  const statically = (path: string): readonly string[] =>
    importsOf(path, readFileSync(path, 'utf8').replaceAll(/\bimport\(/g, 'later('));
  for (const path of found)
    for (const next of statically(path)) if (next.startsWith(web) && /\.tsx?$/.test(next)) found.add(next);
  expect(found.size).toBeGreaterThan(40);
  const used = [...found].flatMap((path) =>
    Array.from(usedTexts(path, readFileSync(path, 'utf8')), (name) => ({ path: relative(root, path), name })),
  );
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter(({ name }) => !Object.hasOwn(first, name))).toEqual([]);
});
