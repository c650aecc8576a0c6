/** The Pods of the operator: which one leads, what they say, and how to take one away. */
import { readdir, readFile } from 'node:fs/promises';
import { operatorNamespace, type InCluster, type KubeJson } from './in-cluster.ts';
import { eventually } from './until.ts';

const selector = 'app.kubernetes.io/name=neuro-operator';

export function operatorPods(cluster: InCluster): Promise<readonly KubeJson[]> {
  return cluster.list('pods', operatorNamespace, selector);
}

/** Name of the Pod that holds the lease, and the identity of its process. */
export async function leader(cluster: InCluster): Promise<{ readonly pod: string; readonly identity: string }> {
  const { spec } = await cluster.request<{ readonly spec?: { readonly holderIdentity?: string } }>({
    method: 'GET',
    path: `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/neuro-operator`,
  });
  const identity = spec?.holderIdentity ?? '';
  return { identity, pod: identity.split('_')[0] ?? '' };
}

/** Resolves when another process than that one leads. */
export async function untilOtherLeads(cluster: InCluster, former: string): Promise<string> {
  const { identity } = await eventually(
    () => leader(cluster),
    (seen) => seen.identity !== '' && seen.identity !== former,
    `another process than ${former} leads`,
  );
  return identity;
}

/** Everything that the containers there are have logged, also those before a restart. */
export async function operatorLogs(cluster: InCluster): Promise<string> {
  const pods = await operatorPods(cluster);
  const logs = pods.flatMap(({ metadata }) =>
    [[], ['--previous']].map(async (flags) => {
      const { stdout } = await cluster.kubectl('admin', ['logs', metadata.name, '-n', operatorNamespace, ...flags]);
      return stdout;
    }),
  );
  return (await Promise.all(logs)).join('\n');
}

export async function scaleOperator(cluster: InCluster, replicas: number): Promise<void> {
  const where = ['deployment/neuro-operator', '-n', operatorNamespace];
  await cluster.output('admin', ['scale', ...where, `--replicas=${String(replicas)}`]);
  if (replicas > 0) await cluster.output('admin', ['rollout', 'status', ...where, '--timeout=300s']);
  else
    await cluster.output('admin', [
      'wait',
      '--for=delete',
      'pod',
      '-l',
      selector,
      '-n',
      operatorNamespace,
      '--timeout=300s',
    ]);
}

/** SIGKILL to the process of that Pod, which has no chance to give up its lease. */
export async function kill9(cluster: InCluster, podName: string): Promise<void> {
  const pod = (await operatorPods(cluster)).find(({ metadata }) => metadata.name === podName);
  if (pod === undefined) throw new Error(`there is no Pod ${podName}`);
  for (const entry of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const [cgroup, command] = await Promise.all([`/proc/${entry}/cgroup`, `/proc/${entry}/cmdline`].map(readOrEmpty));
    if (cgroup?.includes(pod.metadata.uid) && command?.includes('operator.mjs')) {
      process.kill(Number(entry), 'SIGKILL');
      return;
    }
  }
  throw new Error(`no process of the Pod ${podName} runs here`);
}

/** A process may have ended meanwhile. */
function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
