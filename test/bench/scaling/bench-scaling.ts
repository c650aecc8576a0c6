/**
 * What would bind first with more secrets than a machine for benchmarks can hold: the real queue and the real controllers in front of an
 * API server that is nothing but its measured costs, in virtual time. Several operators share the namespaces by the hash of their names,
 * as several leases would let them.
 */
import { createHash } from 'node:crypto';
import Table from 'cli-table3';
import { Controller } from '../../../src/kernel/index.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Measured, in milliseconds: see docs/performance.md and `npm run bench -- api-costs`. */
const costs = {
  /** Processor time of the API server and etcd for the native Secret and for the status, what they send to watches included. */
  apiMs: [1.1, 2.2],
  /** Processor time of the operator, in pieces before, between and after the two. */
  operatorMs: [0.9, 0.5, 0.3],
  /** Network and TLS, there and back. */
  roundTripMs: 1,
} as const;
const workers = 16;

interface Case {
  readonly objects: number;
  readonly namespaces: number;
  /** Processors that the API server and etcd have for this work. */
  readonly apiCores: number;
  readonly shards: number;
}

interface Simulated {
  readonly perSecond: number;
  readonly apiBusy: number;
  readonly operatorBusy: number;
}

/** The same for any number of objects beyond some thousands: nothing in the model depends on it. */
const objects = 20_000;
const million = 1_000_000;

export async function benchScaling(): Promise<void> {
  const table = new Table({
    head: ['API server', 'operators', 'secrets/s', 'API server busy', 'busiest operator', 'binds', '1,000,000 take'],
    style: { head: [], border: [] },
  });
  for (const apiCores of [2, 4, 8, 16, 32])
    for (const shards of [1, 2, 4, 8]) {
      const { perSecond, apiBusy, operatorBusy } = await simulate({ objects, namespaces: 1_000, apiCores, shards });
      table.push([
        `${String(apiCores)} cores`,
        shards,
        perSecond.toFixed(0),
        percent(apiBusy),
        percent(operatorBusy),
        operatorBusy > apiBusy ? 'operator' : 'API server',
        `${(million / perSecond / 60).toFixed(0)} min`,
      ]);
    }
  process.stdout.write(`${table.toString()}\n`);
}

async function simulate({ objects: count, namespaces, apiCores, shards }: Case): Promise<Simulated> {
  const clock = new VirtualClock();
  const api = new Server(clock, apiCores);
  const threads = Array.from({ length: shards }, () => new Server(clock, 1));
  const ended = new AbortController();
  let done = 0;
  const controllers = threads.map(
    (thread, shard) =>
      new Controller({
        name: `shard-${String(shard)}`,
        clock,
        concurrency: workers,
        reconcile: async () => {
          const [before, between, after] = costs.operatorMs;
          const [secret, status] = costs.apiMs;
          await thread.use(before);
          await request(clock, api, secret);
          await thread.use(between);
          await request(clock, api, status);
          await thread.use(after);
          done += 1;
          return 'done';
        },
      }),
  );
  for (let index = 0; index < count; index += 1) {
    const namespace = `team-${String(index % namespaces)}`;
    controllers[shardOf(namespace, shards)]?.queue.add(`${namespace}/secret-${String(index)}`);
  }
  const runs = controllers.map((controller) => controller.run(ended.signal));
  await clock.runUntil(() => done === count);
  const tookMs = clock.now();
  ended.abort();
  await Promise.all(runs);
  return {
    perSecond: (count * 1_000) / tookMs,
    apiBusy: api.busyMs / tookMs / apiCores,
    operatorBusy: Math.max(...threads.map(({ busyMs }) => busyMs)) / tookMs,
  };
}

async function request(clock: VirtualClock, api: Server, ms: number): Promise<void> {
  await clock.sleep(costs.roundTripMs / 2);
  await api.use(ms);
  await clock.sleep(costs.roundTripMs / 2);
}

function shardOf(namespace: string, shards: number): number {
  return createHash('sha256').update(namespace).digest().readUInt32BE() % shards;
}

/** Processors that take what comes in order, each one piece at a time. */
class Server {
  readonly #clock: VirtualClock;
  /** When each is free again. */
  readonly #freeMs: number[];
  busyMs = 0;

  constructor(clock: VirtualClock, cores: number) {
    this.#clock = clock;
    this.#freeMs = Array.from({ length: cores }, () => 0);
  }

  use(ms: number): Promise<void> {
    const nowMs = this.#clock.now();
    const earliestMs = Math.min(...this.#freeMs);
    const endMs = Math.max(nowMs, earliestMs) + ms;
    this.#freeMs[this.#freeMs.indexOf(earliestMs)] = endMs;
    this.busyMs += ms;
    return this.#clock.sleep(endMs - nowMs);
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
