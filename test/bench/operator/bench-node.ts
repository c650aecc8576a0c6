/** A node that takes Pods and never runs them, so that a job's Pod waits for its container and not for a place. */
import type { BareClient } from './bare-client.ts';

const name = 'bench';
/** Below the 50 s after which the cluster takes a node for lost. */
const heartbeatMs = 10_000;
const capacity = { cpu: '100000', memory: '100Ti', pods: '100000' };

export async function makeNode(client: BareClient): Promise<{ stop(): void }> {
  const path = '/api/v1/nodes';
  await client.send({ method: 'POST', path, body: { apiVersion: 'v1', kind: 'Node', metadata: { name } } });
  const beat = async (): Promise<void> => {
    const lastHeartbeatTime = new Date().toISOString();
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Bench', message: 'ready', lastHeartbeatTime }];
    const body = { status: { capacity, allocatable: capacity, conditions } };
    const contentType = 'application/strategic-merge-patch+json';
    await client.send({ method: 'PATCH', path: `${path}/${name}/status`, contentType, body });
  };
  await beat();
  const timer = setInterval(() => void beat().catch(() => undefined), heartbeatMs);
  while ((await taintsOf(client)).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  return { stop: () => clearInterval(timer) };
}

async function taintsOf(client: BareClient): Promise<readonly unknown[]> {
  const { spec } = await client.send<{ spec?: { taints?: unknown[] } }>({
    method: 'GET',
    path: `/api/v1/nodes/${name}`,
  });
  return spec?.taints ?? [];
}
