/** Runs test files by jest, and reads what became of them. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tier } from './lanes.ts';
import { fileResults, type FileResult, type JestReport } from './results.ts';

interface JestRun {
  readonly tier: Tier;
  /** Default: all of the tier. */
  readonly files?: readonly string[];
  /** Processes. Default: one, in which files share what they start; for unit tests, as many as jest thinks right. */
  readonly workers?: number;
  /** More words of jest's command line. */
  readonly words?: readonly string[];
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Above 0 it takes only what others leave of the processors. */
  readonly niceness?: number;
}

/** A run that says nothing for so long hangs. A file may build a tool first, of which nothing is said for minutes. */
const silenceMs = 25 * 60_000;

let runs = 0;

/** A run that ends without a report is a failure without a file. One that hangs is ended. */
export async function runJest({
  tier,
  files,
  workers,
  words = [],
  variables = {},
  niceness = 0,
}: JestRun): Promise<readonly FileResult[]> {
  const output = join(tmpdir(), `neuro-test-${String(process.pid)}-${String(++runs)}.json`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...['--selectProjects', tier, '--json', `--outputFile=${output}`, '--passWithNoTests'],
      ...processes(tier, workers),
      // What a file that failed has left open (a server, a browser) does not keep the others waiting.
      ...(tier === 'unit' ? [] : ['--forceExit']),
      ...words,
      ...(files === undefined ? [] : ['--runTestsByPath', ...files]),
    ],
    // With --json jest also prints the whole result on standard output; the report for people is on standard error.
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...variables, ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}) },
    },
  );
  if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness);
  const killWithParent = (): void => void child.kill('SIGTERM');
  process.once('exit', killWithParent);
  child.stderr.pipe(process.stderr, { end: false });
  const hangs = setTimeout(() => {
    process.stderr.write(`jest for ${tier} said nothing for ${String(silenceMs / 60_000)} minutes and is ended\n`);
    child.kill('SIGKILL');
  }, silenceMs);
  child.stderr.on('data', () => hangs.refresh());
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(hangs);
  process.off('exit', killWithParent);
  try {
    return fileResults(JSON.parse(readFileSync(output, 'utf8')) as JestReport);
  } catch {
    const tests = [{ file: `jest for ${tier}, which ended with ${String(code)}`, name: '', passed: false }];
    return [{ file: '', tests, durationMs: 0 }];
  } finally {
    rmSync(output, { force: true });
  }
}

function processes(tier: Tier, workers: number | undefined): readonly string[] {
  if (workers !== undefined && workers > 1) return [`--maxWorkers=${String(workers)}`];
  return tier === 'unit' && workers === undefined ? [] : ['--runInBand'];
}
