/** Why a line of a `.env` file is not taken, without a full stop; a page in another language brings its own words. */
import { keyProblem } from '../api/index.ts';
import type { Wording } from './wording.ts';

export const importWords = {
  empty: 'the value is empty; a secret has at least one byte',
  noValue: 'it has no value; write KEY=VALUE',
  repeated: (line: string) => `line ${line} has the same name again`,
  utf16: 'the file is UTF-16, not UTF-8; save it as UTF-8',
  nul: (line: string) =>
    `the file is not text: line ${line} holds a NUL; save it as UTF-8, and keep binary values in files`,
  notUtf8: (line: string) => `the file is not UTF-8 (line ${line}); save it as UTF-8, and keep binary values in files`,
  noAssignment: 'it is not an assignment; write KEY=VALUE',
  /** The name cannot be a key. */
  badKey: (name: string) => keyProblem(name) ?? '',
  noName: 'what stands before the = is not a name',
  needsQuotes: "a value over several lines stands in quotes: KEY='-----BEGIN …'",
  openQuote: (quote: string) => `the quote ${quote} has no end; nothing after it was read`,
  afterQuote: (quote: string) => `something stands after the closing ${quote}`,
} as const;

export type ImportWords = Wording<typeof importWords>;
