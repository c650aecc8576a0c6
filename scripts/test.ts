/**
 * `npm test`: all tiers, or those that are named: `npm test -- unit cluster`. More words after `--` go to jest.
 *
 *   unit     no cluster, seconds
 *   cluster  a real control plane, made by tools/devcluster
 *   e2e      a real node that runs Pods too (root on Linux)
 *
 * The last line is `N passed, N failed`, and the exit code says the same. `NEURO_BUILD_MINUTES`: what only one test file needs is built
 * no longer than until so many minutes after the start; a file whose tool is not there then is left out, and named.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt } from '../tools/devcluster/build/binaries.ts';
import { ensureBuilt } from '../tools/devcluster/build/build.ts';
import { CONTROL_PLANE, EXTRA, NODE, type Component } from '../tools/devcluster/build/components.ts';
import { nodeIsPossible } from '../tools/devcluster/index.ts';

const tiers = ['unit', 'cluster', 'e2e'] as const;
type Tier = (typeof tiers)[number];

/** What is built from source where it never was; a test's time limit does not count that. */
const tools: Readonly<Record<Tier, readonly Component[]>> = {
  unit: [],
  cluster: [...CONTROL_PLANE, EXTRA.helm, EXTRA.kubeseal],
  e2e: nodeIsPossible() ? NODE : [],
};

/** Each is built for minutes, for one file. */
const toolsOfFiles: readonly (readonly [file: string, tool: Component])[] = [
  ['test/e2e/flux.test.ts', EXTRA['flux-apply']],
  ['test/e2e/argocd.test.ts', EXTRA.argocd],
  ['test/e2e/kueue.test.ts', EXTRA.kueue],
];
const buildLimitMs = Number(process.env['NEURO_BUILD_MINUTES'] ?? Number.NaN) * 60_000;

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const words = process.argv.slice(2);
const named = tiers.filter((tier) => words.includes(tier));
const jestWords = words.filter((word) => !(tiers as readonly string[]).includes(word) && word !== '--');
const chosen = named.length === 0 ? tiers : named;

const folder = mkdtempSync(join(tmpdir(), 'neuro-test-'));
let total: Counts = { passed: 0, failed: 0 };
try {
  if (chosen.some((tier) => tier !== 'unit')) await build();
  for (const tier of chosen) {
    // Who runs one file waits only for what that file needs.
    const leftOut = jestWords.length === 0 ? await buildTools(tier) : [];
    const counts = await run(tier, leftOut);
    total = { passed: total.passed + counts.passed, failed: total.failed + counts.failed };
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${String(total.passed)} passed, ${String(total.failed)} failed\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

/** Tests of the whole run the bundle that is shipped. */
function build(): Promise<void> {
  const result = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
  if (result.status !== 0) throw new Error('the build failed; see above');
  return Promise.resolve();
}

/** A tool that does not build fails the tests that need it, not the others. Resolves with the files that there was no time for. */
async function buildTools(tier: Tier): Promise<readonly string[]> {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const build = (tool: Component, signal?: AbortSignal): Promise<unknown> =>
    ensureBuilt([tool], { onProgress, signal }).catch((error: unknown) => onProgress(String(error)));
  for (const tool of tools[tier]) await build(tool);
  if (tier !== 'e2e' || !nodeIsPossible()) return [];
  const leftOut: string[] = [];
  for (const [file, tool] of toolsOfFiles) {
    const limitMs = buildLimitMs - process.uptime() * 1_000;
    const limit = Number.isNaN(limitMs) ? undefined : AbortSignal.timeout(Math.max(0, Math.floor(limitMs)));
    await build(tool, limit);
    if (limit?.aborted !== true || (await isBuilt(tool))) continue;
    leftOut.push(file);
    onProgress(
      `${file} is left out: ${tool.name} is not built, and the ${process.env['NEURO_BUILD_MINUTES'] ?? ''} minutes for it are over`,
    );
  }
  return leftOut;
}

function run(tier: Tier, leftOut: readonly string[]): Promise<Counts> {
  const output = join(folder, `${tier}.json`);
  // Tests on a cluster share it within one process.
  const inBand = tier === 'unit' ? [] : ['--runInBand'];
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--selectProjects',
      tier,
      '--json',
      `--outputFile=${output}`,
      '--passWithNoTests',
      ...inBand,
      ...leftOut.map((file) => `--testPathIgnorePatterns=${file}`),
      ...jestWords,
    ],
    // With --json jest also prints the whole result on standard output; the report for people is on standard error.
    { stdio: ['inherit', 'ignore', 'inherit'] },
  );
  return new Promise((resolve) => child.on('close', (code) => resolve(countsOf(output, code))));
}

function countsOf(path: string, code: number | null): Counts {
  try {
    const result = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
      readonly numRuntimeErrorTestSuites: number;
    };
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
