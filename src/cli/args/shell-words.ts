/** Splits a text into words as a POSIX shell does, with quotes and backslashes, and nothing else of a shell. */
import { CliError } from '../errors.ts';

const TOKEN = /\s+|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]+/gy;

export function shellWords(text: string): readonly string[] {
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
  if (end !== text.length)
    throw new CliError(
      'usage',
      'A quote in the command has no end; close it, or give the words of the command one by one.',
    );
  return word === undefined ? words : [...words, word];
}

function unquoted(token: string): string {
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('"'))
    return token
      .slice(1, -1)
      .replace(/\\(["\\$`])/g, '$1')
      .replace(/\\\n/g, '');
  return token.startsWith('\\') ? token.slice(1) : token;
}
