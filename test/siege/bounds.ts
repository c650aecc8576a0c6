/** What has to hold, and whether it does. Pure. */
import { percentile } from '../bench/operator/percentile.ts';
import type { Reading } from './gauges.ts';
import type { Wait, WaitOf } from './waits.ts';

export interface Measured extends Reading {
  readonly attack: string;
  readonly waits: readonly Wait[];
  /** Written by the attacker herself. */
  readonly attackerBytes: number;
  readonly accepted: number;
  /** What the API server took of the attacker: `usersecrets made`. */
  readonly taken: Readonly<Record<string, number>>;
  readonly outside: readonly string[];
}

export interface Idle {
  /** 99th percentile of what the quiet tenant waits for, in ms. */
  readonly secretMs: number;
  readonly jobMs: number;
  /** A minute. */
  readonly etcdGrowthBytes: number;
}

export interface Bound {
  readonly what: string;
  readonly text: string;
  readonly holds: boolean;
  /** It says nothing where the machine is busy with something else. */
  readonly dependsOnTime: boolean;
}

export const mebibyte = 1024 * 1024;
/** resources.limits.memory of the chart. */
export const memoryLimitBytes = 512 * mebibyte;
const memoryShare = 0.7;
const longestStallMs = 200;
const etcdBytesPerMinute = 20 * 1_000_000;
const timesIdle = 5;
/**
 * What each byte of the attacker costs without an amplification: her object, the native Secret made of it, her object again with its status, and the
 * snapshot of one job.
 */
const copiesOfHers = 4;

export function boundsOf(measured: Measured, idle: Idle): readonly Bound[] {
  const { restarts, leadershipChanges, highestMemoryBytes, longestStallMs: stallMs, outside } = measured;
  const memory = highestMemoryBytes / memoryLimitBytes;
  const growth = etcdGrowth(measured, idle);
  return [
    bound('restarts', String(restarts), restarts === 0, false),
    bound('leader changes', String(leadershipChanges), leadershipChanges === 0, false),
    bound('memory', `${(highestMemoryBytes / mebibyte).toFixed(0)} MiB`, memory < memoryShare, false),
    bound('longest stall', `${stallMs.toFixed(0)} ms`, stallMs < longestStallMs, true),
    bound('etcd a minute', `${(growth / 1_000_000).toFixed(1)} MB`, growth < etcdBytesPerMinute, true),
    ...(['secret', 'job'] as const).map((of) => {
      const took = waitsOf(measured.waits, of);
      const p99 = percentile(took, 99);
      // What the API server takes under the attacker's own requests, without the operator, is not the operator's.
      const bareMs = percentile(waitsOf(measured.waits, `control-${of}`), 99);
      const limit = timesIdle * Math.max(of === 'secret' ? idle.secretMs : idle.jobMs, bareMs);
      const text = [percentile(took, 50), p99, Math.max(...took)].map((ms) => ms.toFixed(0)).join('/');
      return bound(`${of} p50/p99/max ms (bare p99)`, `${text} (${bareMs.toFixed(0)})`, p99 <= limit, true);
    }),
    bound('outside', String(outside.length), outside.length === 0, false),
  ];
}

/** Of what is neither in proportion to the attacker's own writes nor happens anyway. A minute. */
function etcdGrowth({ etcdGrowthBytes, attackerBytes, seconds }: Measured, idle: Idle): number {
  return Math.max(0, ((etcdGrowthBytes - copiesOfHers * attackerBytes) * 60) / seconds - idle.etcdGrowthBytes);
}

export function waitsOf(waits: readonly Wait[], of: WaitOf): readonly number[] {
  return waits.filter((wait) => wait.of === of).map(({ tookMs }) => tookMs);
}

function bound(what: string, text: string, holds: boolean, dependsOnTime: boolean): Bound {
  return { what, text, holds, dependsOnTime };
}
