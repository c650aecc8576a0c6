/** `secret:` URIs and durations: what is taken is what was meant, and nothing else is thrown. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { parse } from 'yaml';
import {
  ApiError,
  formatSecretUri,
  isDuration,
  isKey,
  parseCronLine,
  parseDurationSeconds,
  parseSecretUri,
} from '../../src/api/index.ts';
import { parseImage } from '../../src/client/index.ts';
import { fuzz, search } from './fuzz.ts';

/** Undefined for what is refused in the right way. */
function accepted<T>(read: () => T, code: string): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).code).toBe(code);
    return undefined;
  }
}

describe('a secret: URI', () => {
  const words = [
    'secret:',
    'SECRET:',
    '/',
    '//',
    '///',
    '%',
    '%2F',
    '%2e',
    '..',
    '.',
    'alice',
    'key',
    '~',
    '?',
    '#',
    '@',
    ':',
    '__proto__',
  ];

  fuzz('is read as what it writes, or refused as no URI', {
    corpus: 'secret-uri',
    words,
    check: (text) => {
      const uri = accepted(() => parseSecretUri(text), 'InvalidSecretUri');
      if (uri === undefined) return;
      expect(parseSecretUri(formatSecretUri(uri))).toEqual(uri);
      expect(uri.key === undefined || isKey(uri.key)).toBe(true);
      expect(uri.owner ?? 'a').toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
      expect(uri.cluster === undefined || uri.owner !== undefined).toBe(true);
      // Nobody else's secret is named by what looks like one's own.
      if (uri.owner !== undefined) expect(text.slice('secret:'.length)).toMatch(/^\//);
    },
  });

  const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
  const key = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,30}$/);
  search('comes back from its text', {
    arbitrary: fc.oneof(
      fc.record({ key }),
      fc.record({ owner: name }),
      fc.record({ owner: name, key }),
      fc.record({ cluster: name, owner: name, key }),
    ),
    check: (uri) => expect(parseSecretUri(formatSecretUri(uri))).toEqual(uri),
  });
});

describe('a duration', () => {
  const words = [
    '1',
    '0',
    '59',
    '60',
    '99999',
    '9999999',
    'd',
    'h',
    'm',
    's',
    '-',
    '+',
    '.',
    ' ',
    '\n',
    '1d',
    '2h',
    '3m',
    '4s',
    '٣',
  ];
  const rules = rulesOf('usersecrets').filter((rule) => rule.includes('{1,5}d'));

  test('has a rule in the CRD to compare with', () => expect(rules.length).toBeGreaterThan(0));

  fuzz('is taken by the code just where the CRD takes it', {
    corpus: 'duration',
    words,
    texts: [fc.stringMatching(/^(\d{1,6}d)?(\d{1,8}h)?(\d{1,9}m)?(\d{1,10}s)?$/)],
    check: (text) => {
      const seconds = accepted(() => parseDurationSeconds(text), 'InvalidDuration');
      expect(isDuration(text)).toBe(seconds !== undefined);
      for (const rule of rules) expect([text, matches(rule, text)]).toEqual([text, seconds !== undefined]);
      if (seconds === undefined) return;
      expect(Number.isSafeInteger(seconds) && seconds > 0).toBe(true);
    },
  });
});

describe('the line of a schedule', () => {
  const [rule = ''] = rulesOf('neuroschedules').filter((each) => each.includes('@(yearly'));
  const item = fc.stringMatching(/^([*?]|[0-9]{1,2}(-[0-9]{1,2})?|jan-?(dec)?|SUN|Mon-fri)(\/[0-9]{1,2})?$/);
  const field = fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => items.join(','));

  /** Ranges that end before they begin, steps of 0 and days that no month has are found later, and said in the status. */
  search('that the code takes is taken by the CRD', {
    arbitrary: fc.array(field, { minLength: 5, maxLength: 5 }),
    check: (fields) => {
      const text = fields.join(' ');
      if ('line' in parseCronLine(text)) expect([text, matches(rule, text)]).toEqual([text, true]);
    },
  });

  search('of one number in each field is taken by both or by none', {
    arbitrary: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 5, maxLength: 5 }),
    check: (numbers) => {
      const text = numbers.join(' ');
      expect([text, matches(rule, text)]).toEqual([text, 'line' in parseCronLine(text)]);
    },
  });
});

describe('the name of an image', () => {
  const [whole = ''] = rulesOf('neurojobs').filter((each) => each.includes('{32,}'));
  const rule = whole.replace(/^.* : /s, '');
  const words = [
    'a',
    'B',
    '0',
    '/',
    ':',
    '@',
    '.',
    '_',
    '__',
    '-',
    '[::1]',
    'localhost',
    ':5000',
    `sha256:${'0a'.repeat(16)}`,
  ];
  const text = fc.array(fc.constantFrom(...words), { maxLength: 9 }).map((parts) => parts.join(''));

  search('that the code takes is taken by the CRD', {
    arbitrary: text,
    check: (image) => {
      if (parseImage(image) !== undefined) expect([image, matches(rule, image)]).toEqual([image, true]);
    },
  });

  search('in lower case is taken by both or by none', {
    arbitrary: text.filter((image) => !/^[^/]*B[^/]*\//.test(image)),
    check: (image) => expect([image, matches(rule, image)]).toEqual([image, parseImage(image) !== undefined]),
  });
});

interface Node {
  readonly rule?: unknown;
}

/** Every CEL rule of a CRD. */
function rulesOf(plural: string): readonly string[] {
  const rules: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { rule } = node as Node;
    if (typeof rule === 'string') rules.push(rule);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parse(readFileSync(new URL(`../../crds/${plural}.yaml`, import.meta.url), 'utf8')));
  return rules;
}

/** Of a rule that is nothing but `self.matches('…') && …`. */
function matches(rule: string, text: string): boolean {
  return rule.split(' && ').every((part) => {
    const [, pattern] = /^self\.matches\('(.*)'\)$/.exec(part.trim()) ?? [];
    if (pattern === undefined) throw new Error(`the rule cannot be compared: ${part}`);
    return new RegExp(bothCases(pattern.replaceAll('\\\\', '\\'))).test(text);
  });
}

/** `(?i:jan|feb)` as `(?:[Jj][Aa][Nn]|[Ff][Ee][Bb])`: groups that ignore case are new in the runtime, and were seen to miss a match. */
function bothCases(pattern: string): string {
  return pattern.replace(/\(\?i:([^)]*)\)/g, (_group, words: string) => {
    const each = words.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
    return `(?:${each})`;
  });
}
