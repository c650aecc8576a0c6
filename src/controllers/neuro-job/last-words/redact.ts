/**
 * Takes the values of secrets out of a text that a container left behind.
 *
 * Promise: a value of four bytes or more, and every piece of eight bytes of a longer one, is replaced by a mark in every
 * form that common tools print it in: as it is, over several lines, with spaces between its characters or in the wrong
 * case; in base64, base32 and hexadecimal, at any offset of a longer encoded text, wrapped or with any separator; as a
 * list of numbers, a dump of `od`, `hexdump` or `xxd`, or `uuencode`; escaped for a shell, C, JSON, a URL, HTML or a mail; with
 * other characters between its letters and digits; two of these one in the other; and what a value itself holds in base64. A part
 * of four bytes or more is found where the kubelet cut the text. Compressed data in one of these forms, and a long run that looks
 * encoded and that none of them explains, is withheld.
 *
 * Cost: the text is at most `longestText` characters, and each value is passed over once. Other work has its turn whenever
 * `bytesATurn` bytes have been read, of values or of readings of the text.
 *
 * Not promised: that a program which changes a value in some other way, such as by reversing it, is seen through.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compressedSpans, type Span } from './compressed.ts';
import { base64Readings, digitReadings, hexReadings } from './digits.ts';
import { bareReading, transparentReadings } from './escapes.ts';
import { GramTable, foldReading, foldValue, gramBytes, type FoldedReading } from './grams.ts';
import { longestText, plainReading, type Reading } from './reading.ts';
import { ValueScan } from './value-scan.ts';

const mark = '[redacted]';
const withheldMark = '[withheld]';
/** Bytes. Shorter values are found in ordinary words. */
const shortestValue = 4;
/** Between two turns of other work: 2 to 10 ms. */
export const bytesATurn = 64 * 1024;
/** How many times longer a byte of a reading takes than one of a value, roughly. */
const readingWeight = 6;
/** Characters between the edge of the text and a part of a value that was cut there: base64 may lose some. */
const cutSlack = 3;
/** Characters. A run so long that looks encoded may hold a value in a form that is not known here. */
const shortestScrambledRun = 32;

/** `pause` gives other work its turn. */
export async function redact(
  text: string,
  values: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  pause: () => Promise<unknown> = nextTurn,
): Promise<string> {
  const turns = new Turns(pause);
  const search = new Search(text.slice(-longestText));
  await search.prepare(turns);
  let hasValues = false;
  for await (const value of values) {
    hasValues = true;
    await search.look(value, turns);
  }
  return hasValues ? search.redacted(turns) : search.text;
}

/** Lets other work run after a limited amount of this work. */
class Turns {
  readonly #pause: () => Promise<unknown>;
  #spentBytes = 0;

  constructor(pause: () => Promise<unknown>) {
    this.#pause = pause;
  }

  async spend(bytes: number): Promise<void> {
    this.#spentBytes += bytes;
    if (this.#spentBytes < bytesATurn) return;
    this.#spentBytes = 0;
    await this.#pause();
  }
}

interface SearchedReading extends FoldedReading {
  /** The number of the piece that begins at each byte, or -1. */
  readonly grams: Int32Array;
}

class Search {
  readonly text: string;
  readonly #readings: SearchedReading[] = [];
  #table = new GramTable(0);
  /** One entry for each character of the text: 1 where a value was found, 2 where the search cannot look for one. */
  readonly #hidden: Uint8Array;
  readonly #compressed: Span[] = [];

  constructor(text: string) {
    this.text = text;
    this.#hidden = new Uint8Array(text.length);
  }

  async prepare(turns: Turns): Promise<void> {
    const folded: FoldedReading[] = [];
    for (const readings of readingsOf(this.text)) {
      folded.push(...readings.map(foldReading));
      this.#compressed.push(...readings.flatMap(compressedSpans));
      await turns.spend(readings.reduce((sum, { codes }) => sum + codes.length * readingWeight, 0));
    }
    this.#table = new GramTable(folded.reduce((sum, { bytes }) => sum + bytes.length, 0));
    for (const reading of folded) {
      this.#readings.push({ ...reading, grams: this.#table.add(reading) });
      await turns.spend(reading.bytes.length * readingWeight);
    }
  }

