/** Text on its way to a terminal, files of variables, and last words of a container. */
import { describe, expect } from 'vitest';
import fc from 'fast-check';
import { hidesSomething, visible, visibleLines } from '../../src/cli/output/visible.ts';
import { readEnvFile } from '../../src/client/env-file.ts';
import { redact } from '../../src/controllers/neuro-job/last-words/redact.ts';
import { fuzz, search } from './fuzz.ts';

const pieces = [
  '\u001b',
  '[31m',
  ']52;c;eA==',
  '\u0007',
  '\u009b',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\ufe0f',
  '👨',
  '👩',
  '🇺🇸',
  '\ud83d',
  '\ude00',
  '\r',
  '\n',
  '\t',
  'a',
  'é',
  '\u0301',
  '\u2028',
  '\u00ad',
  '\u{e0067}',
  '🏴',
];

describe('text for a terminal', () => {
  /** By number, not by the properties that the code asks for. Joiners and tags are looked at apart: emoji hold them. */
  const moves = (code: number, isLine: boolean): boolean =>
    (code < 0x20 && !(isLine && (code === 0x0a || code === 0x09))) ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    [0x00ad, 0x061c, 0x180e, 0x200b, 0x200c, 0x2060, 0xfeff].includes(code);
  const codesOf = (text: string): readonly number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const emoji = /\p{RGI_Emoji}/gv;

  fuzz('moves, colours and hides nothing, and is shown once', {
    corpus: 'terminal-text',
    words: pieces,
    texts: [fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join(''))],
    check: (text) => {
      const [line, lines] = [visible(text), visibleLines(text)];
      expect(codesOf(line).filter((code) => moves(code, false))).toEqual([]);
      expect(codesOf(lines).filter((code) => moves(code, true))).toEqual([]);
      // What has no width stands in emoji alone.
      expect(line.replace(emoji, '')).not.toMatch(/[\u200d\ufe00-\ufe0f\u{e0000}-\u{e0fff}]/u);
      expect([visible(line), visibleLines(lines), hidesSomething(lines)]).toEqual([line, lines, false]);
      expect(lines.split('\n').length).toBe(text.replaceAll('\r\n', '\n').split('\n').length);
    },
  });

  search('that is plain stays as it is', {
    arbitrary: fc.string({ unit: 'grapheme-ascii' }),
    check: (text) => expect([visible(text), visibleLines(text)]).toEqual([text, text]),
  });
});

