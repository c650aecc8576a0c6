/** Readings of a text as digits: base64, base32 and hexadecimal in runs, lists of numbers, a byte or a word each, and uuencode. */
import { ReadingBuilder, asCharacters, type Reading } from './reading.ts';

interface Code {
  readonly bits: number;
  /** A value may begin at any byte of a longer encoded text, and that text at any character of a run: this is the number of cases. */
  readonly phases: number;
  /** Maps a character code to the value of the digit, and to -1 where the character is no digit of this code. */
  readonly digits: Int8Array;
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Both alphabets. */
const base64 = codeOf(6, 4, [`${upper}${upper.toLowerCase()}0123456789+/`, `${'\0'.repeat(62)}-_`]);
const base32 = codeOf(5, 8, [`${upper}234567`, `${upper.toLowerCase()}234567`]);
const hexadecimal = codeOf(4, 2, ['0123456789abcdef', '0123456789ABCDEF']);

/** Maps a character code to the value of the digit in either alphabet of base64, and to -1 where it is in neither. */
export const base64Digits = base64.digits;

/** A run that stands for fewer bytes holds no value that is looked for. */
const fewestBytes = 4;
const highestWhiteSpace = 0x20;

export function base64Readings(reading: Reading): readonly Reading[] {
  return runReadings(reading, base64);
}

export function hexReadings(reading: Reading): readonly Reading[] {
  return runReadings(reading, hexadecimal);
}

export function digitReadings(reading: Reading): readonly Reading[] {
  return [base64, base32, hexadecimal]
    .flatMap((code) => runReadings(reading, code))
    .concat(listReadings(reading), uuReading(reading));
}

/** Runs of digits, with white space in between skipped, decoded from each character that can be their first. */
function runReadings(reading: Reading, code: Code): readonly Reading[] {
  return Array.from({ length: code.phases }, (_, phase) => runReading(reading, code, phase)).filter(hasBytes);
}

function runReading({ codes, starts, ends }: Reading, { bits, digits }: Code, phase: number): Reading {
  const builder = new ReadingBuilder(codes.length);
  let runStart = 0;
  let skipped = 0;
  let held = 0;
  let heldBits = 0;
  let heldFrom = 0;
  const endRun = (position: number): void => {
    if (builder.length - runStart < fewestBytes) builder.cutTo(runStart);
    else builder.addGap(position);
    runStart = builder.length;
    skipped = held = heldBits = 0;
  };
  for (const [index, character] of codes.entries()) {
    const [start, end] = [starts[index] ?? 0, ends[index] ?? 0];
    if (character >= 0 && character <= highestWhiteSpace) continue;
    const digit = digits[character] ?? -1;
    if (digit === -1) {
      endRun(start);
      continue;
    }
    if (skipped < phase) {
      skipped += 1;
      continue;
    }
    if (heldBits === 0) heldFrom = start;
    held = ((held << bits) | digit) & 0xffff;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    builder.add((held >> heldBits) & 0xff, heldFrom, end);
    heldFrom = start;
  }
  endRun(0);
  return builder.build();
}

/** What one number of a list stands for; undefined where it is none of this kind. */
type NumberBytes = (token: string) => readonly number[] | undefined;

const hexBytes: NumberBytes = (token) => {
  if (!/^[0-9a-fA-F]+$/.test(token) || (token.length > 1 && token.length % 2 === 1)) return undefined;
  return token.length === 1 ? [Number.parseInt(token, 16)] : [...Buffer.from(token, 'hex')];
};

const numberKinds: readonly NumberBytes[] = [
  hexBytes,
  // Words as `hexdump` and `od -x` print them on most machines: the last byte first.
  (token) => ([4, 8, 16].includes(token.length) ? hexBytes(token)?.toReversed() : undefined),
  (token) => (/^[0-9]{1,3}$/.test(token) && Number(token) <= 0xff ? [Number(token)] : undefined),
  (token) => (/^0?[0-3][0-7]{2}$/.test(token) ? [Number.parseInt(token, 8)] : undefined),
  (token) => {
    const word = /^[01][0-7]{5}$/.test(token) ? Number.parseInt(token, 8) : undefined;
    return word === undefined ? undefined : [word & 0xff, word >> 8];
  },
  (token) =>
    /^(?:[01]{8})+$/.test(token) ? (token.match(/.{8}/g) ?? []).map((bits) => Number.parseInt(bits, 2)) : undefined,
  // Words of two, four and eight bytes as `od -d`, `od -t u4` and `od -t u8` print them.
  (token) => decimalWord(token, 2),
  (token) => decimalWord(token, 4),
  (token) => decimalWord(token, 8),
];

/** The bytes of a decimal number that needs so many, the last byte first; a word of text is never smaller. */
function decimalWord(token: string, bytes: 2 | 4 | 8): readonly number[] | undefined {
  if (!/^[0-9]{4,20}$/.test(token)) return undefined;
  const word = BigInt(token);
  if (word >= 1n << BigInt(8 * bytes) || word < 1n << BigInt(8 * (bytes - 1))) return undefined;
  return Array.from({ length: bytes }, (_, index) => Number((word >> BigInt(8 * index)) & 0xffn));
}

/**
 * Lines of `uuencode` (also of BusyBox): a character for the number of bytes, then four characters for each three of them.
 */
function uuReading(reading: Reading): readonly Reading[] {
  const { codes, starts, ends } = reading;
  const builder = new ReadingBuilder(codes.length);
  for (const { 0: line, index } of asCharacters(reading).matchAll(/^[!-M][ -`]{4,84}$/gm)) {
    const length = (line.charCodeAt(0) - 0x20) & 0x3f;
    if (line.length - 1 !== Math.ceil(length / 3) * 4) continue;
    for (let byte = 0; byte < length; byte += 1) {
      const first = index + 1 + Math.floor((byte * 8) / 6);
      const digit = (at: number): number => ((codes[at] ?? 0) - 0x20) & 0x3f;
      const shift = 4 - 2 * (byte % 3);
      builder.add((((digit(first) << 6) | digit(first + 1)) >> shift) & 0xff, starts[first] ?? 0, ends[first + 1] ?? 0);
    }
  }
  return [builder.build()].filter(hasBytes);
}

/** Numbers, whatever stands between them: `73:33`, `0x73, 0x33`, `[115, 51]`, and dumps with a column of characters. */
function listReadings(reading: Reading): readonly Reading[] {
  const { starts, ends } = reading;
  const tokens = [...asCharacters(reading).matchAll(/(?:0?[xX])?([0-9A-Za-z]+)/g)];
  return numberKinds
    .map((bytesOf) => {
      const builder = new ReadingBuilder(reading.codes.length);
      for (const { 0: whole, 1: token = '', index } of tokens) {
        const bytes = bytesOf(token) ?? [];
        const end = ends[index + whole.length - 1] ?? 0;
        for (const byte of bytes) builder.add(byte, starts[index] ?? 0, end);
      }
      return builder.build();
    })
    .filter(hasBytes);
}

function hasBytes({ codes }: Reading): boolean {
  return codes.length >= fewestBytes;
}

function codeOf(bits: number, phases: number, alphabets: readonly string[]): Code {
  const digits = new Int8Array(128).fill(-1);
  for (const alphabet of alphabets) {
    for (const [digit, character] of Array.from(alphabet).entries()) {
      if (character !== '\0') digits[character.charCodeAt(0)] = digit;
    }
  }
  return { bits, phases, digits };
}
