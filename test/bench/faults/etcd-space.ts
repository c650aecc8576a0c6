/** Fills etcd up to its quota, and makes room again as an administrator does: delete, compact, defragment, disarm the alarm. */
import type { DevCluster } from '../../../tools/devcluster/index.ts';

/** Bytes. Enough for the workloads of the faults; filled in some seconds. */
const quotaBytes = 160 * 2 ** 20;
export const quotaFlag = `--quota-backend-bytes=${String(quotaBytes)}`;

/** etcd takes requests of at most 1.5 MiB. */
const fillerBytes = 1_250_000;
/** More than would fit. */
const mostFillers = Math.ceil((2 * quotaBytes) / fillerBytes);
const prefix = '/fillers/';
/** The first key that does not begin with the prefix. */
const afterPrefix = '/fillers0';

/** Resolves when etcd refuses to write more: from then on it refuses every write of the cluster. */
export async function fillEtcd(cluster: DevCluster): Promise<void> {
  const value = Buffer.alloc(fillerBytes, 'x').toString('base64');
  for (let index = 0; index < mostFillers; index += 1) {
    const { status, text } = await post(cluster, '/v3/kv/put', { key: base64(`${prefix}${String(index)}`), value });
    if (text.includes('space exceeded')) return;
    if (status !== 200) throw new Error(`etcd answered ${String(status)}: ${text}`);
  }
  throw new Error('etcd has no quota');
}

export async function makeRoom(cluster: DevCluster): Promise<void> {
  await must(cluster, '/v3/kv/deleterange', { key: base64(prefix), range_end: base64(afterPrefix) });
  await cluster.compactEtcd();
  await must(cluster, '/v3/maintenance/defragment', {});
  const alarms = JSON.parse(await must(cluster, '/v3/maintenance/alarm', { action: 'GET' })) as {
    readonly alarms?: readonly { readonly memberID: string; readonly alarm: string }[];
  };
  for (const { memberID, alarm } of alarms.alarms ?? [])
    await must(cluster, '/v3/maintenance/alarm', { action: 'DEACTIVATE', memberID, alarm });
}

async function must(cluster: DevCluster, path: string, body: unknown): Promise<string> {
  const { status, text } = await post(cluster, path, body);
  if (status !== 200) throw new Error(`etcd: ${path} answered ${String(status)}: ${text}`);
  return text;
}

async function post(
  { etcdEndpoint }: DevCluster,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  if (etcdEndpoint === undefined) throw new Error('this cluster does not show its etcd');
  const response = await fetch(new URL(path, etcdEndpoint), { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
