/**
 * `neuro job top` and `neuro top`: what jobs that run use, now; on a terminal again and again until Ctrl-C. Jobs that are named come with what they
 * asked for, their limits, and how it went since the command began.
 */
import type { NeuroJob } from '../../../api/index.ts';
import {
  amountText,
  quantity,
  sampleOf,
  usesOf,
  withSample,
  type PodWithResources,
  type ResourceUse,
  type Sample,
} from '../../../client/index.ts';
import { compare } from '../../../compare.ts';
import { isKernelError, pathOf } from '../../../kernel/index.ts';
import { durationMs } from '../../args/duration.ts';
import type { Connection } from '../../connect/connection.ts';
import { homeOf } from '../../homes/home.ts';
import { missingSentence, namespaceState } from '../../homes/namespace-state.ts';
import { getRunnableJob, jobName } from '../../jobs/jobs.ts';
import { listAll, neuroJobs, podMetrics, pods, type PodMetrics } from '../../connect/kinds.ts';
import { pause } from '../../connect/pause.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { clearFromTop } from '../../output/screen.ts';
import { note } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import { ago } from '../../output/when.ts';

export interface TopOptions {
  readonly sort?: string;
  readonly timeout?: string;
}

/** metrics-server measures every 15 s. */
const refreshMs = 5_000;
const sorts = ['name', 'when', 'cpu', 'memory'] as const;
type Sort = (typeof sorts)[number];

interface Row {
  readonly name: string;
  readonly podName: string;
  readonly measured: PodMetrics | undefined;
  readonly startTime: string;
  /** In cores. It is NaN where nothing was measured yet, as is `memory`. */
  readonly cpu: number;
  readonly memory: number;
}

