/**
 * A short siege: some attacks of `npm run siege`, with a part of their objects, and the bounds that do not depend on how busy this machine is. The
 * operator keeps running, leads all the time, stays within its memory, and writes nothing where the attacker may not write.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { inCluster, type InCluster } from '../support/in-cluster.ts';
import { boundsOf } from '../siege/bounds.ts';
import { siege } from '../siege/siege.ts';

const seed = Number(process.env['NEURO_SIEGE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const attacks = [
  'lists',
  'last-words',
  'snapshots',
  'cross-product',
  'copies',
  'history',
  'schedules',
  'pairs',
  'mixture',
];
/** Alone it takes minutes; beside other tests, on a slow machine, three times as many. */
const siegeLimitMs = 1_500_000;

let cluster: InCluster;

beforeAll(async () => {
  cluster = await inCluster();
});

describe(`a short siege (seed ${String(seed)})`, () => {
  test(
    'costs the operator no restart, no lease and no more than its memory, and reaches no other namespace',
    async () => {
      const { idle, measured } = await siege({
        cluster,
        attacks,
        seed,
        idleMs: 3_000,
        attackMs: 3_000,
        afterMs: 1_000,
        scale: 0.1,
        say: (line) => void process.stderr.write(`${line}\n`),
      });
      expect(measured.map(({ attack }) => attack)).toEqual(attacks);
      for (const row of measured) {
        expect(row.accepted).toBeGreaterThan(0);
        const broken = boundsOf(row, idle).filter(({ holds, dependsOnTime }) => !holds && !dependsOnTime);
        expect({ attack: row.attack, broken, outside: row.outside }).toEqual({
          attack: row.attack,
          broken: [],
          outside: [],
        });
      }
    },
    siegeLimitMs,
  );
});
