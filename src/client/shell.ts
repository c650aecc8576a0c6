/**
 * Words of a command line: quoted so that a shell reads each back unchanged, and split as a shell splits them. Pure.
 *
 * Promise: `splitWords(quote(word))` is `[word]`, and bash, zsh and busybox read `quote(word)` as `word`, whatever characters it
 * has. Not promised: NUL, which no argument can hold.
 */

/** What a shell takes as it is. */
const PLAIN = /^[\w@%+=:,./-]+$/;
/** Control and format characters, and line separators: a terminal would act on them when they are pasted. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const TOKEN = /\s+|\$'(?:[^'\\]|\\[\s\S])*'|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|\$(?!')|[^\s'"\\$]+/gy;
const ESCAPE = /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([\s\S]))|[^\\]+/g;
const letters: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', "'": "\\'", '\\': '\\\\' };

/** One word of a command line. Text with control characters takes the form `$'…'`, so that it stays on one line. */
export function quote(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!UNPRINTABLE.test(word)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${Array.from(word, escaped).join('')}'`;
}

export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** Undefined where a quote has no end. Quotes and backslashes only: no variables, no patterns, no operators. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    end += token.length;
    if (/^\s/.test(token)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + unquoted(token);
  }
  if (end !== text.length) return undefined;
  return word === undefined ? words : [...words, word];
}

function unquoted(token: string): string {
  if (token.startsWith("$'")) return unescaped(token.slice(2, -1));
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('"'))
    return token
      .slice(1, -1)
      .replace(/\\(["\\$`])/g, '$1')
      .replace(/\\\n/g, '');
  return token.startsWith('\\') ? token.slice(1) : token;
}

/** Octal: every shell ends it after three digits, where `\x` may go on. */
function escaped(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  if (!UNPRINTABLE.test(character)) return character;
  return Array.from(new TextEncoder().encode(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Escapes may name single bytes, which together are UTF-8. */
function unescaped(text: string): string {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part, hex, octal, short, long, other] of text.matchAll(ESCAPE)) {
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
    else if ((short ?? long) !== undefined) bytes.push(...encoder.encode(codePoint(parseInt(short ?? long ?? '', 16))));
    else if (other !== undefined) bytes.push(...encoder.encode(letters[other] ?? literal(other)));
    else bytes.push(...encoder.encode(part));
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

function codePoint(value: number): string {
  return value > 0x10ffff ? '\ufffd' : String.fromCodePoint(value);
}

/** A backslash before anything else stays, as in a shell. */
function literal(character: string): string {
  return /['"\\?]/.test(character) ? character : `\\${character}`;
}
