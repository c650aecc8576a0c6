/**
 * The same operator over ever more secrets, beside three times as many Secrets of others: what a thousand more take, what a restart over
 * all of them takes, and memory. Each step adds to what the former left.
 */
import { randomUUID } from 'node:crypto';
import { inParallel } from '../bare-client.ts';
import { readApiServer, writesBetween } from '../api-server.ts';
import type { Bench } from '../bench.ts';
import { settleAfterStart } from '../settle.ts';
import { prepareSecrets } from '../user-secrets.ts';

const part = 'growth';
const steps = [1_000, 10_000, 50_000, 100_000];
const foreignForEach = 3;
const foreignBytes = 600;
/** Operations that etcd takes in one transaction, by default. */
const copiesAtOnce = 128;
const foreignNamespace = 'foreign';
/** Created and settled in one go; more would be memory of the benchmark itself. */
const portion = 10_000;
/** After a restart: whatever it would write, it has written by then. */
const quietMs = 10_000;
const thousand = 1_000;
const targets = { writes: 0, readySeconds: 60, memoryMiB: 600, smallMemoryMiB: 90 };

export async function benchGrowth(bench: Bench): Promise<void> {
  await bench.makeNamespace(foreignNamespace);
  let there = 0;
  for (const step of steps.map((each) => bench.count(each))) {
    await addForeign(bench, there * foreignForEach, step * foreignForEach);
    let settleMs = 0;
    let cpuMs = 0;
    const added = step - there;
    while (there < step) {
      const count = Math.min(portion, step - there);
      const secrets = await prepareSecrets(bench, `grow-${String(there)}`, count, 'sealed');
      const { perSecond, operatorCpuMsEach, operator } = await settleAfterStart(bench, secrets);
      await operator.stop();
      settleMs += (count * 1_000) / perSecond;
      cpuMs += operatorCpuMsEach * count;
      there += count;
    }
    const of = `${String(step)} secrets, ${String(step * foreignForEach)} of others`;
    bench.row({ part, what: `${of}: a thousand more`, value: (settleMs * thousand) / added / 1_000, unit: 's' });
    bench.row({ part, what: `${of}: CPU of the operator, each`, value: cpuMs / added, unit: 'ms' });
    await restart(bench, step, of);
  }
}

async function restart(bench: Bench, step: number, of: string): Promise<void> {
  const before = await readApiServer(bench.client);
  const operator = await bench.startOperator();
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const { cpuSeconds, rssMiB, peakMiB, anonymousMiB } = await operator.read();
  await operator.stop();
  const writes = Object.values(writesBetween(before, await readApiServer(bench.client)));
  const memoryMiB = step <= thousand ? targets.smallMemoryMiB : targets.memoryMiB;
  const most = (value: number) => ({ of: 'value', atMost: value }) as const;
  bench.row({
    part,
    what: `${of}: restart, writes`,
    value: writes.reduce((sum, count) => sum + count, 0),
    unit: 'writes',
    target: most(targets.writes),
  });
  bench.row({
    part,
    what: `${of}: restart, start to work`,
    value: (operator.runsMs - operator.startedMs) / 1_000,
    unit: 's',
    target: most(targets.readySeconds),
  });
  bench.row({ part, what: `${of}: restart, CPU`, value: cpuSeconds, unit: 's' });
  bench.row({ part, what: `${of}: memory, highest`, value: peakMiB ?? rssMiB, unit: 'MiB', target: most(memoryMiB) });
  if (anonymousMiB !== undefined)
    bench.row({ part, what: `${of}: memory at rest without file pages`, value: anonymousMiB, unit: 'MiB' });
  if (bench.etcdEndpoint !== undefined)
    bench.row({ part, what: `${of}: etcd`, value: await etcdMiB(bench.etcdEndpoint), unit: 'MiB' });
}

/** Where etcd can be reached, all but the first are copies of that: how they come is not what is measured. */
async function addForeign({ client, etcdEndpoint }: Bench, from: number, to: number): Promise<void> {
  const create = (index: number): Promise<unknown> => {
    const metadata = { name: foreignName(index), labels: { app: 'foreign' } };
    const data = { value: Buffer.alloc(foreignBytes, 'x').toString('base64') };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data };
    return client.send({ method: 'POST', path: `/api/v1/namespaces/${foreignNamespace}/secrets`, body });
  };
  if (etcdEndpoint === undefined) {
    await inParallel(to - from, (index) => create(from + index));
    return;
  }
  await create(from);
  await copyForeign(etcdEndpoint, from, to);
}

async function copyForeign(etcdEndpoint: string, from: number, to: number): Promise<void> {
  const keyOf = (index: number): string => base64(`/registry/secrets/${foreignNamespace}/${foreignName(index)}`);
  const range = (await askEtcd(etcdEndpoint, 'range', { key: keyOf(from) })) as {
    readonly kvs: readonly { readonly value: string }[];
  };
  const first = Buffer.from(range.kvs[0]?.value ?? '', 'base64').toString('latin1');
  const [uid = ''] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(first) ?? [];
  const putCopy = (index: number) => ({
    key: keyOf(index),
    value: base64(first.replace(foreignName(from), foreignName(index)).replace(uid, randomUUID())),
  });
  for (let start = from + 1; start < to; start += copiesAtOnce) {
    const count = Math.min(copiesAtOnce, to - start);
    const success = Array.from({ length: count }, (_, offset) => ({ requestPut: putCopy(start + offset) }));
    await askEtcd(etcdEndpoint, 'txn', { success });
  }
}

/** All of one length, because the stored form says how long they are. */
function foreignName(index: number): string {
  return `foreign-${String(index).padStart(7, '0')}`;
}

async function askEtcd(endpoint: string, what: 'range' | 'txn', body: unknown): Promise<unknown> {
  const response = await fetch(new URL(`/v3/kv/${what}`, endpoint), { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd: ${what}: ${String(response.status)} ${await response.text()}`);
  return response.json();
}

/** Of text whose characters are bytes. */
function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

/** What its keys take, without what a compaction frees later. */
async function etcdMiB(endpoint: string): Promise<number> {
  const response = await fetch(new URL('/metrics', endpoint));
  const bytes = /^etcd_mvcc_db_total_size_in_use_in_bytes (\S+)$/m.exec(await response.text())?.[1];
  return Number(bytes) / 2 ** 20;
}
