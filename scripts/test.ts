/**
 * `npm test`: all tiers, or those that are named: `npm test -- unit cluster`. More words after `--` go to vitest, and then the tiers run one
 * after the other.
 *
 *   unit     no cluster, seconds
 *   cluster  a real control plane, made by tools/devcluster
 *   e2e      a real node that runs Pods too (root on Linux)
 *
 * Lanes run at the same time (scripts/test/lanes.ts), and what only some files need is built meanwhile. A file with a failure is run again
 * once, alone, after all others. The last line is `N passed, N failed, N flaky`; only what failed twice, or belongs to
 * no file, makes the exit code 1.
 *
 * `NEURO_BUILD_MINUTES`: what only some files need is built no longer than until so many minutes after the start; a file whose tool is not
 * there then is left out, and named.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { isBuilt } from '../tools/devcluster/build/binaries.ts';
import { ensureBuilt } from '../tools/devcluster/build/build.ts';
import { CONTROL_PLANE, EXTRA, NODE, type ExtraTool } from '../tools/devcluster/build/components.ts';
import { nodeIsPossible } from '../tools/devcluster/index.ts';
import { inTurn } from './test/in-turn.ts';
import { inOrder, lanesOf, tiers, type Lane, type Tier } from './test/lanes.ts';
import { needsOf } from './test/needs.ts';
import { filesToRepeat, summary, type FileResult } from './test/results.ts';
import { runTests } from './test/run-vitest.ts';
import { buildTools } from './test/tools.ts';

/**
 * Processes that test. One for unit tests keeps a core busy, one for pages too, one on a cluster half of one, its cluster included. With more of them
 * nothing ends earlier: each test takes longer, and they push each other out of the caches of the processor.
 */
const AT_ONCE = Math.min(6, 2 * availableParallelism() + 1);
const UNIT_WORKERS = availableParallelism();
/** So many files are named as the slowest. */
const SLOWEST = 10;

/**
 * The API server, which takes most of what a test on a cluster takes of a processor, takes a fifth less when its heap may grow to five times of
 * what is in use; within a limit, because several run at once.
 */
const VARIABLES_OF_GO = { GOGC: '400', GOMEMLIMIT: '2GiB' };

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const named = tiers.filter((tier) => words.includes(tier));
const wordsOfVitest = words.filter((word) => !(tiers as readonly string[]).includes(word) && word !== '--');
const chosen = named.length === 0 ? tiers : named;
/** Those of e2e take longest, so they begin first. */
const onCluster = (['e2e', 'cluster'] as const).filter((tier) => chosen.includes(tier));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const first = wordsOfVitest.length > 0 ? await oneAfterTheOther() : await inLanes();
const again: FileResult[] = [];
for (const file of filesToRepeat(first).filter((path) => path !== '')) {
  say(`once more, alone: ${relative(root, file)}`);
  again.push(...(await runTests({ tier: tierOf(file), files: [file] })));
}
report(first, again);

/** Tests of the whole run what is shipped: the bundles and the pages. Built once, for all files. */
async function build(): Promise<void> {
  process.env['NEURO_TEST_BUILT'] = 'true';
  const scripts = ['scripts/build.ts', ...(chosen.includes('e2e') ? ['scripts/build-console.ts'] : [])];
  const codes = await Promise.all(
    scripts.map(async (script) => {
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code] = (await once(child, 'close')) as [number | null];
      return code;
    }),
  );
  if (codes.some((code) => code !== 0)) throw new Error(`${scripts.join(' or ')} failed; see above`);
}

/** Who runs a single file waits only for what that file needs, which it builds itself. */
async function oneAfterTheOther(): Promise<readonly FileResult[]> {
  if (onCluster.length > 0) await build();
  const results: FileResult[] = [];
  for (const tier of chosen) results.push(...(await runTests({ tier, words: wordsOfVitest })));
  return results;
}

