/** How a second run of failed files is counted. */
import { describe, expect, test } from 'vitest';
import { fileResults, filesToRepeat, summary, type FileResult, type Report } from '../../scripts/test/results.ts';

const file = 'a.test.ts';
const run = (outcomes: Readonly<Record<string, boolean>>): FileResult => ({
  file,
  durationMs: 1,
  tests: Object.entries(outcomes).map(([name, passed]) => ({ file, name, passed })),
});
const stray: FileResult = { file: '', durationMs: 1, tests: [{ file: 'an error', name: '', passed: false }] };
const counts = (first: readonly FileResult[], again: readonly FileResult[] = []): unknown => {
  const { passed, failed, flaky } = summary(first, again);
  return { passed, failed: failed.map(({ name }) => name), flaky: flaky.map(({ name }) => name) };
};

describe('a summary', () => {
  test.each<[string, readonly FileResult[], readonly FileResult[], unknown]>([
    ['of what passed', [run({ one: true, two: true })], [], { passed: 2, failed: [], flaky: [] }],
    ['of what failed twice', [run({ one: false })], [run({ one: false })], { passed: 0, failed: ['one'], flaky: [] }],
    [
      'of what failed and then passed, which never counts as passed',
      [run({ one: false, two: true })],
      [run({ one: true, two: true })],
      { passed: 1, failed: [], flaky: ['one'] },
    ],
    [
      'of random input, whose names carry a seed',
      [run({ 'one (seed 1)': false, 'two (seed 1)': true })],
      [run({ 'one (seed 2)': false, 'two (seed 2)': true })],
      { passed: 1, failed: ['one (seed 1)'], flaky: [] },
    ],
    [
      'of what passed and then failed',
      [run({ one: false, two: true })],
      [run({ one: false, two: false })],
      { passed: 0, failed: ['one'], flaky: ['two'] },
    ],
    [
      'of an error of no test in either run, beside a test that is flaky',
      [run({ one: false, two: true }), stray],
      [run({ one: true, two: true }), stray],
      { passed: 1, failed: ['', ''], flaky: ['one'] },
    ],
    ['of what was not run again', [run({ one: false })], [], { passed: 0, failed: ['one'], flaky: [] }],
    [
      'of what the second run no longer reached',
      [run({ one: false, two: true })],
      [run({ one: true })],
      { passed: 0, failed: [], flaky: ['one', 'two'] },
    ],
    [
      'of a file that could not run at first',
      [run({ '': false })],
      [run({ one: true, two: false })],
      { passed: 1, failed: ['two'], flaky: [''] },
    ],
    [
      'of a file that can never run',
      [run({ '': false })],
      [run({ '': false })],
      { passed: 0, failed: [''], flaky: [] },
    ],
  ])('%s', (_name, first, again, expected) => {
    expect(counts(first, again)).toEqual(expected);
  });

  test('takes several tests of one name as failed when one of them fails', () => {
    const twice = (...passed: readonly boolean[]): FileResult => ({
      file,
      durationMs: 1,
      tests: passed.map((each) => ({ file, name: 'same', passed: each })),
    });
    expect(counts([twice(true, false)], [twice(false, true)])).toEqual({
      passed: 0,
      failed: ['same'],
      flaky: ['same'],
    });
  });

  test('asks for a second run of exactly the files with a failure', () => {
    expect(filesToRepeat([run({ one: true }), { ...run({ one: true, two: false }), file: 'b' }])).toEqual(['b']);
  });
});

describe('a report of vitest', () => {
  const of = (status: string, ...statuses: readonly string[]): Report => ({
    testResults: [
      {
        name: file,
        status,
        startTime: 1_000,
        endTime: 3_000,
        assertionResults: statuses.map((each, index) => ({ fullName: `test ${String(index)}`, status: each })),
      },
    ],
  });

  test.each<[string, Report, Readonly<Record<string, boolean>>]>([
    ['leaves out what was skipped', of('passed', 'passed', 'pending', 'todo'), { 'test 0': true }],
    ['keeps what failed', of('failed', 'failed', 'passed'), { 'test 0': false, 'test 1': true }],
    ['makes a failure of a file that could not run', of('failed'), { '': false }],
    ['makes a failure of a file whose process ended before it', of('passed'), { '': false }],
    ['makes a failure of what fails after the tests', of('failed', 'passed'), { 'test 0': true, '': false }],
  ])('%s', (_name, report, expected) => {
    const [result] = fileResults(report);
    expect(result?.durationMs).toBe(2_000);
    expect(Object.fromEntries((result?.tests ?? []).map(({ name, passed }) => [name, passed]))).toEqual(expected);
  });
});
