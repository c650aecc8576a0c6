/**
 * What a run of tests found, and what is left of its failures when they are run again. Pure.
 *
 * A file with a failure is run once more, alone, after everything else. A test that failed in one run and passed in the other is flaky:
 * counted and named, never as passed.
 */

/** One test, or a file that did not get as far as its tests. */
interface TestResult {
  readonly file: string;
  /** With the names of what it is in; empty for a file that could not run. */
  readonly name: string;
  readonly passed: boolean;
}

export interface FileResult {
  readonly file: string;
  readonly tests: readonly TestResult[];
  readonly durationMs: number;
}

interface Summary {
  readonly passed: number;
  readonly failed: readonly TestResult[];
  readonly flaky: readonly TestResult[];
}

/** The part of the report in JSON that is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * Tests that were skipped are left out. A file that failed though none of its tests did is one failure without a name, and so is one without
 * any tests: its process ended before it.
 */
export function fileResults(report: Report): readonly FileResult[] {
  return report.testResults.map(({ name: file, status, startTime, endTime, assertionResults }) => {
    const tests = assertionResults
      .filter((each) => each.status === 'passed' || each.status === 'failed')
      .map((each) => ({ file, name: each.fullName, passed: each.status === 'passed' }));
    const couldNotRun = assertionResults.length === 0 || (status === 'failed' && tests.every(({ passed }) => passed));
    return {
      file,
      tests: couldNotRun ? [...tests, { file, name: '', passed: false }] : tests,
      durationMs: endTime - startTime,
    };
  });
}

export function filesToRepeat(results: readonly FileResult[]): readonly string[] {
  return results.filter(({ tests }) => tests.some(({ passed }) => !passed)).map(({ file }) => file);
}

/**
 * `again` holds the files that were run a second time; one that is missing there stays as it was. What belongs to no file, as an error of no
 * test, counts in each run.
 */
export function summary(first: readonly FileResult[], again: readonly FileResult[]): Summary {
  const ofNoFile = again.filter(({ file }) => file === '');
  const repeated = new Map(again.filter(({ file }) => file !== '').map((each) => [each.file, each]));
  const total = { passed: 0, failed: [] as TestResult[], flaky: [] as TestResult[] };
  for (const { file, tests } of [...first, ...ofNoFile]) {
    const second = repeated.get(file);
    for (const outcome of second === undefined ? tests.map(once) : both(tests, second.tests)) {
      if (outcome.verdict === 'passed') total.passed++;
      else total[outcome.verdict].push(outcome.test);
    }
  }
  return total;
}

interface Outcome {
  readonly test: TestResult;
  readonly verdict: 'passed' | 'failed' | 'flaky';
}

function once(test: TestResult): Outcome {
  return { test, verdict: test.passed ? 'passed' : 'failed' };
}

/** A test of one run only (its file broke off in the other) counts as it was in that, and as flaky where that is a success. */
function both(first: readonly TestResult[], second: readonly TestResult[]): readonly Outcome[] {
  // Of several tests of one name all must pass.
  const later = new Map<string, boolean>();
  for (const { name, passed } of second) later.set(unseeded(name), passed && later.get(unseeded(name)) !== false);
  const earlier = new Set(first.map(({ name }) => unseeded(name)));
  const outcomes = first.map((test): Outcome => {
    // What kept a file from running is gone when it runs.
    const passedLater =
      test.name === '' ? !later.has('') && second.length > 0 : later.get(unseeded(test.name)) === true;
    if (test.passed === passedLater) return once(test);
    return { test, verdict: 'flaky' };
  });
  // Before, its file could not run, which is counted as a flaw of the file.
  const news = second.filter(({ name }) => !earlier.has(unseeded(name))).map(once);
  return [...outcomes, ...news];
}

/** Each run of a test with random input has another seed in its name. */
function unseeded(name: string): string {
  return name.replace(/ \(seed \d+\)/, '');
}
