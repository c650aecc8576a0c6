/** The line that says how fast UserSecrets were settled, beside the bare client before and after. */
import { driftOf, meanOf, type Baseline } from './baseline.ts';
import type { Bench } from './bench.ts';
import { writesText, type Settled } from './settle.ts';

interface SettledWhat {
  readonly part: string;
  readonly what: string;
  readonly count: number;
  /** Created while the operator ran: then the bare client's three writes are the measure, else two. */
  readonly isLive?: boolean;
}

export function settledRow(
  bench: Pick<Bench, 'row'>,
  { part, what, count, isLive = false }: SettledWhat,
  result: Settled,
  baselines: readonly Baseline[],
): void {
  const bare = meanOf(baselines);
  const cpu = (ours: number, theirs: number): string => `${ours.toFixed(2)} (bare client ${theirs.toFixed(2)})`;
  bench.row({
    part,
    what,
    value: result.perSecond,
    unit: '/s',
    bare: isLive ? bare.threeWritesPerSecond : bare.twoWritesPerSecond,
    target: { of: 'ratio', atLeast: 0.8 },
    note: [
      writesText(result.writes, count),
      `CPU ms each: process ${cpu(result.operatorCpuMsEach, bare.clientCpuMsEach)}`,
      `API server ${cpu(result.apiServerCpuMsEach, bare.apiServerCpuMsEach)}`,
      driftOf(baselines),
    ].join('; '),
  });
}
