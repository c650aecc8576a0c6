/** What people type who know another command, and what to type instead. */
import { ownValue } from '../api/own-value.ts';

/** Each row is several words or flags, with spaces between them, and one sentence for all of them. */
export type HintTable = Readonly<Record<string, string>>;

/** Tables by the path of a noun or a command; '' is for the first word, or for all commands. */
export type HintTables = Readonly<Record<string, HintTable>>;

export function sentenceIn(tables: HintTables, path: string, word: string): string | undefined {
  const table = ownValue(tables, path) ?? {};
  return Object.entries(table).find(([words]) => words.split(' ').includes(word))?.[1];
}
