/** Reads, each second, how the operator's two Pods and etcd fare. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseMetrics, sum } from '../bench/operator/prometheus.ts';
import { operatorNamespace, type InCluster } from '../support/in-cluster.ts';

/** The worst since the last `reset`. */
export interface Reading {
  readonly restarts: number;
  readonly leadershipChanges: number;
  readonly highestMemoryBytes: number;
  readonly longestStallMs: number;
  /** With waits for a processor, which other processes of this machine had. */
  readonly longestLagMs: number;
  /** The longest that a key has waited in a queue of the operator. The attacker's own may. */
  readonly longestQueueMs: number;
  /** What etcd has grown by, whatever a compaction took away meanwhile. */
  readonly etcdGrowthBytes: number;
  readonly seconds: number;
}

export interface Gauges {
  read(): Promise<Reading>;
  /** Begins to measure again. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status?: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

const everyMs = 1_000;
const metricsPort = 8081;
const metricsTimeoutMs = 10_000;
const inUse = 'etcd_mvcc_db_total_size_in_use_in_bytes';
const stall = 'neuro_operator_event_loop_longest_stall_seconds';
const lag = 'nodejs_eventloop_lag_max_seconds';
const queue = 'workqueue_oldest_wait_seconds';

export async function startGauges({ request, cluster }: InCluster): Promise<Gauges> {
  const stopping = new AbortController();
  const etcd = cluster.etcdEndpoint;
  if (etcd === undefined) throw new Error('a siege needs a cluster whose etcd can be read');
  let [memory, stallMs, lagMs, queueMs, growth, fromMs] = [0, 0, 0, 0, 0, 0];
  let etcdBytes: number | undefined;
  let before = await standing();
  const first = before;

  /** What does not go down: restarts of containers, other Pods, transitions of the lease. */
  async function standing() {
    const { items } = await request<{ readonly items: readonly Pod[] }>({
      method: 'GET',
      path: `/api/v1/namespaces/${operatorNamespace}/pods`,
      query: { labelSelector: 'app.kubernetes.io/name=neuro-operator,app.kubernetes.io/component!=console' },
    });
    const lease = await request<{ readonly spec: { readonly leaseTransitions?: number } }>({
      method: 'GET',
      path: `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/neuro-operator`,
    });
    const restarts = items
      .flatMap(({ status }) => status?.containerStatuses ?? [])
      .reduce((total, { restartCount }) => total + restartCount, 0);
    return { pods: items, restarts, transitions: lease.spec.leaseTransitions ?? 0 };
  }

  async function look(): Promise<void> {
    await Promise.all([...before.pods.map(lookAtPod), lookAtEtcd()]);
  }

  async function lookAtPod({ metadata, status }: Pod): Promise<void> {
    memory = Math.max(memory, await peakBytesOf(metadata.uid));
    const response = await fetch(`http://${status?.podIP ?? ''}:${String(metricsPort)}/metrics`, {
      signal: AbortSignal.timeout(metricsTimeoutMs),
    });
    const samples = parseMetrics(await response.text(), [stall, lag, queue]);
    if (samples.length < 2) throw new Error(`the operator has no metric ${stall}`);
    stallMs = Math.max(stallMs, sum(samples, stall) * 1_000);
    lagMs = Math.max(lagMs, sum(samples, lag) * 1_000);
    queueMs = Math.max(queueMs, ...samples.filter(({ name }) => name === queue).map(({ value }) => value * 1_000));
  }

  async function lookAtEtcd(): Promise<void> {
    const text = await (await fetch(new URL('/metrics', etcd))).text();
    const bytes = sum(parseMetrics(text, [inUse]), inUse);
    if (etcdBytes !== undefined) growth += Math.max(0, bytes - etcdBytes);
    etcdBytes = bytes;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      // A Pod that gives no answer in time is busy or gone; its restarts say which.
      await look().catch((error: unknown) => process.stderr.write(`a look at the operator failed: ${String(error)}\n`));
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const reset = async (): Promise<void> => {
    before = await standing();
    await Promise.all(before.pods.map(({ metadata }) => forgetPeakOf(metadata.uid)));
    await look();
    [memory, stallMs, lagMs, queueMs, growth, fromMs] = [0, 0, 0, 0, 0, performance.now()];
  };
  await reset();
  const running = run();
  return {
    reset,
    read: async () => {
      const now = await standing();
      const others = now.pods.filter(({ metadata }) => !first.pods.some((pod) => pod.metadata.uid === metadata.uid));
      return {
        restarts: now.restarts - before.restarts + others.length,
        leadershipChanges: now.transitions - before.transitions,
        highestMemoryBytes: memory,
        longestStallMs: stallMs,
        longestLagMs: lagMs,
        longestQueueMs: queueMs,
        etcdGrowthBytes: growth,
        seconds: (performance.now() - fromMs) / 1_000,
      };
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

const processes = new Map<string, string>();

/** The most that the process of that Pod ever had in memory. */
async function peakBytesOf(podUid: string): Promise<number> {
  const known = processes.get(podUid);
  const status = known === undefined ? '' : await readOrEmpty(`/proc/${known}/status`);
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes !== undefined) return Number(kibibytes) * 1_024;
  for (const entry of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const [cgroup, command] = await Promise.all([`/proc/${entry}/cgroup`, `/proc/${entry}/cmdline`].map(readOrEmpty));
    if (cgroup?.includes(podUid) && command?.includes('operator.mjs')) processes.set(podUid, entry);
  }
  return 0;
}

/** The kernel begins to count the most again at what it has now. */
async function forgetPeakOf(podUid: string): Promise<void> {
  await peakBytesOf(podUid);
  const pid = processes.get(podUid);
  if (pid !== undefined) await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);
}

/** A process may have ended meanwhile. */
function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
