/**
 * A `.env` file, byte for byte: what stands between the quotes is the value, whatever bytes they are.
 *
 *     # a comment                     KEY = plain text   # and a comment
 *     export KEY=value                KEY='as it stands, over several lines too'
 *     KEY=`with ' and " in it`        KEY="with \n \r \t \" \\ \$ and \` for what they mean"
 *
 * Nothing is expanded: `$HOME` stays `$HOME`, and is told. Of a key that stands twice the last one counts, and the
 * others are told. Promise: every line is an entry, a comment, empty, or a problem; a problem never repeats a value.
 */
import { keyProblem } from '../../api/index.ts';

export interface DotenvEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly line: number;
  /** There is a `$NAME` in it, which other tools would replace. */
  readonly hasReference: boolean;
}
export interface DotenvProblem {
  readonly line: number;
  readonly key?: string;
  readonly why: string;
}
export interface Dotenv {
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly DotenvProblem[];
}

/** Each character is one byte, so nothing is lost; all that the format knows is ASCII. */
type ByteText = string;

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^=\r\n]*?)[ \t]*=[ \t]*/;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$',
  '`': '`',
};

export function parseDotenv(bytes: Uint8Array): Dotenv {
  const text: ByteText = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const entries = new Map<string, DotenvEntry>();
  const problems: DotenvProblem[] = [];
  let position = 0;
  let line = 1;
  while (position < text.length) {
    const { next, entry, problem } = readOne(text, position, line);
    if (problem !== undefined) problems.push(problem);
    if (entry !== undefined) {
      const former = entries.get(entry.key);
      if (former !== undefined)
        problems.push({ line: former.line, key: entry.key, why: `line ${entry.line} has the same key again` });
      entries.set(entry.key, entry);
    }
    line += text.slice(position, next).split('\n').length - 1;
    position = next;
  }
  return { entries: [...entries.values()], problems: problems.sort((a, b) => a.line - b.line) };
}

interface Read {
  readonly next: number;
  readonly entry?: DotenvEntry;
  readonly problem?: DotenvProblem;
}

/** One line, or several of a quoted value. */
function readOne(text: ByteText, start: number, line: number): Read {
  const lineEnd = endOfLine(text, start);
  const whole = text.slice(start, lineEnd.content);
  if (/^[ \t]*(#|$)/.test(whole)) return { next: lineEnd.next };
  const assignment = ASSIGNMENT.exec(whole);
  if (assignment === null)
    return { next: lineEnd.next, problem: { line, why: 'it is no assignment; write KEY=VALUE' } };
  const [before, key = ''] = assignment;
  const why = keyProblem(key);
  if (why !== undefined) return { next: lineEnd.next, problem: { line, why: keySentence(key, why) } };
  const valueStart = start + before.length;
  const quote = text[valueStart] ?? '';
  if (valueStart < lineEnd.content && (quote === "'" || quote === '"' || quote === '`'))
    return quoted(text, { key, line, valueStart, quote });
  if (text.startsWith('-----BEGIN ', valueStart))
    return { next: afterPem(text, valueStart), problem: pemProblem(key, line) };
  return made({ key, line, next: lineEnd.next }, unquoted(whole.slice(before.length), /[ \t]$/.test(before)), true);
}

/** Its lines would be read as keys, and told, which are pieces of a private key. */
function afterPem(text: ByteText, from: number): number {
  const end = text.indexOf('-----END ', from);
  return end === -1 ? text.length : endOfLine(text, end).next;
}

function pemProblem(key: string, line: number): DotenvProblem {
  return { line, key, why: "a value over several lines stands in quotes: KEY='-----BEGIN …'" };
}

/** Up to a `#` after a space; one right after the `=` is part of the value. */
function unquoted(text: ByteText, isAfterSpace: boolean): ByteText {
  if (isAfterSpace && text.startsWith('#')) return '';
  const comment = text.search(/[ \t]#/);
  return (comment === -1 ? text : text.slice(0, comment)).replace(/[ \t]+$/, '');
}

interface Quoted {
  readonly key: string;
  readonly line: number;
  readonly valueStart: number;
  readonly quote: string;
}

function quoted(text: ByteText, { key, line, valueStart, quote }: Quoted): Read {
  let end = valueStart + 1;
  while (end < text.length && text[end] !== quote) end += quote === '"' && text[end] === '\\' ? 2 : 1;
  // What follows may be more of the value, so none of it is taken for a key.
  if (end >= text.length)
    return {
      next: text.length,
      problem: { line, key, why: `the quote ${quote} has no end; nothing after it was read` },
    };
  const last = endOfLine(text, end);
  const rest = text.slice(end + 1, last.content);
  if (!/^[ \t]*$|^[ \t]+#/.test(rest))
    return { next: last.next, problem: { line, key, why: `something stands after the closing ${quote}` } };
  const inner = text.slice(valueStart + 1, end);
  const value =
    quote === '"' ? inner.replace(/\\([nrt"\\$`])/g, (_, letter: string) => escapes[letter] ?? letter) : inner;
  return made({ key, line, next: last.next }, value, quote === '"' && !inner.includes('\\$'));
}

function made(
  { key, line, next }: { readonly key: string; readonly line: number; readonly next: number },
  value: ByteText,
  mayRefer: boolean,
): Read {
  if (value === '')
    return { next, problem: { line, key, why: 'the value is empty; a secret holds at least one byte' } };
  const hasReference = mayRefer && /\$(?:\{|[A-Za-z_])/.test(value);
  return { next, entry: { key, value: Buffer.from(value, 'latin1'), line, hasReference } };
}

function endOfLine(text: ByteText, from: number): { readonly content: number; readonly next: number } {
  const found = text.indexOf('\n', from);
  if (found === -1) return { content: text.length, next: text.length };
  return { content: found > from && text[found - 1] === '\r' ? found - 1 : found, next: found + 1 };
}

/** What stands before the = may be part of a value that broke over two lines, so only what looks like a name is said. */
function keySentence(key: string, why: string): string {
  return /^[\w .-]{1,64}$/.test(key) ? why.replace(/\.$/, '') : 'what stands before the = is no key';
}