  /** Looks for a value, and for what it holds in base64. */
  async look(value: Uint8Array, turns: Turns): Promise<void> {
    if (value.byteLength < shortestValue) return;
    const scan = new ValueScan(this.#table);
    for (let start = 0; start < value.byteLength; start += bytesATurn) {
      const piece = value.subarray(start, start + bytesATurn);
      scan.read(piece);
      await turns.spend(piece.byteLength);
    }
    this.#lookForEnds(value);
    if (value.byteLength <= gramBytes * 8) this.#lookForShort(value);
  }

  async redacted(turns: Turns): Promise<string> {
    for (const { grams, starts, ends } of this.#readings) {
      await turns.spend(grams.length);
      for (const [index, number] of grams.entries()) {
        if (number === -1 || !this.#table.isFound(number)) continue;
        this.#hide(starts[index] ?? 0, ends[index + gramBytes - 1] ?? 0);
      }
    }
    this.#hideDumps();
    for (const span of this.#compressed) this.#withhold(span);
    return this.#marked();
  }

  /** Looks in every reading for a value that is too short for the table. */
  #lookForShort(value: Uint8Array): void {
    const folded = foldValue(value);
    if (folded.length >= gramBytes) return;
    if (folded.length < shortestValue) {
      // White space, mostly. It is looked for as it is.
      const plain = Buffer.from(value).toString('utf8');
      for (let at = this.text.indexOf(plain); at !== -1; at = this.text.indexOf(plain, at + 1)) {
        this.#hide(at, at + plain.length);
      }
      return;
    }
    for (const { bytes, starts, ends } of this.#readings) {
      for (let at = bytes.indexOf(folded); at !== -1; at = bytes.indexOf(folded, at + 1)) {
        this.#hide(starts[at] ?? 0, ends[at + folded.length - 1] ?? 0);
      }
    }
  }

  /** Looks for parts of a value that was cut: the text may begin with its end, or end with its beginning. */
  #lookForEnds(value: Uint8Array): void {
    // White space is left out, so the few bytes that are compared may come from more.
    const head = foldValue(value.subarray(0, 64)).subarray(0, gramBytes - 1);
    const tail = foldValue(value.subarray(-64)).subarray(1 - gramBytes);
    for (const { bytes, starts, ends } of this.#readings) {
      const last = bytes.length - 1;
      for (let size = gramBytes - 1; size >= shortestValue; size -= 1) {
        if (
          size <= tail.length &&
          (starts[0] ?? 0) <= cutSlack &&
          tail.subarray(-size).equals(bytes.subarray(0, size))
        ) {
          this.#hide(starts[0] ?? 0, ends[size - 1] ?? 0);
        }
        const from = bytes.length - size;
        const isAtEnd = (ends[last] ?? 0) >= this.text.length - cutSlack;
        if (size <= head.length && isAtEnd && from >= 0 && head.subarray(0, size).equals(bytes.subarray(from))) {
          this.#hide(starts[from] ?? 0, ends[last] ?? 0);
        }
      }
    }
  }

  /** To the next plain word of the line, which a reading takes for digits; with what base64 ends with, which stands for nothing. */
  #withhold({ start, end }: Span): void {
    const word = this.text.slice(start, end).search(/ [A-Z]?[a-z]*[g-z][a-z]*(?=[^A-Za-z0-9+/=]|$)/);
    let after = word === -1 ? end : start + word;
    while (this.text[after] === '=') after += 1;
    this.#hidden.fill(2, start, after);
  }

  #hide(start: number, end: number): void {
    this.#hidden.fill(1, start, end);
  }

  /** A dump says everything twice, and its last line may be too short to be found. */
  #hideDumps(): void {
    for (const { 0: dump, index } of this.text.matchAll(/(?:^[ \t]*[0-9a-fA-F]{4,16}:?[ \t]+.*(?:\n|$))+/gm)) {
      if (this.#hidden.subarray(index, index + dump.length).includes(1))
        this.#hide(index, index + dump.trimEnd().length);
    }
  }

  #marked(): string {
    let marked = '';
    let state = 0;
    let from = 0;
    for (let index = 0; index <= this.text.length; index += 1) {
      const next = this.#hidden[index] ?? 0;
      if (next === state && index < this.text.length) continue;
      const run = this.text.slice(from, index);
      const stateMark = state === 2 ? withheldMark : mark;
      if (state === 0 || isScheme(run)) marked += withoutScrambled(run);
      // What stands between two pieces of one value, such as a quotation mark, would only tell its form.
      else if (!marked.endsWith(stateMark)) marked += stateMark;
      state = next;
      from = index;
    }
    return marked;
  }
}

/** The readings of a text, a few at a time: as it is, with one form undone, and with two undone one after the other. */
function* readingsOf(text: string): Generator<readonly Reading[]> {
  const plain = plainReading(text);
  yield [plain];
  for (const transparent of transparentReadings(plain)) {
    yield [transparent, ...digitReadings(transparent)];
    yield transparentReadings(transparent);
  }
  yield digitReadings(plain);
  yield [bareReading(plain)];
  for (const decoded of base64Readings(plain)) {
    yield [...transparentReadings(decoded), ...base64Readings(decoded)];
  }
  for (const decoded of hexReadings(plain)) yield base64Readings(decoded);
}

/** `https://` and its like are in many values and texts, and tell nothing. */
function isScheme(text: string): boolean {
  return /^[^A-Za-z0-9]{0,2}[a-z][a-z0-9+.-]*:\/\/$/i.test(text);
}

function withoutScrambled(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]+={0,2}/g, (run) => (isScrambled(run) ? withheldMark : run));
}

/**
 * Whether a run looks encoded: capitals, small letters and digits take turns. In base64 of random bytes two neighbours out
 * of three are of different kinds, in words and paths one out of five. Hexadecimal is no riddle: it was read.
 */
function isScrambled(run: string): boolean {
  if (run.length < shortestScrambledRun || /^[0-9a-f-]+$/i.test(run)) return false;
  let changes = 0;
  for (let index = 1; index < run.length; index += 1) {
    if (kindOf(run.charCodeAt(index)) !== kindOf(run.charCodeAt(index - 1))) changes += 1;
  }
  return changes >= run.length * 0.4;
}

function kindOf(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return 0;
  if (code >= 0x41 && code <= 0x5a) return 1;
  return code >= 0x30 && code <= 0x39 ? 2 : 3;
}
