/** One run of one contestant: one object at a time on a cluster at rest, then many at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { clusterFolder, recordedProcesses } from '../../../tools/devcluster/state/cluster-folder.ts';
import { readApiServer, writesBetween } from '../operator/api-server.ts';
import { inParallel } from '../operator/bare-client.ts';
import { openWatch, type ObjectWatch } from '../operator/object-watch.ts';
import { percentile } from '../operator/percentile.ts';
import { cpuMsOf, peakMiBOf } from '../process-readings.ts';
import type { Arena, Contestant, Figures, Race, Starter, Task } from './contestant.ts';

/** Namespaces that a burst is spread over. Jobs are somebody's, who has one. */
const namespacesOf: Readonly<Record<Race, number>> = { secrets: 10, jobs: 1 };
/** Between two of those one at a time, so that nothing of the former is under way. */
const restMs = 40;
/** Of those one at a time, the first are not counted: code that runs for the first time. */
const warmUps = 5;
/** Before a burst, another of this part of it runs, so that compilers and caches are warm on both sides. */
const warmShare = 0.2;
/** Before a burst, so that what was made last is over: a job whose Pod has not started after 5 s says so in its status. */
const quietMs: Readonly<Record<Race, number>> = { secrets: 1_500, jobs: 7_000 };
/** Four a second: slower than anybody on a busy machine. A rival that ends is reported at once. */
const burstTimeoutMs = 250_000;
/** Made by the scheduler, or by nobody's controller. */
const notTheirs = ['pods/binding', 'subjectaccessreviews', 'tokenreviews', 'nodes/status', 'events'];
/** Not one for each object: how many jobs use a secret is written at intervals, however many there are. */
const notForEach: Readonly<Record<Race, readonly string[]>> = { secrets: [], jobs: ['usersecrets/status'] };

interface Watches {
  readonly products: ObjectWatch;
  /** Undefined for those without a status. */
  readonly requests: ObjectWatch | undefined;
}

export async function race(arena: Arena, contestant: Contestant, starter: Starter): Promise<Figures> {
  const { kubeconfig } = arena;
  const products = await openWatch(kubeconfig, starter.product, { metadataOnly: true });
  const requests =
    starter.request === undefined ? undefined : await openWatch(kubeconfig, starter.request, { metadataOnly: true });
  const figures = figuresOf(arena, contestant, starter, { products, requests });
  try {
    return await (starter.ended === undefined ? figures : Promise.race([figures, starter.ended]));
  } finally {
    await products.close();
    await requests?.close();
  }
}

async function figuresOf(
  arena: Arena,
  contestant: Contestant,
  starter: Starter,
  { products, requests }: Watches,
): Promise<Figures> {
  const { client } = arena;
  const namespaces = Array.from({ length: namespacesOf[contestant.race] }, (_, index) => `burst-${String(index)}`);
  for (const namespace of ['single', ...namespaces]) await arena.makeNamespace(namespace);
  const prepare = (prefix: string, count: number): Promise<readonly Task[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        starter.prepare(namespaces[index % namespaces.length] ?? '', `${prefix}-${String(index)}`),
      ),
    );
  const latenciesMs = await oneByOne(starter, products, contestant.single);
  await burst(await prepare('warm', Math.ceil(contestant.burst * warmShare)), products, requests);
  const tasks = await prepare('many', contestant.burst);
  await pause(quietMs[contestant.race]);
  const apiServerPid = pidOf(arena, 'kube-apiserver');
  const cpuMs = (): number => (starter.pid === undefined ? 0 : cpuMsOf(starter.pid));
  const before = { writes: await readApiServer(client), cpuMs: cpuMs(), apiServerCpuMs: cpuMsOf(apiServerPid) };
  const tookMs = await burst(tasks, products, requests);
  const controllerCpuMs = cpuMs() - before.cpuMs;
  const apiServerCpuMs = cpuMsOf(apiServerPid) - before.apiServerCpuMs;
  const made = writesBetween(before.writes, await readApiServer(client));
  arena.onProgress(`${contestant.id}: ${JSON.stringify(made)}`);
  const leftOut = [...notTheirs, ...notForEach[contestant.race]];
  const each = (total: number): number => total / tasks.length;
  return {
    perSecond: (tasks.length * 1_000) / tookMs,
    controllerCpuMs: starter.pid === undefined ? undefined : each(controllerCpuMs),
    apiServerCpuMs: each(apiServerCpuMs),
    // The request itself is not the contestant's.
    writes: each(sumOf(made, (kind) => !leftOut.some((other) => kind.endsWith(other)))) - 1,
    events: each(sumOf(made, (kind) => kind.endsWith(' events'))),
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
    peakMiB: starter.pid === undefined ? undefined : peakMiBOf(starter.pid),
  };
}

