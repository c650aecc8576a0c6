/**
 * A file of variables (`.env`), read the same way wherever one is taken: import, jobs, local commands, the console. Pure.
 *
 *     # a comment                     KEY = plain text   # and a comment
 *     export KEY=value                KEY='as it stands, over several lines too'
 *     KEY=`with ' and " in it`        KEY="with \n \r \t \" \\ \$ and \` for what they mean"
 *     KEY                             no value: the reader's own variable of that name
 *
 * The file is UTF-8, with or without a byte order mark; lines end in LF, CRLF, or CR where there is nothing else. Nothing is expanded: `$HOME` stays `$HOME`, and
 * the entry says so. Of a name that stands twice the last one counts, and the others are reported.
 *
 * Promise: every line is an entry, a comment, empty, or a problem; a problem never repeats a value. A file that is not UTF-8
 * gives one refusal and nothing else.
 */
import { keyProblem } from '../api/index.ts';
import { importWords, type ImportWords } from './import-words.ts';

export interface EnvFileEntry {
  readonly name: string;
  /** Undefined for a name alone. */
  readonly value: string | undefined;
  readonly line: number;
  /** There is a `$NAME` in it, which other tools would replace. */
  readonly hasReference: boolean;
}

export interface EnvFileProblem {
  readonly line: number;
  readonly name?: string;
  /** Without a full stop. */
  readonly why: string;
  /** The line is fine; a later one of the same name counts. */
  readonly isRepeated?: true;
}

export interface EnvFile {
  readonly entries: readonly EnvFileEntry[];
  readonly problems: readonly EnvFileProblem[];
  /** Why nothing of the file was read, without a full stop. */
  readonly refusal?: string;
}

interface EnvFileOptions {
  /** Why a name cannot be taken, as a sentence; by default the rule for keys of secrets. */
  readonly nameProblem?: (name: string) => string | undefined;
  readonly words?: ImportWords;
}

interface Place {
  readonly text: string;
  readonly start: number;
  readonly line: number;
  readonly nameProblem: (name: string) => string | undefined;
  readonly words: ImportWords;
}

interface Read {
  readonly next: number;
  readonly entry?: EnvFileEntry;
  readonly problem?: EnvFileProblem;
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^=\r\n]*?)[ \t]*=[ \t]*/;
const NAME_ALONE = /^[ \t]*(?:export[ \t]+)?(.*)$/;
/** What may be repeated to people: a piece of a value that broke over two lines hardly looks like this. */
const LOOKS_LIKE_A_NAME = /^[\w .-]{1,64}$/;
const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

export function readEnvFile(
  bytes: Uint8Array,
  { nameProblem = keyProblem, words = importWords }: EnvFileOptions = {},
): EnvFile {
  const text = decoded(bytes, words);
  if (typeof text !== 'string') return { entries: [], problems: [], refusal: text.refusal };
  const entries = new Map<string, EnvFileEntry>();
  const problems: EnvFileProblem[] = [];
  let start = 0;
  let line = 1;
  while (start < text.length) {
    const { next, entry, problem } = readOne({ text, start, line, nameProblem, words });
    if (problem !== undefined) problems.push(problem);
    if (entry !== undefined) {
      const former = entries.get(entry.name);
      if (former !== undefined)
        problems.push({
          line: former.line,
          name: entry.name,
          why: words.repeated(String(entry.line)),
          isRepeated: true,
        });
      entries.set(entry.name, entry);
    }
    line += linesIn(text.slice(start, next));
    start = next;
  }
  return { entries: [...entries.values()], problems: problems.sort((a, b) => a.line - b.line) };
}

/** Editors of Windows write UTF-16, and shells there, too. */
function decoded(bytes: Uint8Array, words: ImportWords): string | { readonly refusal: string } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return { refusal: words.utf16 };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const nul = text.indexOf('\0');
    // A file of an old Mac ends its lines in CR alone.
    if (nul === -1) return text.includes('\n') ? text : text.replaceAll('\r', '\n');
    const line = linesIn(text.slice(0, nul)) + 1;
    return { refusal: words.nul(String(line)) };
  } catch {
    const line = linesIn(new TextDecoder('utf-8').decode(bytes).split('\ufffd', 1)[0] ?? '') + 1;
    return { refusal: words.notUtf8(String(line)) };
  }
}

