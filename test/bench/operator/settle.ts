/** UserSecrets created at once, and the operator bringing all of them to their native Secret and status. */
import { API_VERSION, LABEL_MANAGED_BY, MANAGED_BY } from '../../../src/api/index.ts';
import { userSecretType } from '../../../src/controllers/resources.ts';
import { readApiServer, writesBetween } from './api-server.ts';
import type { Bench } from './bench.ts';
import { openWatch, untilAll } from './object-watch.ts';
import type { RunningOperator } from './operator-process.ts';
import { createAll, type PreparedSecret } from './user-secrets.ts';

export interface Settled {
  /** Objects a second. */
  readonly perSecond: number;
  readonly operatorCpuMsEach: number;
  readonly apiServerCpuMsEach: number;
  readonly writes: Readonly<Record<string, number>>;
  /** The operator, still running. */
  readonly operator: RunningOperator;
}

/** They are there before the operator starts: only its own work is measured, from the moment at which its controllers run. */
export async function settleAfterStart(
  bench: Bench,
  secrets: readonly PreparedSecret[],
  whileBusy: (operator: RunningOperator) => Promise<void> = () => Promise.resolve(),
): Promise<Settled> {
  await createAll(bench, secrets);
  const watch = await openWatch(bench.kubeconfig, userSecretType, { metadataOnly: true });
  try {
    const before = await readApiServer(bench.client);
    const allWritten = untilAll(watch, 'statuses', secrets.length, statusWritten(secrets));
    const operator = await bench.startOperator();
    const { cpuSeconds } = await operator.read();
    await whileBusy(operator);
    const endMs = await allWritten;
    return await settled(bench, secrets, operator, endMs - operator.runsMs, before, cpuSeconds);
  } finally {
    await watch.close();
  }
}

/** The operator runs while they are created: from the first create to the last status, the creating client's work included. */
export async function settleWhileCreating(
  bench: Bench,
  secrets: readonly PreparedSecret[],
  operator: RunningOperator,
): Promise<Settled> {
  const watch = await openWatch(bench.kubeconfig, userSecretType, { metadataOnly: true });
  try {
    const before = await readApiServer(bench.client);
    const cpuBefore = (await operator.read()).cpuSeconds;
    const allWritten = untilAll(watch, 'statuses', secrets.length, statusWritten(secrets));
    const startMs = performance.now();
    await createAll(bench, secrets);
    return await settled(bench, secrets, operator, (await allWritten) - startMs, before, cpuBefore);
  } finally {
    await watch.close();
  }
}

/** The only change of a UserSecret that is there is the write of its status. */
function statusWritten(secrets: readonly PreparedSecret[]) {
  const wanted = new Set(secrets.map(({ namespace, name }) => `${namespace}/${name}`));
  return (event: { readonly type: string }, key: string): boolean => event.type === 'MODIFIED' && wanted.has(key);
}

async function settled(
  bench: Bench,
  secrets: readonly PreparedSecret[],
  operator: RunningOperator,
  tookMs: number,
  before: Awaited<ReturnType<typeof readApiServer>>,
  cpuSecondsBefore: number,
): Promise<Settled> {
  const after = await readApiServer(bench.client);
  const { cpuSeconds } = await operator.read();
  await checkAll(bench, secrets);
  return {
    perSecond: (secrets.length * 1000) / tookMs,
    operatorCpuMsEach: ((cpuSeconds - cpuSecondsBefore) * 1000) / secrets.length,
    apiServerCpuMsEach: ((after.cpuSeconds - before.cpuSeconds) * 1000) / secrets.length,
    writes: writesBetween(before, after),
    operator,
  };
}

/** Every native Secret is there, and every status says Ready: a figure for work that was not done would be worth nothing. */
async function checkAll({ client }: Bench, secrets: readonly PreparedSecret[]): Promise<void> {
  const namespaces = new Set(secrets.map(({ namespace }) => namespace));
  let natives = 0;
  let ready = 0;
  for (const namespace of namespaces) {
    const secretList = await client.send<{ items: unknown[] | null }>({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/secrets?labelSelector=${encodeURIComponent(`${LABEL_MANAGED_BY}=${MANAGED_BY}`)}`,
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    });
    natives += secretList.items?.length ?? 0;
    const { items } = await client.send<{ items: { status?: { conditions?: { type: string; status: string }[] } }[] }>({
      method: 'GET',
      path: `/apis/${API_VERSION}/namespaces/${namespace}/usersecrets`,
    });
    ready += items.filter(({ status }) =>
      status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    ).length;
  }
  if (natives < secrets.length || ready < secrets.length)
    throw new Error(
      `of ${String(secrets.length)} only ${String(natives)} Secrets are there and ${String(ready)} are Ready`,
    );
}

/** Writes to Secrets and statuses, as a few words. */
export function writesText(writes: Readonly<Record<string, number>>, count: number): string {
  const secrets = writes['POST secrets'] ?? 0;
  const statuses = writes['PATCH usersecrets/status'] ?? 0;
  const all = Object.entries(writes).filter(([key]) => key !== 'POST usersecrets');
  const others = all.reduce((sum, [, value]) => sum + value, 0) - secrets - statuses;
  return `writes each: ${(secrets / count).toFixed(2)} Secret, ${(statuses / count).toFixed(2)} status, ${(others / count).toFixed(2)} other`;
}