async function oneByOne(starter: Starter, products: ObjectWatch, count: number): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < count + warmUps; index += 1) {
    const task = await starter.prepare('single', `single-${String(index)}`);
    const seen = products.until(`what ${task.key} asks for`, (event) => isFor(event, task.key));
    const startMs = performance.now();
    const [seenMs] = await Promise.all([seen, task.create()]);
    if (index >= warmUps) latenciesMs.push(seenMs - startMs);
    await pause(restMs);
  }
  return latenciesMs;
}

/** From the first request to the last product, and the last status where the contestant writes one. Milliseconds. */
async function burst(
  tasks: readonly Task[],
  products: ObjectWatch,
  requests: ObjectWatch | undefined,
): Promise<number> {
  const keys = new Set(tasks.map(({ key }) => key));
  const remaining = { products: new Set(keys), statuses: new Set(requests === undefined ? [] : keys) };
  const allProducts = products.until(
    `${String(keys.size)} products`,
    (event) => {
      const key = ownerKey(event);
      if (event.type === 'ADDED') remaining.products.delete(key);
      return remaining.products.size === 0;
    },
    burstTimeoutMs,
  );
  const allStatuses =
    requests?.until(
      `${String(keys.size)} statuses`,
      (event, key) => {
        if (hasStatus(event)) remaining.statuses.delete(key);
        return remaining.statuses.size === 0;
      },
      burstTimeoutMs,
    ) ?? Promise.resolve(0);
  const startMs = performance.now();
  const [productsMs, statusesMs] = await Promise.all([
    allProducts,
    allStatuses,
    inParallel(tasks.length, (index) => tasks[index]?.create() ?? Promise.resolve()),
  ]);
  return Math.max(productsMs, statusesMs) - startMs;
}

type Event = Parameters<Parameters<ObjectWatch['onEvent']>[0]>[0];

function isFor(event: Event, key: string): boolean {
  return event.type === 'ADDED' && ownerKey(event) === key;
}

/** A finalizer, which some set first, is no status. */
function hasStatus({ object }: Event): boolean {
  const { managedFields = [] } = object.metadata as {
    readonly managedFields?: readonly { readonly subresource?: string }[];
  };
  return managedFields.some(({ subresource }) => subresource === 'status');
}

/** The request that the object was made for: its owner, whatever its own name is. */
function ownerKey({ object }: Event): string {
  const {
    namespace = '',
    name,
    ownerReferences = [],
  } = object.metadata as {
    readonly namespace?: string;
    readonly name: string;
    readonly ownerReferences?: readonly { readonly name: string }[];
  };
  return `${namespace}/${ownerReferences[0]?.name ?? name}`;
}

function sumOf(made: Readonly<Record<string, number>>, isCounted: (kind: string) => boolean): number {
  return Object.entries(made).reduce((sum, [kind, count]) => (isCounted(kind) ? sum + count : sum), 0);
}

/** Of a component of the cluster, which runs on this machine. */
export function pidOf({ test }: Pick<Arena, 'test'>, component: string): number {
  const pid = recordedProcesses(clusterFolder(test.cluster.name)).get(component)?.pid;
  if (pid === undefined) throw new Error(`${component} is not a process of this machine: its work cannot be measured`);
  return pid;
}