/** One line, or several of a quoted value. */
function readOne(place: Place): Read {
  const { text, start, line } = place;
  const end = endOfLine(text, start);
  const whole = text.slice(start, end.content);
  if (/^[ \t]*(#|$)/.test(whole)) return { next: end.next };
  const [before, name = ''] = ASSIGNMENT.exec(whole) ?? [];
  if (before === undefined) return nameAlone(place, whole, end.next);
  const { next, value, mayRefer = false, why } = readValue(place, start + before.length, /[ \t]$/.test(before));
  const wrongName = nameProblemOf(place, name);
  if (wrongName !== undefined) return { next, problem: { line, why: wrongName } };
  if (value === undefined) return { next, problem: { line, name, why: why ?? '' } };
  return { next, entry: { name, value, line, hasReference: mayRefer && /\$(?:\{|[A-Za-z_])/.test(value) } };
}

function nameAlone(place: Place, whole: string, next: number): Read {
  const { line } = place;
  const name = withoutComment(NAME_ALONE.exec(whole)?.[1] ?? '', false);
  if (/[\s:'"]/.test(name) || place.nameProblem(name) !== undefined)
    return { next, problem: { line, why: place.words.noAssignment } };
  return { next, entry: { name, value: undefined, line, hasReference: false } };
}

function nameProblemOf({ nameProblem, words }: Place, name: string): string | undefined {
  const why = nameProblem(name);
  if (why === undefined) return undefined;
  return LOOKS_LIKE_A_NAME.test(name) ? why.replace(/\.$/, '') : words.noName;
}

interface ValueRead {
  readonly next: number;
  readonly value?: string;
  readonly mayRefer?: boolean;
  readonly why?: string;
}

function readValue({ text, words }: Place, start: number, isAfterSpace: boolean): ValueRead {
  const end = endOfLine(text, start);
  const quote = text[start] ?? '';
  if (start < end.content && (quote === "'" || quote === '"' || quote === '`'))
    return quoted({ text, start, quote, words });
  if (text.startsWith('-----BEGIN ', start)) return { next: afterPem(text, start), why: words.needsQuotes };
  return { next: end.next, value: withoutComment(text.slice(start, end.content), isAfterSpace), mayRefer: true };
}

/** The lines of a private key without its quotes would be read as names, and reported. */
function afterPem(text: string, from: number): number {
  const end = text.indexOf('-----END ', from);
  return end === -1 ? text.length : endOfLine(text, end).next;
}

/** Up to a `#` after a space; one right after the `=` is part of the value. */
function withoutComment(text: string, isAfterSpace: boolean): string {
  if (isAfterSpace && text.startsWith('#')) return '';
  const comment = text.search(/[ \t]#/);
  return (comment === -1 ? text : text.slice(0, comment)).replace(/[ \t]+$/, '');
}

function quoted({
  text,
  start,
  quote,
  words,
}: Pick<Place, 'text' | 'start' | 'words'> & { readonly quote: string }): ValueRead {
  let end = start + 1;
  while (end < text.length && text[end] !== quote) end += quote === '"' && text[end] === '\\' ? 2 : 1;
  // What follows may be more of the value, so none of it is taken for a name.
  if (end >= text.length) return { next: text.length, why: words.openQuote(quote) };
  const last = endOfLine(text, end);
  if (!/^[ \t]*$|^[ \t]+#/.test(text.slice(end + 1, last.content)))
    return { next: last.next, why: words.afterQuote(quote) };
  const inner = text.slice(start + 1, end);
  const value =
    quote === '"' ? inner.replace(/\\([nrt"\\$`])/g, (_, letter: string) => escapes.get(letter) ?? letter) : inner;
  return { next: last.next, value, mayRefer: quote === '"' && !inner.includes('\\$') };
}

function endOfLine(text: string, from: number): { readonly content: number; readonly next: number } {
  const found = text.indexOf('\n', from);
  if (found === -1) return { content: text.length, next: text.length };
  return { content: found > from && text[found - 1] === '\r' ? found - 1 : found, next: found + 1 };
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
