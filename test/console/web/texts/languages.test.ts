/** Every language says what English says: all of it, with every argument, and in its own words. */
import { describe, expect, test } from 'vitest';
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
  'Text',
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
  '871, in §B, …',
  'in §A',
  'kubectl create token NAME',
  'postgres://$(user):$(password)@db.example.com/app',
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

/** The same for what has to be a number. */
const firstNumber = 871;

function markersIn(text: string): readonly string[] {
  const marked = text.replace(/\b87[1-5]\b/g, (number) => marker(Number(number) - firstNumber));
  return [...new Set(marked.match(/§[A-E]/g) ?? [])].sort();
}

/** Of the kinds that the text takes: each a word, a number or a list of words, or all in one object. */
function argumentsFor(text: Text, count?: number): readonly unknown[] {
  if (typeof text === 'string') return [];
  const kinds: readonly ((index: number) => unknown)[] = [
    (index) => count ?? marker(index),
    (index) => count ?? firstNumber + index,
    (index) => [marker(index)],
    () => ({ namespace: marker(0), omitted: count ?? firstNumber + 1 }),
  ];
  let tries: readonly (readonly unknown[])[] = [[]];
  for (let index = 0; index < text.length; index += 1)
    tries = tries.flatMap((args) => kinds.map((kind) => [...args, kind(index)]));
  const args = tries.find((tried) => isTaken(text, tried));
  if (args === undefined) throw new Error(`no arguments are found for ${text.toString()}`);
  return args;
}

function isTaken(text: (...args: readonly unknown[]) => string, args: readonly unknown[]): boolean {
  try {
    return !/undefined|NaN|Invalid Date|\[object/.test(text(...args));
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
