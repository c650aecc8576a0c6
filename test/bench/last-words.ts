/**
 * The longest time for which clearing a job's last words of its secrets holds the event loop, and what it takes in all, for the
 * worst that a tenant can make: the longest text, and as many bytes of values as are looked for.
 *
 *     npm run bench -- last-words
 *
 * In processor time of the thread, so that other programs of the machine do not count.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { redact } from '../../src/controllers/neuro-job/last-words/redact.ts';

const mebibyte = 1024 * 1024;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** What the text is like, the text, and what the values are filled with. */
const cases: readonly (readonly [string, string, string])[] = [
  ['lines that nearly match', 'aaaaaaab\n'.repeat(455), 'a'],
  ['the value itself', 'a'.repeat(4096), 'a'],
  ['base64 in base64', base64(Buffer.from(base64(Buffer.alloc(2300, 'xyz')))).slice(0, 4096), 'xyz'],
  ['hexadecimal', Buffer.alloc(2048, 'xyz').toString('hex'), 'xyz'],
  ['all kinds of escapes', '%61\\x61=61&amp;'.repeat(280).slice(0, 4096), 'a'],
  ['numbers', '97 98 99 00 '.repeat(341), 'abc\0'],
  ['words', 'the quick brown fox jumps '.repeat(160).slice(0, 4096), 'the quick brown fox jumps '],
];

export async function benchLastWords(valuesMebibytes: number): Promise<void> {
  console.log(`${'text'.padEnd(26)} longest turn  in all   (${valuesMebibytes} MiB of values)`);
  for (const [name, text, filling] of cases) {
    const values = Array.from({ length: valuesMebibytes }, () => Buffer.alloc(mebibyte, filling));
    const startedMs = threadMs();
    let turnStartedMs = startedMs;
    let longestMs = 0;
    const endTurn = async (): Promise<void> => {
      longestMs = Math.max(longestMs, threadMs() - turnStartedMs);
      await nextTurn();
      turnStartedMs = threadMs();
    };
    await redact(text, values, endTurn);
    await endTurn();
    console.log(
      `${name.padEnd(26)} ${longestMs.toFixed(1).padStart(9)} ms ${(threadMs() - startedMs).toFixed(0).padStart(6)} ms`,
    );
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
