/** Runs the parts that were asked for, each on a cluster of its own, and reports. */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withBench, type Bench, type BenchOptions } from './bench.ts';
import { benchCopies } from './parts/copies.ts';
import { benchCreate } from './parts/create.ts';
import { benchGrowth } from './parts/growth.ts';
import { benchIdle } from './parts/idle.ts';
import { benchJobs } from './parts/jobs.ts';
import { benchLarge, benchLive } from './parts/large.ts';
import { benchRevoke } from './parts/revoke.ts';
import { formatRow, formatTable, isReached, machineFacts, ratioOf, type Row } from './report.ts';

const parts = {
  idle: benchIdle,
  create: benchCreate,
  large: benchLarge,
  live: benchLive,
  revoke: benchRevoke,
  copies: benchCopies,
  jobs: benchJobs,
  growth: benchGrowth,
} satisfies Record<string, (bench: Bench) => Promise<void>>;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as readonly PartName[];
/** Without the one that takes a quarter of an hour. */
export const usualParts = partNames.filter((name) => name !== 'growth');

export interface RunOptions extends Omit<BenchOptions, 'signal'> {
  readonly parts: readonly PartName[];
  readonly jsonPath: string | undefined;
}

const bundle = fileURLToPath(new URL('../../../dist/operator.mjs', import.meta.url));

export async function benchOperator({ parts: chosen, jsonPath, ...options }: RunOptions): Promise<void> {
  if (!existsSync(bundle)) throw new Error('there is no dist/operator.mjs: run `npm run build` first');
  const machine = machineFacts();
  const rows: Row[] = [];
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    for (const name of chosen) {
      interrupted.signal.throwIfAborted();
      const onRow = (row: Row): void => {
        rows.push(row);
        process.stderr.write(`${formatRow(row)}\n`);
      };
      const work = untilAborted(interrupted.signal, parts[name]);
      await withBench({ ...options, signal: interrupted.signal }, onRow, work);
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, interrupt);
    if (rows.length > 0) console.log(`${Object.values(machine).join(', ')}\n${formatTable(rows)}`);
    if (jsonPath !== undefined) {
      const results = rows.map((row) => ({ ...row, ratio: ratioOf(row), isReached: isReached(row) }));
      writeFileSync(jsonPath, `${JSON.stringify({ machine, isQuick: options.isQuick, results }, undefined, 2)}\n`);
    }
  }
}

/** Ctrl-C ends a part in the middle; its cluster is taken down all the same. */
function untilAborted(signal: AbortSignal, work: (bench: Bench) => Promise<void>): (bench: Bench) => Promise<void> {
  return (bench) =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      void work(bench)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', stop));
    });
}
