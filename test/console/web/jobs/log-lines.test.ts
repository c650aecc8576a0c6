/** Output as lines: cuts anywhere, breaks that repeat nothing and lose nothing, bounds, no escape codes. */
import { expect, test } from 'vitest';
import { findLines, LogLines, mostLines } from '../../../../src/console/web/jobs/log-lines.ts';

const at = (second: number): string => `2026-11-25T12:00:0${String(second)}.5Z`;
const texts = (log: LogLines): readonly string[] => log.lines.map(({ text }) => text);
const read = (...parts: readonly string[]): LogLines => {
  const log = new LogLines();
  log.resume();
  for (const part of parts) log.add(Buffer.from(part));
  return log;
};

test('lines that are cut anywhere come out whole, with their times', () => {
  const log = read(`${at(1)} on`, `e\n${at(2)}`, ' two\n');
  expect(log.lines).toEqual([
    { number: 1, time: at(1), text: 'one' },
    { number: 2, time: at(2), text: 'two' },
  ]);
});

test('what has no line break is a line at the end', () => {
  const log = read(`${at(1)} half`);
  expect(texts(log)).toEqual([]);
  log.end();
  expect(texts(log)).toEqual(['half']);
});

test('after a break nothing is repeated and nothing lost', () => {
  const log = read(`${at(1)} a\n${at(2)} b\n${at(2)} c\n`);
  expect(log.since).toBe(at(2));
  log.resume();
  // The API server takes whole seconds, so it begins before the last line.
  log.add(Buffer.from(`${at(1)} a\n${at(2)} b\n${at(2)} c\n${at(2)} d\n${at(3)} e\n`));
  expect(texts(log)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a line that a break cuts comes out whole, in the middle of a character, too', () => {
  const whole = Buffer.from(`${at(1)} a é b\n${at(2)} c\n`);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const log = new LogLines();
    log.resume();
    log.add(whole.subarray(0, cut));
    log.resume();
    log.add(whole);
    expect({ cut, texts: texts(log) }).toEqual({ cut, texts: ['a é b', 'c'] });
  }
});

test('equal lines of one time are all there', () => {
  expect(texts(read(`${at(1)} x\n${at(1)} x\n`))).toEqual(['x', 'x']);
});

test('escape codes are taken off, other control characters are shown', () => {
  expect(texts(read(`${at(1)} \u001b[31mred\u001b[0m\u001b]52;c;eA==\u0007\u0001<b>\n`))).toEqual(['red␁<b>']);
});

test('only the newest lines are kept, and it says how many are not', () => {
  const log = read(...Array.from({ length: 12 }, () => 'x\n'.repeat(mostLines / 10)));
  expect(log.lines).toHaveLength(mostLines);
  expect(log.dropped).toBe(mostLines * 0.2);
});

test('a line that never ends does not fill the memory', () => {
  const log = read(...Array.from({ length: 50 }, () => 'x'.repeat(4096)));
  expect(log.lines.length).toBeGreaterThan(0);
  expect(Math.max(...texts(log).map(({ length }) => length))).toBeLessThanOrEqual(16_384);
});

test.each([
  ['', []],
  ['error', [0, 2]],
  ['Error', [2]],
  ['nothing', []],
])('search for %j finds lines %j', (words, found) => {
  expect(findLines(read('an error\nfine\nError!\n').lines, words)).toEqual(found);
});
