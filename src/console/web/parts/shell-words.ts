/** Splits a text into words as a POSIX shell does, with quotes and backslashes and nothing else of a shell; undefined where a quote has no end. */
const TOKEN = /\s+|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]+/gy;

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
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('"'))
    return token
      .slice(1, -1)
      .replace(/\\(["\\$`])/g, '$1')
      .replace(/\\\n/g, '');
  return token.startsWith('\\') ? token.slice(1) : token;
}
