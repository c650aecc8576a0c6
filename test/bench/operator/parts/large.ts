/**
 * 10,000 UserSecrets: all at once, a new one while they wait, a restart over them, and the memory that it takes beside 30,000
 * Secrets of others.
 */
import { LABEL_MANAGED_BY, MANAGED_BY } from '../../../../src/api/index.ts';
import { secretType } from '../../../../src/controllers/resources.ts';
import { readApiServer, writesBetween } from '../api-server.ts';
import { inParallel } from '../bare-client.ts';
import { measureBaseline, takeTemplate } from '../baseline.ts';
import type { Bench } from '../bench.ts';
import { openWatch } from '../object-watch.ts';
import { settleAfterStart, settleWhileCreating } from '../settle.ts';
import { settledRow } from '../settled-row.ts';
import { createWrite, prepareSecret, prepareSecrets } from '../user-secrets.ts';

const part = 'large';
/** After a start: whatever it would write, it has written by then. */
const quietMs = 10_000;
const foreignBytes = 600;

export async function benchLarge(bench: Bench): Promise<void> {
  const count = bench.count(10_000);
  const template = await takeTemplate(bench, 'sealed');
  await measureBaseline(bench, template, 'plain', bench.count(1_000));
  const before = await measureBaseline(bench, template, 'sealed', bench.count(2_000));

  let waitMs = Number.NaN;
  const secrets = await prepareSecrets(bench, 'large', count, 'sealed');
  const afterStart = await settleAfterStart(bench, secrets, async () => {
    waitMs = await latencyWhileBusy(bench);
  });
  await afterStart.operator.stop();
  await restart(bench, count);
  await memory(bench, count);

  const baselines = [before, await measureBaseline(bench, template, 'sealed', bench.count(2_000))];
  settledRow(bench, { part, what: `${String(count)} sealed, there before the start`, count }, afterStart, baselines);
  bench.row({
    part,
    what: `a new UserSecret while ${String(count)} wait -> native Secret`,
    value: waitMs,
    unit: 'ms',
    target: { of: 'value', atMost: 1_000 },
  });
}

/** The same number, created while the operator runs. */
export async function benchLive(bench: Bench): Promise<void> {
  const count = bench.count(10_000);
  const template = await takeTemplate(bench, 'sealed');
  await measureBaseline(bench, template, 'plain', bench.count(1_000));
  const before = await measureBaseline(bench, template, 'sealed', bench.count(2_000));
  const operator = await bench.startOperator();
  const live = await settleWhileCreating(bench, await prepareSecrets(bench, 'live', count, 'sealed'), operator);
  await operator.stop();
  const baselines = [before, await measureBaseline(bench, template, 'sealed', bench.count(2_000))];
  const what = `${String(count)} sealed, created while it runs`;
  settledRow(bench, { part: 'live', what, count, isLive: true }, live, baselines);
}

/** A moment after the controllers began to work, when nearly all still wait in the lane behind. */
async function latencyWhileBusy(bench: Bench): Promise<number> {
  const namespace = 'newcomer';
  await bench.makeNamespace(namespace);
  const labelSelector = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;
  const watch = await openWatch(bench.kubeconfig, secretType, { namespace, labelSelector });
  try {
    const write = createWrite(await prepareSecret(bench, namespace, 'newcomer', 'sealed'));
    const seen = watch.until('the native Secret of the newcomer', () => true);
    const startMs = performance.now();
    await bench.client.send(write);
    return (await seen) - startMs;
  } finally {
    await watch.close();
  }
}

async function restart(bench: Bench, count: number): Promise<void> {
  const before = await readApiServer(bench.client);
  const operator = await bench.startOperator();
  const startedAt = operator.runsMs - operator.startedMs;
  await pause(quietMs);
  const reading = await operator.read();
  await operator.stop();
  const writes = writesBetween(before, await readApiServer(bench.client));
  const what = `restart over ${String(count)} settled`;
  bench.row({
    part,
    what: `${what}: writes at the API server`,
    value: Object.values(writes).reduce((sum, value) => sum + value, 0),
    unit: 'writes',
    target: { of: 'value', atMost: 0 },
    note: Object.entries(writes)
      .map(([kind, value]) => `${kind} ${String(value)}`)
      .join(', '),
  });
  bench.row({ part, what: `${what}: process start to controllers at work`, value: startedAt, unit: 'ms' });
  bench.row({
    part,
    what: `${what}: CPU of the operator, first ${String(quietMs / 1000)} s`,
    value: reading.cpuSeconds,
    unit: 's',
  });
}

async function memory(bench: Bench, count: number): Promise<void> {
  const foreign = bench.count(30_000);
  await bench.makeNamespace('foreign');
  const data = { value: Buffer.alloc(foreignBytes, 'x').toString('base64') };
  await inParallel(foreign, (index) => {
    const metadata = { name: `foreign-${String(index)}`, labels: { app: `app-${String(index % 100)}` } };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data };
    return bench.client.send({ method: 'POST', path: '/api/v1/namespaces/foreign/secrets', body });
  });
  const operator = await bench.startOperator();
  await pause(quietMs);
  const { rssMiB, peakMiB } = await operator.read();
  await operator.stop();
  const what = `${String(count)} UserSecrets, ${String(foreign)} Secrets of others`;
  bench.row({
    part,
    what: `memory, ${what}: highest`,
    value: peakMiB ?? rssMiB,
    unit: 'MiB',
    target: { of: 'value', atMost: 150 },
  });
  bench.row({ part, what: `memory, ${what}: at rest`, value: rssMiB, unit: 'MiB' });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
