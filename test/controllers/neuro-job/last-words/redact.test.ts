import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytesATurn, redact } from '../../../../src/controllers/neuro-job/last-words/redact.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const token = 'ghp_Zx81kfwQ0aPLsd83hfKsQ1mZt7Yb5c3V9XcA';
const password = `s3cr3t/pass word"1'&<x>\\ü%`;
const pem = `-----BEGIN KEY-----\n${'MIIEpAIBAAKCAQEA1'.repeat(3)}\n${'hQ7nTz2vWk9pLx0sR'.repeat(3)}\n-----END KEY-----\n`;

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const pairs = (text: string): readonly string[] => hex(text).match(/../g) ?? [];
const wrapped = (text: string, width: number): string => text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';
const octal = (byte: number): string => byte.toString(8).padStart(3, '0');

/** As `xxd` and `hexdump -C` print it, with two more columns around the bytes. */
function dump(text: string, separator: string, edge: string): string {
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const numbers = pairs(row.toString('latin1')).join(separator);
    const characters = row.toString('latin1').replace(/[^ -~]/g, '.');
    lines.push(`${at.toString(16).padStart(8, '0')}${edge} ${numbers}  |${characters}|`);
  }
  return lines.join('\n');
}

const forms: readonly [string, (value: string) => string][] = [
  ['as it is', (value) => value],
  ['in the wrong case', (value) => value.toUpperCase()],
  ['over several lines', (value) => wrapped(value, 12)],
  ['with spaces between its characters', (value) => Array.from(value).join('  ')],
  ['in base64', base64],
  ['in base64 for URLs, without padding', (value) => Buffer.from(value).toString('base64url')],
  ['in base64, one byte further', (value) => base64(`x${value}`)],
  ['in base64, two bytes further', (value) => base64(`xy${value}`)],
  ['in base64, with a line end', (value) => base64(`${value}\n`)],
  ['in the header of basic authentication', (value) => `Authorization: Basic ${base64(`bob:${value}`)}`],
  ['in wrapped base64', (value) => wrapped(base64(`bob:${value}`), 20)],
  ['in base64 that is wrapped and indented', (value) => wrapped(base64(value), 24).replaceAll('\n', '\n      ')],
  ['in base64 twice', (value) => base64(base64(value))],
  ['in base64 in a URL', (value) => encodeURIComponent(base64(`b${value}`))],
  ['in base64 in JSON, with its line ends', (value) => JSON.stringify(wrapped(base64(value), 20))],
  ['in the payload of a JSON web token', (value) => `eyJhbGciOiJub25lIn0.${base64(JSON.stringify({ k: value }))}.`],
  ['in UTF-16 in base64, as PowerShell wants commands', (value) => Buffer.from(value, 'utf16le').toString('base64')],
  ['in hexadecimal', hex],
  ['in hexadecimal capitals', (value) => hex(value).toUpperCase()],
  ['in hexadecimal with colons', (value) => pairs(value).join(':')],
  ['in hexadecimal with spaces', (value) => `<Buffer ${pairs(value).join(' ')}>`],
  ['in hexadecimal with dashes', (value) => pairs(value).join('-').toUpperCase()],
  [
    'in hexadecimal for C',
    (value) =>
      pairs(value)
        .map((pair) => `0x${pair}`)
        .join(', '),
  ],
  ['in hexadecimal, wrapped', (value) => wrapped(hex(value), 30)],
  [
    'in \\x escapes',
    (value) =>
      pairs(value)
        .map((pair) => `\\x${pair}`)
        .join(''),
  ],
  ['in octal escapes', (value) => [...Buffer.from(value)].map((byte) => `\\${octal(byte)}`).join('')],
  [
    'in Unicode escapes',
    (value) => value.replace(/[^]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ],
  ['as a list of numbers', (value) => JSON.stringify(Buffer.from(value))],
  ['as Go prints bytes', (value) => `[${[...Buffer.from(value)].join(' ')}]`],
  ['percent-encoded', encodeURIComponent],
  [
    'percent-encoded, every byte',
    (value) =>
      pairs(value)
        .map((pair) => `%${pair}`)
        .join(''),
  ],
  ['in a form', (value) => new URLSearchParams({ q: value }).toString().slice(2)],
  ['in JSON', (value) => JSON.stringify({ password: value })],
  ['in JSON in JSON', (value) => JSON.stringify(JSON.stringify({ password: value }))],
  ['in JSON as Go writes it', (value) => JSON.stringify(value).replace(/[&<>]/g, (it) => `\\u00${hex(it)}`)],
  ['quoted for a shell', (value) => `'${value.replaceAll("'", "'\\''")}'`],
  ['quoted by printf %q', (value) => value.replace(/[^\w]/g, (it) => `\\${it}`)],
  ['in HTML', (value) => value.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`)],
  [
    'quoted-printable',
    (value) =>
      value.replace(/[^\w ]/g, (it) =>
        pairs(it)
          .map((pair) => `=${pair.toUpperCase()}`)
          .join(''),
      ),
  ],
  ['in base32', (value) => toBase32(`x${value}`)],
  ['in base64 in hexadecimal', (value) => pairs(base64(value)).join(' ')],
  ['in bits', (value) => [...Buffer.from(value)].map((byte) => byte.toString(2).padStart(8, '0')).join('')],
  ['in uuencode', (value) => uuencoded(value)],
  ['in the colours of a terminal', (value) => value.replace(/.{3}/g, '$&\x1b[0;31m')],
  ['dumped by od -d', (value) => `0000000 ${words(value, 2).join(' ')}\n0000200`],
  ['dumped by od -t u4', (value) => words(value, 4).join(' ')],
  ['dumped by od -t u8', (value) => words(value, 8).join(' ')],
  ['dumped by xxd', (value) => dump(value, ' ', ':')],
  ['dumped by hexdump -C', (value) => dump(value, ' ', ' ')],
  ['dumped by od -c', (value) => `0000000   ${Array.from(value).join('   ')}`],
  ['dumped by od -b', (value) => `0000000 ${[...Buffer.from(value)].map(octal).join(' ')}`],
  ['dumped by hexdump, in words', (value) => `0000000 ${swappedWords(value).join(' ')}\n0000200`],
];

/** As `od -d` and its like print them; a last word that is not whole is filled up with zeros. */
function words(value: string, bytes: 2 | 4 | 8): readonly string[] {
  const whole = Buffer.concat([Buffer.from(value), Buffer.alloc(bytes)]);
  const count = Math.ceil(Buffer.from(value).length / bytes);
  return Array.from({ length: count }, (_, index) => {
    const word = whole.subarray(index * bytes, (index + 1) * bytes).toReversed();
    return BigInt(`0x${Buffer.from(word).toString('hex')}`).toString();
  });
}

function uuencoded(value: string): string {
  const lines: string[] = ['begin 644 x'];
  const bytes = Buffer.from(value);
  for (let at = 0; at < bytes.length; at += 45) {
    const row = bytes.subarray(at, at + 45);
    const bits = [...row].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const digits = bits.padEnd(Math.ceil(row.length / 3) * 24, '0').match(/.{6}/g) ?? [];
    const character = (digit: number): string => String.fromCharCode(digit === 0 ? 0x60 : digit + 0x20);
    lines.push(character(row.length) + digits.map((digit) => character(Number.parseInt(digit, 2))).join(''));
  }
  return [...lines, '`', 'end'].join('\n');
}

describe.each([
  ['a token', token],
  ['a password with odd characters', password],
])('%s is found', (_, value) => {
  test.each(forms)('%s', async (__, form) => {
    const printed = form(value);
    const cleared = await redact(`start:\n${printed}\n:end`, [Buffer.from(value)]);
    expect(cleared).toContain('[redacted]');
    expect(cleared).toMatch(/^start:/);
    expect(cleared).toMatch(/:end$/);
    expect(shownBytes(value, form, cleared)).toBeLessThan(8);
  });
});

test.each(forms)('a value of random bytes of letters is found at every offset: %s', async (_, form) => {
  const random = seededRandom(20_26);
  const letters = (count: number): string =>
    Array.from({ length: count }, () => String.fromCharCode(33 + Math.floor(random() * 94))).join('');
  for (let round = 0; round < 12; round += 1) {
    const value = letters(16 + Math.floor(random() * 60));
    const printed = form(letters(Math.floor(random() * 9)) + value + letters(Math.floor(random() * 9)));
    const cleared = await redact(`a ${printed} z`, [Buffer.from(value)]);
    expect(cleared).toContain('[redacted]');
    expect({ value, isShown: shownBytes(value, form, cleared) >= 8 }).toEqual({ value, isShown: false });
  }
});

test.each<[string, string, string]>([
  ['cut at the start of the text', `${token.slice(-6)} is left`, '[redacted] is left'],
  ['cut at the end of the text', `it was ${token.slice(0, 5)}`, 'it was [redacted]'],
  ['twice', `${token} and ${token}`, '[redacted] and [redacted]'],
  ['in part, in the middle', `it is ${token.slice(9, 20)}…`, 'it is [redacted]…'],
])('a value is found %s', async (_, text, expected) => {
  expect(await redact(text, [Buffer.from(token)])).toBe(expected);
});

test.each<[string, string, string]>([
  ['as it is', 'pin is 7351!', 'pin is [redacted]!'],
  ['in base64 further on', `x ${base64('bob:7351')} y`, 'x Ym9iO[redacted]= y'],
  ['in hexadecimal', 'x 37:33:35:31 y', 'x [redacted] y'],
])('a value of four bytes is found %s', async (_, text, expected) => {
  expect(await redact(text, [Buffer.from('7351')])).toBe(expected);
});

test.each<[string, string]>([
  ['with a sign behind each character', Array.from(token).join('|')],
  ['as a list of characters', JSON.stringify(Array.from(token))],
  ['over short lines of a diff', wrapped(token, 5).replace(/^/gm, '> ')],
])('a value of letters and digits is found %s', async (_, text) => {
  expect(await redact(`it is ${text} end`, [Buffer.from(token)])).toMatch(/^it is .{0,22}\[redacted\].{0,2} end$/);
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['gzip', gzipSync],
  ['zlib', deflateSync],
  ['zstd', zstdCompressSync],
])('what is compressed (%s) is withheld in every form of digits', async (_, compress) => {
  const bytes = compress(Buffer.from(`token=${token}\n`));
  const forms = [
    base64(bytes),
    wrapped(base64(bytes), 20),
    bytes.toString('hex'),
    wrapped(bytes.toString('hex'), 32),
    (bytes.toString('hex').match(/../g) ?? []).join(' '),
  ];
  for (const form of forms)
    expect(await redact(`start:\n${form}\n: end`, [Buffer.from(token)])).toBe('start:\n[withheld]\n: end');
});

test('digests, commits and identifiers are shown', async () => {
  const text = `${'789c'.repeat(16)} da39a3ee5e6b4b0d3255bfef95601890afd80709 0b5a8f6e-6d4c-4b57-9d55-0d7f1c1f8b08`;
  expect(await redact(text, [Buffer.from(token)])).toBe(text);
});

test('a value that is mostly white space is found as it is', async () => {
  expect(await redact('x a  b y', [Buffer.from('a  b')])).toBe('x [redacted] y');
});

test('every line of a long value is found, also when only some were printed', async () => {
  const [, first = '', second = ''] = pem.split('\n');
  const cleared = await redact(`key is:\n${first}\n(and)\n${second}\nbye`, [Buffer.from(pem)]);
  expect(cleared).toBe('key is:\n[redacted]\n(and)\n[redacted]\nbye');
});

test('what a value holds in base64 is found too', async () => {
  const config = JSON.stringify({ auths: { 'r.example.com': { auth: base64(`bob:${token}`) } } });
  expect(await redact(`login as bob with ${token} failed`, [Buffer.from(config)])).toBe(
    'login as bob with [redacted] failed',
  );
});

test('a long run that looks encoded and that nothing explains is withheld', async () => {
  const packed = 'H4sIAAAAAAAAA0vPL0pVKC1OLVLIzUzNS1UoTi0uzszPUyhJrShRyM1MyVdISizJSFXIS8zVQ1KtkJKfl6qQmJeYU1mSCQA';
  expect(await redact(`packed: ${packed} end`, [Buffer.from(token)])).toBe('packed: [withheld] end');
});

test.each([
  'exit: no such file',
  'at Object.<anonymous> (/usr/local/lib/node_modules/@scope/package-name/dist/index.js:34:12)',
  'pulled sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'request 0ccb5f0e-4a5a-4bb0-9f0b-2d3f3b4d6a11 failed at 2026-03-01T12:00:00.123Z with HTTP/1.1 503',
  'org.springframework.beans.factory.UnsatisfiedDependencyException: Error creating bean entityManagerFactory',
  'see https://example.com/docs and file:///tmp/x',
  '{"level":"error","ts":1712345678.123,"msg":"failed","code":42}',
])('ordinary text stays: %s', async (text) => {
  const values = [token, 'no', password, 'https://alice:pw@db.internal:5432/x'].map((value) => Buffer.from(value));
  expect(await redact(text, values)).toBe(text);
});

test('a text without secrets stays as it is, however odd', async () => {
  const text = `${base64(Buffer.alloc(60, 'aZ9'))} aB3dE6gH9jK2mN5pQ8sT1vW4yZ7aB3dE6gH9`;
  expect(await redact(text, [])).toBe(text);
});

describe('work', () => {
  const worst: readonly [string, string, string][] = [
    ['lines that nearly match', 'aaaaaaab\n'.repeat(455), 'a'],
    ['the value itself', 'a'.repeat(4096), 'a'],
    ['base64 in base64', base64(base64(Buffer.alloc(2300, 'xyz'))).slice(0, 4096), 'xyz'],
    ['all kinds of escapes', '%61\\x61=61&amp;'.repeat(280).slice(0, 4096), 'a'],
    ['numbers', '97 98 99 00 '.repeat(341), 'abc\0'],
  ];

  test.each(worst)('gives others their turn: %s', async (_, text, filling) => {
    const values = Array.from({ length: 3 }, () => Buffer.alloc(1024 * 1024, filling));
    let turns = 0;
    await redact(text, values, () => Promise.resolve((turns += 1)));
    expect(turns).toBeGreaterThanOrEqual((3 * 1024 * 1024) / bytesATurn);
  });

  test('reads only the end of a text that is longer than a kubelet keeps', async () => {
    const cleared = await redact(`${'x'.repeat(100_000)} ${token}`, [Buffer.from(token)]);
    expect(cleared.length).toBeLessThan(4096);
    expect(cleared).toMatch(/ \[redacted\]$/);
  });
});

function swappedWords(text: string): readonly string[] {
  const padded = text.length % 2 === 0 ? text : `${text}\0`;
  return (hex(padded).match(/..../g) ?? []).map((word) => word.slice(2) + word.slice(0, 2));
}

function toBase32(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)] ?? '').join('');
}

/** About how many bytes of the value a text still shows in a form; what the form adds of its own does not count. */
function shownBytes(value: string, form: (text: string) => string, text: string): number {
  const framing = /Authorization: Basic|eyJhbGciOiJub25lIn0|<Buffer|\{?"?type|Buffer|password|0000000|0000200|0000001/g;
  const printed = form(value).replaceAll(framing, '');
  return longestShared(printed, text.replaceAll(framing, '')) / (printed.length / value.length);
}

/** The length of the longest text that both have. */
function longestShared(a: string, b: string): number {
  let longest = 0;
  for (let start = 0; start < a.length; start += 1) {
    while (start + longest < a.length && b.includes(a.slice(start, start + longest + 1))) longest += 1;
  }
  return longest;
}
