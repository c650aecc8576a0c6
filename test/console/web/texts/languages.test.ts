/** Every language says what English says: all of it, with every argument, and in its own words. */
import { describe, expect, test } from '@jest/globals';
import { first as englishFirst } from '../../../../src/console/web/texts/en/first.ts';
import { pages as englishPages } from '../../../../src/console/web/texts/en/pages.ts';
import { first as germanFirst } from '../../../../src/console/web/texts/de/first.ts';
import { pages as germanPages } from '../../../../src/console/web/texts/de/pages.ts';

type Text = string | ((...args: readonly unknown[]) => string);

const english = textsIn({ ...englishFirst, ...englishPages });

/** What a language takes from English as it is: names, commands, words of the field. */
const sameInGerman = new Set([
  'Neuro',
  'Cluster',
  'Namespace',
  'Job',
  'Jobs',
  'Secret',
  'Secrets',
  'Token',
  'Terminal',
  'Logs',
  'Live',
  'Offline',
  'Name',
  'Status',
  'Tags',
  'Image',
  'Pod',
  'Service',
  'Preset',
  'Volume',
  'Volumes',
  'Version',
  'Operator',
  'Leader',
  'Person',
  'Limits',
  'Limit',
  'Request',
  'Requests',
  'Events',
  'Event',
  'ConfigMap',
  'ConfigMaps',
  'URI',
  'Bytes',
  'Esc',
  'Variable',
  'native Secrets',
  'Secret §A',
  'Volume §A',
  '§A, in §B',
  'in §A',
  'kubectl create token NAME',
  'neuro run busybox:1 -- echo hello',
  "neuro run --schedule '0 3 * * *' busybox:1 -- echo hello",
  "neuro secret add db-password '…'",
  "DB_PASSWORD='…'\nAPI_TOKEN=…",
]);

describe('German', () => {
  const german = textsIn({ ...germanFirst, ...germanPages });

  test('has every text of English, and no other', () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('says every argument that English says', () => {
    const functions = [...english].filter(([, text]) => typeof text === 'function');
    expect(functions.length).toBeGreaterThan(80);
    const lost = functions.flatMap(([path, text]) => {
      const args = argumentsFor(text);
      const wanted = markersIn(said(text, args));
      const found = markersIn(said(german.get(path) ?? '', args));
      return wanted.join() === found.join() ? [] : [`${path}: ${wanted.join(' ')} became ${found.join(' ')}`];
    });
    expect(lost).toEqual([]);
  });

  test('says it in its own words', () => {
    const same = [...english].flatMap(([path, text]) => {
      const args = argumentsFor(text);
      const words = said(text, args);
      return said(german.get(path) ?? '', args) === words && hasWords(words) ? [{ path, words }] : [];
    });
    expect(same.filter(({ words }) => !sameInGerman.has(words))).toEqual([]);
    const known = new Set(same.map(({ words }) => words));
    expect([...sameInGerman].filter((words) => !known.has(words))).toEqual([]);
  });

  test('has no text that is empty, of one or of many', () => {
    for (const count of [0, 1, 2, 21])
      for (const [path, text] of german)
        expect([path, said(text, typeof text === 'function' ? argumentsFor(text, count) : []).trim()]).not.toEqual([
          path,
          '',
        ]);
  });
});

/** By their paths: `jobs.tabs.logs`. */
function textsIn(tree: object, path: readonly string[] = []): ReadonlyMap<string, Text> {
  return new Map(
    Object.entries(tree).flatMap(([name, value]: readonly [string, unknown]): readonly (readonly [string, Text])[] => {
      const here = [...path, name];
      if (typeof value === 'object' && value !== null) return [...textsIn(value, here)];
      return [[here.join('.'), value as Text]];
    }),
  );
}

/** In no text, and no key of a secret. */
const marker = (index: number): string => `§${String.fromCharCode(65 + index)}`;

function markersIn(text: string): readonly string[] {
  return [...new Set(text.match(/§[A-E]/g) ?? [])].sort();
}

/** Of the kinds that the text takes: a list and an object where words do not do. */
function argumentsFor(text: Text, count?: number): readonly unknown[] {
  if (typeof text === 'string') return [];
  const one = (index: number): unknown => count ?? marker(index);
  const kinds: readonly ((index: number) => unknown)[] = [
    one,
    (index) => [marker(index)],
    (index) => (index === 0 ? one(index) : [marker(index)]),
    () => ({ namespace: marker(0), omitted: count ?? marker(1) }),
  ];
  const indexes = Array.from({ length: text.length }, (_, index) => index);
  const args = kinds.map((kind) => indexes.map(kind)).find((tried) => isTaken(text, tried));
  if (args === undefined) throw new Error(`no arguments are found for ${text.toString()}`);
  return args;
}

function isTaken(text: (...args: readonly unknown[]) => string, args: readonly unknown[]): boolean {
  try {
    return !text(...args).includes('undefined');
  } catch {
    return false;
  }
}

function said(text: Text, args: readonly unknown[]): string {
  return typeof text === 'string' ? text : text(...args);
}

function hasWords(text: string): boolean {
  return /\p{L}{2}/u.test(text.replaceAll(/§[A-E]/g, ''));
}
