/**
 * Readings of a text with one kind of escapes undone: backslashes (C, JSON, shell), percent (URLs, forms), HTML,
 * quoted-printable; without the column of offsets that dumps have, and without colours.
 */
import { ReadingBuilder, asCharacters, type Reading } from './reading.ts';

type Unescape = (match: RegExpMatchArray) => readonly number[];

/** The reading with each match replaced by the bytes that it stands for; undefined where nothing matches. */
function unescaped(reading: Reading, pattern: RegExp, bytesOf: Unescape): Reading | undefined {
  const { codes, starts, ends } = reading;
  const builder = new ReadingBuilder(codes.length);
  let next = 0;
  const copyTo = (index: number): void => {
    for (; next < index; next += 1) builder.add(codes[next] ?? 0, starts[next] ?? 0, ends[next] ?? 0);
  };
  let hasMatch = false;
  for (const match of asCharacters(reading).matchAll(pattern)) {
    hasMatch = true;
    copyTo(match.index);
    next = match.index + match[0].length;
    for (const byte of bytesOf(match)) builder.add(byte, starts[match.index] ?? 0, ends[next - 1] ?? 0);
  }
  if (!hasMatch) return undefined;
  copyTo(codes.length);
  return builder.build();
}

/** `'\''` and `'"'"'` are how a shell quotes an apostrophe. */
const backslashPattern =
  /'\\''|'"'"'|\\(?:x([0-9a-fA-F]{1,2})|U([0-9a-fA-F]{8})|u\{([0-9a-fA-F]{1,6})\}|u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-7]{1,3})|([^]))/g;
const lineFeed = 0x0a;

const backslash: Unescape = ([whole, x, long, braced, high, low, short, octal, character]) => {
  if (whole.startsWith("'")) return [0x27];
  if (x !== undefined) return [Number.parseInt(x, 16)];
  if (high !== undefined && low !== undefined) {
    return utf8((Number.parseInt(high, 16) - 0xd800) * 0x400 + (Number.parseInt(low, 16) - 0xdc00) + 0x10000);
  }
  const point = long ?? braced ?? short;
  if (point !== undefined) return utf8(Number.parseInt(point, 16));
  if (octal !== undefined) return [Number.parseInt(octal, 8) & 0xff];
  // White space and control characters are not compared, so one stands for all.
  return 'abefnrtv\n'.includes(character ?? '') ? [lineFeed] : [character?.charCodeAt(0) ?? 0];
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Every reading that undoes one kind of escapes which the text has. */
export function transparentReadings(reading: Reading): readonly Reading[] {
  return [
    unescaped(reading, backslashPattern, backslash),
    unescaped(reading, /%([0-9a-fA-F]{2})|\+/g, ([, hex]) => [hex === undefined ? 0x20 : Number.parseInt(hex, 16)]),
    unescaped(
      reading,
      /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g,
      ([, name, decimal, hex]) =>
        name === undefined
          ? utf8(Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10))
          : utf8((entities[name] ?? '').charCodeAt(0)),
    ),
    unescaped(reading, /=(?:([0-9A-F]{2})|\r?\n)/g, ([, hex]) => (hex === undefined ? [] : [Number.parseInt(hex, 16)])),
    unescaped(reading, /^[ \t]*[0-9a-fA-F]{4,16}:?(?=[ \t\n]|$)/gm, () => []),
    // Colours of a terminal.
    unescaped(reading, new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;?]*[ -/]*[@-~]`, 'g'), () => []),
  ].filter((found) => found !== undefined);
}

/** Letters and digits alone: what stands between single characters (`a|b|c`, `['a', 'b']`), or before short lines (`> abc`), is left out. */
export function bareReading(reading: Reading): Reading {
  return unescaped(reading, /[^A-Za-z0-9]+/g, () => []) ?? reading;
}

function utf8(point: number): readonly number[] {
  return point > 0x10ffff ? [] : [...Buffer.from(String.fromCodePoint(point))];
}