async function inLanes(): Promise<readonly FileResult[]> {
  const turn = inTurn(AT_ONCE);
  await build();
  const unit = chosen.includes('unit') ? turn(UNIT_WORKERS, unitLane) : Promise.resolve([]);
  if (onCluster.length > 0) {
    const node = chosen.includes('e2e') && nodeIsPossible() ? NODE : [];
    await ensureBuilt([...CONTROL_PLANE, ...node], { onProgress: say });
  }
  const files = onCluster.flatMap((tier) => filesIn(tier).map((file) => [tier, file] as const));
  const needs = new Map(files.map(([, file]) => [file, needsOf(file)]));
  const needed = new Set([...needs.values()].flatMap(({ tools }) => [...tools]));
  const there = new Map(
    await Promise.all([...needed].map(async (tool) => [tool, await isBuilt(EXTRA[tool])] as const)),
  );
  const builds = buildTools(new Set([...needed].filter((tool) => there.get(tool) !== true)), say, buildLimit());
  const lanes = inOrder(
    onCluster.flatMap((tier) =>
      lanesOf({
        tier,
        files: files.filter(([of]) => of === tier).map(([, file]) => file),
        needsOf: (file) => needs.get(file) ?? needsOf(file),
        isBuilt: (tool) => there.get(tool) === true,
      }),
    ),
  );
  const runs = lanes.map(async (lane) => {
    const absent = await builds.settled(lane.waitsFor);
    const filesNow = lane.files.filter((file) => !absent.some((tool) => needs.get(file)?.tools.has(tool)));
    for (const file of lane.files.filter((each) => !filesNow.includes(each))) leaveOut(file, absent);
    return filesNow.length === 0 ? [] : turn(lane.workers, () => runLane({ ...lane, files: filesNow }));
  });
  return (await Promise.all([unit, ...runs])).flat();
}

function unitLane(): Promise<readonly FileResult[]> {
  return timed('unit', () => runTests({ tier: 'unit', workers: UNIT_WORKERS }));
}

async function runLane({ name, tier, files, workers }: Lane): Promise<readonly FileResult[]> {
  say(`lane ${name}: ${String(files.length)} files, ${String(workers)} at a time`);
  return timed(name, () => runTests({ tier, files, workers, variables: VARIABLES_OF_GO }));
}

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  say(`lane ${name}: done in ${seconds(performance.now() - startedMs)}`);
  return result;
}

function leaveOut(file: string, absent: readonly ExtraTool[]): void {
  const minutes = process.env['NEURO_BUILD_MINUTES'] ?? '';
  say(`${relative(root, file)} is left out: ${absent.join(', ')} not built in the ${minutes} minutes for it`);
}

function buildLimit(): AbortSignal | undefined {
  const limitMs = Number(process.env['NEURO_BUILD_MINUTES'] ?? Number.NaN) * 60_000 - process.uptime() * 1_000;
  return Number.isNaN(limitMs) ? undefined : AbortSignal.timeout(Math.max(0, Math.floor(limitMs)));
}

function filesIn(tier: Tier): readonly string[] {
  const folder = join(root, 'test', tier);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

function tierOf(file: string): Tier {
  const [, folder] = relative(root, file).split('/');
  return tiers.find((tier) => tier === folder) ?? 'unit';
}

function report(firstRun: readonly FileResult[], secondRun: readonly FileResult[]): void {
  const slowest = firstRun.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST);
  say(`slowest files: ${slowest.map((each) => `${relative(root, each.file)} ${seconds(each.durationMs)}`).join(', ')}`);
  const { passed, failed, flaky } = summary(firstRun, secondRun);
  for (const [word, tests] of [
    ['flaky', flaky],
    ['failed', failed],
  ] as const)
    for (const { file, name } of tests) say(`${word}: ${relative(root, file)}${name === '' ? '' : ` › ${name}`}`);
  process.stdout.write(`${String(passed)} passed, ${String(failed.length)} failed, ${String(flaky.length)} flaky\n`);
  process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(0)} s`;
}