export async function topJobs(run: Invocation<TopOptions>, names: readonly string[]): Promise<number> {
  const sort = sortOf(run.options.sort);
  const { timeout } = run.options;
  const endMs = timeout === undefined ? Infinity : performance.now() + durationMs('--timeout', timeout);
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const isLive = run.io.isOutputTerminal && run.options.quiet !== true;
  const abort = new AbortController();
  const leave = run.io.onInterrupt(() => abort.abort());
  const samples = new Map<string, readonly Sample[]>();
  try {
    for (;;) {
      const rows = await rowsNow(connection, namespace, names);
      rows.sort((a, b) => compareRows(a, b, sort));
      const uses = names.length === 0 ? [] : await usesNow(connection, namespace, rows, samples);
      if (isLive) clearFromTop(run.io);
      if (names.length === 0) printRows(run, columnsAt(run.io.now()), rows);
      else printRows(run, useColumns, uses);
      if (rows.length === 0) note(run, await noneSentence(connection, namespace, names));
      if (!isLive || performance.now() + refreshMs > endMs) return exitCodes.ok;
      await pause(refreshMs, abort.signal);
    }
  } catch (error) {
    if (abort.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    leave();
  }
}

async function noneSentence(connection: Connection, namespace: string, names: readonly string[]): Promise<string> {
  if (names.length > 0) return `None of these jobs runs now: ${names.map(jobName).join(', ')}.`;
  const { presence } = await namespaceState(connection, namespace);
  return presence === 'missing' ? missingSentence(namespace) : `No job runs in the namespace '${namespace}'.`;
}

async function rowsNow(connection: Connection, namespace: string, names: readonly string[]): Promise<Row[]> {
  const jobs: NeuroJob[] =
    names.length === 0
      ? await listAll(connection.client.list(neuroJobs, { namespace }))
      : await Promise.all(names.map((name) => getRunnableJob(connection, namespace, name)));
  const measured = new Map((await metricsOf(connection, namespace)).map((pod) => [pod.metadata.name, pod]));
  return jobs
    .filter(({ status }) => status?.phase === 'Running')
    .map(({ metadata, status }) => {
      const podName = status?.podName ?? '';
      const containers = measured.get(podName)?.containers;
      const sum = (what: 'cpu' | 'memory'): number =>
        containers?.reduce((total, { usage }) => total + quantity(usage[what] ?? '0'), 0) ?? Number.NaN;
      return {
        ...{ name: metadata.name, podName, measured: measured.get(podName) },
        ...{ startTime: status?.startTime ?? '', cpu: sum('cpu'), memory: sum('memory') },
      };
    });
}

async function metricsOf({ requester }: Connection, namespace: string): Promise<readonly PodMetrics[]> {
  try {
    // Authorization comes first: a refusal says nothing about whether metrics exist, so ask discovery, which everybody can read.
    await requester.request({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1' });
    // Its lists have no pages, and no resource version, which the client requires.
    const path = pathOf(podMetrics, { namespace });
    const { items = [] } = (await requester.request({ method: 'GET', path })) as { readonly items?: PodMetrics[] };
    return items;
  } catch (error) {
    if (!isKernelError(error, 'NotFound') && !(isKernelError(error, 'Server') && error.status === 503)) throw error;
    const why = isKernelError(error, 'NotFound')
      ? 'it has no API metrics.k8s.io. An administrator installs metrics-server.'
      : 'the API metrics.k8s.io does not respond. An administrator looks whether metrics-server runs.';
    throw new CliError('notFound', `Nothing measures jobs in this cluster: ${why}`, { cause: error });
  }
}

interface UseRow extends ResourceUse {
  readonly name: string;
}

/** One row a resource. `samples`, by Pod, grows. */
async function usesNow(
  { client }: Connection,
  namespace: string,
  rows: readonly Row[],
  samples: Map<string, readonly Sample[]>,
): Promise<UseRow[]> {
  const all = await Promise.all(
    rows.map(async ({ name, podName, measured }) => {
      const kept = withSample(samples.get(podName) ?? [], measured === undefined ? undefined : sampleOf(measured));
      samples.set(podName, kept);
      const pod: PodWithResources | undefined = await client.get(pods, { namespace, name: podName });
      return usesOf(kept, pod).map((use) => ({ ...use, name }));
    }),
  );
  return all.flat();
}

const useColumns: readonly Column<UseRow>[] = [
  { title: 'ID/NAME', cell: ({ name }) => name },
  { title: 'RESOURCE', cell: ({ resource }) => resource },
  { title: 'USED', cell: ({ resource, points }) => amountOr(resource, points.at(-1)?.amount) },
  { title: 'REQUEST', cell: ({ resource, request }) => amountOr(resource, request) },
  { title: 'LIMIT', cell: ({ resource, limit }) => amountOr(resource, limit) },
  { title: 'SINCE THE START OF THIS COMMAND', cell: barsOf },
];

const bars = '▁▂▃▄▅▆▇█';
/** The most bars that fit beside the other columns of a terminal of 80. */
const mostBars = 24;

/** A full bar is the limit, or the highest measure where there is none. */
function barsOf({ points, limit }: UseRow): string {
  const amounts = points.slice(-mostBars).map(({ amount }) => amount);
  const full = limit ?? Math.max(...amounts);
  return amounts
    .map((amount) => bars[full > 0 ? Math.min(bars.length - 1, Math.floor((amount / full) * bars.length)) : 0])
    .join('');
}

function amountOr(resource: string, amount: number | undefined): string {
  return amount === undefined ? '-' : amountText(resource, amount);
}

function columnsAt(now: Date): readonly Column<Row>[] {
  return [
    { title: 'ID/NAME', cell: ({ name }) => name },
    { title: 'WHEN', cell: ({ startTime }) => ago(startTime, now) },
    { title: 'CPU', cell: ({ cpu }) => measuredText(cpu, 3) },
    { title: 'MEMORY (MB)', cell: ({ memory }) => measuredText(memory / 1e6, 1) },
  ];
}

function measuredText(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}

function sortOf(text: string | undefined): Sort {
  const found = sorts.find((sort) => sort === (text ?? 'name').replace(/^-/, ''));
  if (found !== undefined) return found;
  throw new CliError('usage', `--sort is one of ${sorts.join(', ')}, not '${text ?? ''}'.`);
}

function compareRows(a: Row, b: Row, sort: Sort): number {
  // The largest first; names and ages upwards.
  const by = sort === 'cpu' ? compare(b.cpu, a.cpu) : sort === 'memory' ? compare(b.memory, a.memory) : 0;
  const when = sort === 'when' ? compare(a.startTime, b.startTime) : 0;
  return by || when || compare(a.name, b.name);
}
