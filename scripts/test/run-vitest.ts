/** Runs test files with vitest, and reads what became of them. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tier } from './lanes.ts';
import { fileResults, filesToRepeat, type FileResult, type Report } from './results.ts';
import { strayErrorsVariable } from './stray-errors.ts';

interface TestRun {
  readonly tier: Tier;
  /** Default: all of the tier. */
  readonly files?: readonly string[];
  /** Processes. Default: one, in which files share what they start; for unit tests, one for each processor. */
  readonly workers?: number;
  /** More words of vitest's command line. */
  readonly words?: readonly string[];
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A run that says nothing for so long hangs. A file may build a tool first, of which nothing is said for minutes. */
const silenceMs = 25 * 60_000;

let runs = 0;

/** A run that ends without a report is a failure without a file. One that hangs is ended. */
export async function runTests({
  tier,
  files,
  workers = tier === 'unit' ? availableParallelism() : 1,
  words = [],
  variables = {},
}: TestRun): Promise<readonly FileResult[]> {
  const output = join(tmpdir(), `neuro-test-${String(process.pid)}-${String(++runs)}.json`);
  const strayErrors = `${output}.errors`;
  const child = spawn(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      ...['run', '--project', tier, '--passWithNoTests', `--maxWorkers=${String(workers)}`],
      ...[
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${output}`,
        '--reporter=./scripts/test/stray-errors.ts',
      ],
      ...words,
      ...(files ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...variables,
        [strayErrorsVariable]: strayErrors,
        ...(process.stderr.isTTY ? { FORCE_COLOR: '1' } : {}),
      },
    },
  );
  const killWithParent = (): void => void child.kill('SIGTERM');
  process.once('exit', killWithParent);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stderr, { end: false });
  const hangs = setTimeout(() => {
    process.stderr.write(`vitest for ${tier} said nothing for ${String(silenceMs / 60_000)} minutes and is ended\n`);
    child.kill('SIGKILL');
  }, silenceMs);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', () => hangs.refresh());
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(hangs);
  process.off('exit', killWithParent);
  const broken = failure(`vitest for ${tier}, which ended with ${String(code)}`);
  try {
    const strays = JSON.parse(readFileSync(strayErrors, 'utf8')) as readonly string[];
    const results = [
      ...fileResults(JSON.parse(readFileSync(output, 'utf8')) as Report),
      ...strays.map((message) => failure(`an error of no test (${tier}): ${message.split('\n')[0] ?? ''}`)),
    ];
    return code === 0 || filesToRepeat(results).length > 0 ? results : [...results, broken];
  } catch {
    return [broken];
  } finally {
    for (const file of [output, strayErrors]) rmSync(file, { force: true });
  }
}

/** Of no file. */
function failure(what: string): FileResult {
  return { file: '', tests: [{ file: what, name: '', passed: false }], durationMs: 0 };
}
