/**
 * Fuzzing within a few seconds: what is kept in `corpus/` first, then changed pieces of it and made-up texts.
 *
 * The seed stands in the title of each test: `NEURO_FUZZ_SEED=… npm run test:unit -- test/fuzz` repeats a run.
 * `NEURO_FUZZ_SECONDS=600` searches for that long. With `NEURO_FUZZ_KEEP=1` what was found is added to the corpus, so that it is tried for ever after.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import fc from 'fast-check';

const seed = Number(process.env['NEURO_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/**
 * Of each search without a time, the corpus included. Faults that were put into the code on purpose were found within 13 cases with every seed,
 * or not within four seconds either; and each run has a seed of its own.
 */
const cases = 400;
const searchMs = Number(process.env['NEURO_FUZZ_SECONDS'] ?? 0) * 1000;
const extent =
  searchMs === 0
    ? { numRuns: cases }
    : { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: searchMs, markInterruptAsFailure: false };
/** One case that hangs has to fail, too. */
const limitMs = searchMs + 120_000;

interface FuzzOptions {
  /** File of the corpus, without its ending. */
  readonly corpus: string;
  /** Pieces that mean something to the target: the fuzzer puts them into texts. */
  readonly words: readonly string[];
  /** Texts of its own making, besides those that come of the corpus. */
  readonly texts?: readonly fc.Arbitrary<string>[];
  /** Throws where a promise is broken. */
  readonly check: (text: string) => void | Promise<void>;
}

/** A test of that name which gives the target that many texts. */
export function fuzz(promise: string, { corpus, words, texts = [], check }: FuzzOptions): void {
  const kept = readCorpus(corpus);
  const text = fc.oneof(
    { arbitrary: changed(fc.constantFrom(...kept), words), weight: 4 },
    { arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((all) => all.join('')), weight: 2 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 200 }), weight: 1 },
    ...texts.map((arbitrary) => ({ arbitrary, weight: 4 })),
  );
  search(promise, { corpus, arbitrary: text, examples: kept, check });
}

interface SearchOptions<T> {
  readonly arbitrary: fc.Arbitrary<T>;
  readonly check: (value: T) => void | Promise<void>;
  readonly examples?: readonly T[];
  /** Where a text that was found is kept. */
  readonly corpus?: string;
}

/** The same for values that are no texts, and without a corpus. */
export function search<T>(promise: string, { arbitrary, check, examples = [], corpus }: SearchOptions<T>): void {
  test(
    `${promise} (seed ${String(seed)})`,
    async () => {
      const details = await fc.check(
        fc.asyncProperty(arbitrary, async (value) => {
          await check(value);
        }),
        {
          seed,
          examples: examples.map((example) => [example]),
          ...extent,
        },
      );
      if (!details.failed) return;
      const [found] = details.counterexample ?? [];
      if (process.env['NEURO_FUZZ_KEEP'] === '1' && corpus !== undefined && typeof found === 'string')
        keep(corpus, found);
      throw new Error(`${fc.defaultReportMessage(details) ?? ''}\nfor the corpus: ${JSON.stringify(found)}`);
    },
    limitMs,
  );
}

/** Texts that were found, or that were thought of, one JSON string a line. */
function readCorpus(name: string): readonly string[] {
  const lines = readFileSync(corpusPath(name), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as string);
}

function keep(name: string, text: string): void {
  writeFileSync(corpusPath(name), `${JSON.stringify(text)}\n`, { flag: 'a' });
}

function corpusPath(name: string): string {
  return fileURLToPath(new URL(`corpus/${name}.jsonl`, import.meta.url));
}

type Change = (text: string) => string;

/** A text with up to four changes: pieces cut out, doubled, put elsewhere, replaced by words or by any character. */
function changed(texts: fc.Arbitrary<string>, words: readonly string[]): fc.Arbitrary<string> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const piece = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }));
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.tuple(place, place).map(([from, to]) => cut(from, to, () => '')),
    fc.tuple(place, place).map(([from, to]) => cut(from, to, (part) => part + part)),
    fc.tuple(place, place, piece).map(([from, to, word]) => cut(from, to, () => word)),
    fc.tuple(place, piece).map(([at, word]) => cut(at, at, () => word)),
    fc.tuple(place, place).map(([from, to]) => cut(from, to, (part) => Array.from(part).reverse().join(''))),
    fc.tuple(place, fc.nat({ max: 7 })).map(([at, bit]) => cut(at, at, () => '', bit)),
  );
  return fc
    .tuple(texts, fc.array(change, { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce((current, each) => each(current), text));
}

/** Replaces what is between two places, which are shares of the length; or flips one bit of one character. */
function cut(from: number, to: number, replace: (part: string) => string, bit?: number): Change {
  return (text) => {
    const [start, end] = [Math.floor(Math.min(from, to) * text.length), Math.floor(Math.max(from, to) * text.length)];
    if (bit === undefined) return text.slice(0, start) + replace(text.slice(start, end)) + text.slice(end);
    const code = text.charCodeAt(start);
    return Number.isNaN(code)
      ? text
      : text.slice(0, start) + String.fromCharCode(code ^ (1 << bit)) + text.slice(start + 1);
  };
}
