/** What a real shell makes of lines: its words. One process for many lines, because a process takes longer than a test of words. */
import { execFileSync } from 'node:child_process';

/** In UTF-8 wherever the tests run: a shell writes the characters of its locale. */
const env = { ...process.env, LC_ALL: 'C.UTF-8' };

/** The words of each line. A line whose quotes have no end spoils those behind it. */
export function wordsInShell(shell: 'sh' | 'bash', lines: readonly string[]): readonly (readonly string[])[] {
  const script = lines.map((line) => `say ${line}\n`).join('');
  const input = `say() { printf '%s\\0' "$#" "$@"; }\n${script}`;
  const said = execFileSync(shell, ['-s'], { input, env }).toString();
  const parts = said.split('\0');
  return lines.map(() => parts.splice(0, Number(parts.shift())));
}
