/**
 * `npm run siege`: attacks the operator in a cluster of its own, prints a table, and ends with 1 when a bound does not hold. It takes about 20 minutes.
 * `npm run siege -- lists snapshots` makes only these; `--seed` repeats a mixture; `--write` puts the table of all into the documentation.
 * `npm run siege -- --model` compares grants on a control
 * plane with the model of test/model instead.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { startCluster } from '../../tools/devcluster/index.ts';
import { runOnCluster, summaryOf } from '../model/run-on-cluster.ts';
import { progress } from '../support/built-tool.ts';
import { applyCrds, testClusterOf } from '../support/cluster.ts';
import { inCluster } from '../support/in-cluster.ts';
import { attackNamed, attacks } from './attacks/attacks.ts';
import { boundsOf } from './bounds.ts';
import { siege } from './siege.ts';
import { pageWith, tableOf } from './table.ts';

const defaultPage = 'docs/security.md';
const names = [...attacks.map(({ name }) => name), 'mixture'];

interface Options {
  readonly seed: number;
  readonly scale: number;
  readonly idle: number;
  readonly attack: number;
  readonly after: number;
  readonly write?: string | true;
  readonly model?: boolean;
  readonly steps: number;
  readonly minutes: number;
  readonly atOnce: number;
}

await new Command('siege')
  .description('Attacks the operator on a real cluster. Ends with 1 when a bound does not hold.')
  .argument('[attacks...]', `some of ${names.join(', ')}; by default all`, collect, [])
  .option('--seed <number>', 'of the random mixture', number, Math.floor(Math.random() * 2 ** 31))
  .option('--scale <part>', 'of the objects of each attack', number, 1)
  .option('--idle <seconds>', 'how long the quiet tenant is measured without attacks', number, 40)
  .option('--attack <seconds>', 'how long an attack goes on at most', number, 35)
  .option('--after <seconds>', 'how long its consequences are looked at', number, 10)
  .option('--write [file]', 'put the table into this page; only where all attacks are made')
  .option(
    '--model',
    'random sequences of grants, jobs, schedules, rotations and outages against the model, on a control plane without a node',
  )
  .option('--steps <number>', 'of the model', number, 3_000)
  .option('--minutes <number>', 'of the model: no step begins after them', number, 30)
  .option('--at-once <number>', 'sequences of the model at the same time', number, 8)
  .action((chosen: readonly string[], options: Options) =>
    options.model === true ? runModel(options) : run(chosen, options),
  )
  .parseAsync();

async function run(chosen: readonly string[], options: Options): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
  say(`seed ${String(options.seed)}`);
  if (options.write !== undefined && chosen.length > 0) throw new RangeError('--write needs all attacks: name none');
  const cluster = await inCluster();
  try {
    const result = await siege({
      cluster,
      attacks: chosen.length === 0 ? names : chosen,
      seed: options.seed,
      scale: options.scale,
      idleMs: options.idle * 1_000,
      attackMs: options.attack * 1_000,
      afterMs: options.after * 1_000,
      say,
    });
    const table = tableOf(result, new Map(names.map((name) => [name, attackNamed(name).aim])));
    console.log(`seed ${String(options.seed)}\n\n${table}`);
    if (options.write !== undefined) await write(options.write === true ? defaultPage : options.write, table, options);
    const broken = result.measured.flatMap((row) =>
      boundsOf(row, result.idle)
        .filter(({ holds }) => !holds)
        .map(({ what, text }) => `${row.attack}: ${what} ${text}`),
    );
    for (const line of broken) console.log(`does not hold: ${line}`);
    process.exitCode = broken.length === 0 ? 0 : 1;
  } finally {
    await cluster.cluster.down();
  }
}

async function write(file: string, table: string, { seed, attack: attackSeconds }: Options): Promise<void> {
  const circumstances = { seed, attackSeconds, date: new Date(), processors: availableParallelism() };
  await writeFile(file, pageWith(await readFile(file, 'utf8'), table, circumstances));
}

async function runModel({ seed, steps, minutes, atOnce }: Options): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const cluster = await startCluster({ name: `model-${String(process.pid)}`, node: false, onProgress: progress });
  try {
    await applyCrds(cluster);
    say(`seed ${String(seed)}`);
    const limitMs = minutes * 60_000;
    const run = await runOnCluster(await testClusterOf(cluster), { seed, steps, limitMs, atOnce, say });
    console.log(`${summaryOf(run)}: everybody may do what the model says`);
  } finally {
    await cluster.down();
  }
}

function collect(text: string, former: readonly string[]): readonly string[] {
  if (!names.includes(text)) throw new InvalidArgumentError(`expected one of ${names.join(', ')}`);
  return [...former, text];
}

function number(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
  return value;
}
