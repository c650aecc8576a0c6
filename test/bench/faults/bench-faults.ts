/**
 * Faults, one after the other, each on the built operator and a real control plane: what was lost, what was made twice, and how long it
 * took until everything was as asked for again. Repeated with a printed seed.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { startCluster } from '../../../tools/devcluster/index.ts';
import { clusterFolder } from '../../../tools/devcluster/state/cluster-folder.ts';
import { applyCrds, testClusterOf, type TestCluster } from '../../support/cluster.ts';
import { installOperator } from '../../support/operator.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { certificateAuthority } from '../../support/service-account.ts';
import { exitOnSignals } from '../end-with-signal.ts';
import { bareClient, type BareClient } from '../operator/bare-client.ts';
import { benchKubeconfig, kubeconfigOf } from '../operator/bench.ts';
import { percentile } from '../operator/percentile.ts';
import { machineFacts } from '../operator/report.ts';
import { FaultProxy } from './fault-proxy.ts';
import { FaultRun } from './fault-run.ts';
import { faultsOf, type Fault } from './faults.ts';

export const faultNames = faultsOf(0).map(({ name }) => name);

interface FaultsOptions {
  readonly names: readonly string[];
  readonly seed: number;
  /** Of the fault that changes all at once. */
  readonly objects: number;
  /** No run begins after that. */
  readonly minutes: number;
}

interface Result {
  readonly fault: Fault;
  readonly settledMs: number[];
  readonly lost: string[];
  readonly twice: string[];
}

export async function benchFaults({ names, seed, objects, minutes }: FaultsOptions): Promise<void> {
  exitOnSignals();
  const machine = machineFacts();
  const startMs = performance.now();
  const chosen = faultsOf(objects).filter(({ name }) => names.length === 0 || names.includes(name));
  progress(`seed ${String(seed)}`);
  const results: Result[] = [];
  await withArena(seededRandom(seed), async (makeRun) => {
    for (const fault of chosen) {
      const result: Result = { fault, settledMs: [], lost: [], twice: [] };
      results.push(result);
      for (let repetition = 1; repetition <= fault.repetitions; repetition += 1) {
        if ((performance.now() - startMs) / 60_000 > minutes) {
          progress(`the time is over: ${fault.name} ${String(repetition)} and what follows are left out`);
          return;
        }
        await repeat(makeRun(fault, repetition), repetition, result);
      }
    }
  });
  process.stdout.write(`${Object.values(machine).join(', ')}; seed ${String(seed)}\n${tableOf(results)}\n`);
  const wrong = results.flatMap(({ lost, twice }) => [...lost, ...twice]);
  if (wrong.length > 0) throw new Error(`lost or made twice:\n${wrong.slice(0, shownAtMost).join('\n')}`);
}

const shownAtMost = 20;

async function repeat(run: FaultRun, repetition: number, { fault, settledMs, lost, twice }: Result): Promise<void> {
  const what = `${fault.name} ${String(repetition)}`;
  try {
    await run.start();
    await fault.run(run, repetition);
    const startMs = performance.now();
    const outcome = await run.untilSettled();
    settledMs.push(performance.now() - startMs);
    lost.push(...outcome.lost.map((text) => `${what}: ${text}`));
    twice.push(...outcome.twice.map((text) => `${what}: ${text}`));
    progress(
      `${what}: lost ${String(outcome.lost.length)}, twice ${String(outcome.twice.length)}, settled in ${seconds(settledMs.at(-1) ?? 0)}`,
    );
  } catch (error) {
    lost.push(`${what}: ${String(error)}`);
    progress(`${what}: ${String(error)}`);
  } finally {
    await run.stop();
  }
}

async function withArena(
  random: () => number,
  work: (makeRun: (fault: Fault, repetition: number) => FaultRun) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({ node: false, onProgress: progress });
  const folder = await mkdtemp(join(tmpdir(), 'neuro-faults-'));
  let client: BareClient | undefined;
  let proxy: FaultProxy | undefined;
  try {
    await applyCrds(cluster);
    const test = await testClusterOf(cluster);
    await installOperator(test);
    const kubeconfig = await benchKubeconfig(test, folder);
    const bare = (client = await bareClient(kubeconfig));
    const between = (proxy = await FaultProxy.start(cluster.server, await tlsOf(test)));
    const direct = await kubeconfigOf(test, folder, 'neuro-operator');
    const throughProxy = await proxiedKubeconfig(direct, test, between);
    await work(
      (fault, repetition) =>
        new FaultRun({
          ...{ test, client: bare, kubeconfig, throughProxy, direct, proxy: between, random },
          namespace: `${fault.name}-${String(repetition)}`,
          size: fault.size,
        }),
    );
  } finally {
    await proxy?.close();
    await client?.close();
    await cluster.down();
    await rm(folder, { recursive: true, force: true });
  }
}

async function tlsOf(test: TestCluster): Promise<Parameters<typeof FaultProxy.start>[1]> {
  const pki = (name: string): Promise<string> => readFile(clusterFolder(test.cluster.name).file('pki', name), 'utf8');
  return { ca: await certificateAuthority(test), cert: await pki('apiserver.crt'), key: await pki('apiserver.key') };
}

async function proxiedKubeconfig(direct: string, { cluster }: TestCluster, proxy: FaultProxy): Promise<string> {
  const path = `${direct}.proxied`;
  const text = (await readFile(direct, 'utf8')).replace(cluster.server, proxy.url);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ['fault', 'repetitions', 'lost', 'twice', 'settled after, median', 'longest'],
    style: { head: [], border: [] },
  });
  for (const { fault, settledMs, lost, twice } of results)
    table.push([
      fault.what,
      `${String(settledMs.length)} of ${String(fault.repetitions)}`,
      lost.length,
      twice.length,
      settledMs.length === 0 ? '' : seconds(percentile(settledMs, 50)),
      settledMs.length === 0 ? '' : seconds(Math.max(...settledMs)),
    ]);
  return table.toString();
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