describe('a file of variables', () => {
  const words = [
    'KEY',
    '=',
    "'",
    '"',
    '`',
    '\\',
    '$',
    '#',
    ' ',
    '\n',
    '\r\n',
    'export ',
    '__proto__',
    '-----BEGIN ',
    '-----END ',
    '\ufeff',
    '\0',
  ];

  fuzz('gives entries and problems, and a problem tells no value', {
    corpus: 'env-file',
    words,
    check: (text) => {
      const { entries, problems, refusal } = readEnvFile(Buffer.from(text, 'utf8'));
      // Where nothing else ends a line, a carriage return does.
      const lineCount = text.split(/[\n\r]/).length;
      if (refusal !== undefined) expect([entries, problems]).toEqual([[], []]);
      expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
      for (const { name, line } of entries) {
        expect(name).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(line >= 1 && line <= lineCount).toBe(true);
      }
      for (const { line } of problems) expect(line >= 1 && line <= lineCount).toBe(true);
    },
  });

  const canary = 'v4lu3-C4n4ry';
  const quoted: readonly ((value: string) => string)[] = [
    (value) => `'${value.replaceAll("'", '')}'`,
    (value) => `"${value.replaceAll(/["\\]/g, '')}"`,
    (value) => value,
    (value) => `'${value}`,
    (value) => `"${value}" ${value}`,
  ];
  search('that is broken tells no value in what is wrong with it', {
    arbitrary: fc.tuple(
      fc.stringMatching(/^[ A-Za-z0-9_.$'"-]{0,12}$/),
      fc.constantFrom(...quoted),
      fc.array(fc.constantFrom(...words, 'x'), { maxLength: 6 }),
    ),
    check: ([name, quote, rest]) => {
      const file = readEnvFile(Buffer.from(`${name}=${quote(`${canary}${rest.join('')}${canary}`)}\nB=2\n`));
      expect(JSON.stringify([file.problems, file.refusal ?? ''])).not.toContain(canary);
    },
  });

  search('gives back what stands in quotes', {
    arbitrary: fc.array(
      fc.tuple(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,10}$/), fc.string({ unit: 'binary', maxLength: 40 })),
      { maxLength: 6 },
    ),
    check: (pairs) => {
      const readable = pairs
        .map(([name, value]) => [name, value.toWellFormed().replaceAll(/[\0\r']/g, '')] as const)
        .filter(([, value]) => !value.startsWith('\ufeff'));
      const text = readable.map(([name, value]) => `${name}='${value}'\n`).join('');
      const { entries } = readEnvFile(Buffer.from(text));
      expect(new Map(entries.map(({ name, value }) => [name, value]))).toEqual(new Map(readable));
    },
  });
});

describe('the last words of a container', () => {
  const value = 'C4n4ry-pass-w0rd!';
  const words = [
    value,
    value.slice(0, 9),
    value.slice(8),
    ' ',
    '\n',
    '=',
    '%',
    '\\x',
    '\\u00',
    '&#',
    ';',
    '0000000 ',
    '0x',
    ', ',
    '"',
    "'",
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('hex'),
  ];
  const pause = (): Promise<void> => Promise.resolve();
  /** Every piece of eight characters that could give it away as it is. */
  const windows = Array.from({ length: value.length - 7 }, (_, index) => value.slice(index, index + 8).toLowerCase());

  fuzz('show no piece of a value, whatever stands around it', {
    corpus: 'last-words',
    words,
    check: async (text) => {
      const shown = await redact(text, [Buffer.from(value)], pause);
      expect(windows.filter((window) => shown.toLowerCase().includes(window))).toEqual([]);
    },
  });

  const noise = fc.string({ unit: 'grapheme-ascii', maxLength: 20 });
  const forms: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => Buffer.from(text).toString('base64'),
    (text) => Buffer.from(text).toString('base64url'),
    (text) => Buffer.from(text).toString('hex'),
    (text) => Buffer.from(text).toString('hex').toUpperCase(),
    (text) => encodeURIComponent(text),
    (text) => JSON.stringify(text),
    (text) => [...Buffer.from(text)].join(', '),
    (text) => text.toUpperCase(),
    (text) => Array.from(text).join(' '),
    (text) => text.replace(/(.{5})/g, '$1\n'),
  ];
  search('show no form of a value, with anything before and behind it', {
    arbitrary: fc.tuple(
      fc
        .string({ unit: 'grapheme-ascii', minLength: 10, maxLength: 40 })
        .filter((text) => new Set(text.replaceAll(/\s/g, '')).size > 8),
      fc.constantFrom(...forms),
      noise,
      noise,
      fc.boolean(),
    ),
    check: async ([secret, form, before, behind, isInside]) => {
      const text = isInside ? form(`${before}${secret}${behind}`) : `${before} ${form(secret)} ${behind}`;
      const shown = await redact(text, [Buffer.from(secret)], pause);
      expect(shown).not.toContain(form(secret));
      expect(shown).toContain('[');
    },
  });

  search('are bounded, and never a reason to fail', {
    arbitrary: fc.tuple(
      fc.string({ unit: 'binary', maxLength: 6_000 }),
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
    ),
    check: async ([text, values]) => {
      const shown = await redact(text, values, pause);
      expect(shown.length).toBeLessThanOrEqual(4096 * 4);
    },
  });
});
