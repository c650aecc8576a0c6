/** Splits a text into words as a shell does. */
import { splitWords } from '../../client/index.ts';
import { CliError } from '../errors.ts';

/** Throws where a quote has no end. */
export function shellWords(text: string): readonly string[] {
  const words = splitWords(text);
  if (words !== undefined) return words;
  throw new CliError(
    'usage',
    'A quote in the command has no end; close it, or give the words of the command one by one.',
  );
}
