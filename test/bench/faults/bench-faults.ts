/**
 * Faults, one after the other, each on the built operator and a real control plane: what was lost, what was made twice, and how long it
 * took until everything was as asked for again. Repeated with a printed seed.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../../tools/devcluster/index.ts';
import { clusterFolder } from '../../../tools/devcluster/state/cluster-folder.ts';
import { applyCrds, testClusterOf, type TestCluster } from '../../support/cluster.ts';
import { installOperator } from '../../support/operator.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { certificateAuthority } from '../../support/service-account.ts';
import { exitOnSignals } from '../end-with-signal.ts';
import { bareClient, type BareClient } from '../operator/bare-client.ts';
import { benchKubeconfig, kubeconfigOf } from '../operator/bench.ts';
import { machineFacts } from '../operator/report.ts';
import { quotaFlag } from './etcd-space.ts';
import { FaultProxy } from './fault-proxy.ts';
import { FaultRun } from './fault-run.ts';
import { faultsOf, lanes, type Fault, type Lane } from './faults.ts';
import { pageOf, seconds, tableOf, type Result } from './page.ts';

export const faultNames = faultsOf(0).map(({ name }) => name);

interface FaultsOptions {
  readonly names: readonly string[];
  readonly seed: number;
  /** Of the fault that changes all at once. */
  readonly objects: number;
  /** No run begins after that. */
  readonly minutes: number;
  /** The page that is written; undefined: the result is only printed. */
  readonly page: string | undefined;
}

/** A result that grows. */
type Growing = { readonly [Name in keyof Result]: Result[Name] extends readonly (infer T)[] ? T[] : Result[Name] };

type MakeRun = (fault: Fault, name: string) => FaultRun;

export async function benchFaults({ names, seed, objects, minutes, page }: FaultsOptions): Promise<void> {
  exitOnSignals();
  const machine = machineFacts();
  const startMs = performance.now();
  const elapsedMinutes = (): number => (performance.now() - startMs) / 60_000;
  const chosen = faultsOf(objects).filter(({ name }) => names.length === 0 || names.includes(name));
  const results = new Map<Fault, Growing>(
    chosen.map((fault) => [fault, { fault, settledMs: [], lost: [], kept: [], twice: [] }]),
  );
  progress(`seed ${String(seed)}`);
  await Promise.all(
    lanes.map(async (lane) => {
      const its = chosen.filter((fault) => fault.lane === lane);
      if (its.length === 0) return;
      await withArena(seed, lane, async (makeRun) => {
        for (const fault of its) {
          const result = results.get(fault);
          if (result !== undefined) await repeat(fault, makeRun, result, () => elapsedMinutes() > minutes);
        }
      });
    }),
  );
  const report = { machine, seed, minutes: elapsedMinutes(), date: new Date(), results: [...results.values()] };
  process.stdout.write(`${Object.values(machine).join(', ')}; seed ${String(seed)}\n${tableOf(report)}\n`);
  if (page !== undefined) await writeFile(page, pageOf(report));
  const wrong = report.results.flatMap(({ lost, kept, twice }) => [...lost, ...kept, ...twice]);
  if (wrong.length > 0) throw new Error(`lost, kept or made twice:\n${wrong.slice(0, shownAtMost).join('\n')}`);
}

const shownAtMost = 20;

async function repeat(fault: Fault, makeRun: MakeRun, result: Growing, isLate: () => boolean): Promise<void> {
  let run: FaultRun | undefined;
  try {
    for (let repetition = 1; repetition <= fault.repetitions; repetition += 1) {
      const what = `${fault.name} ${String(repetition)}`;
      if (isLate()) {
        progress(`the time is over: ${what} and what follows are left out`);
        return;
      }
      try {
        if (run === undefined) {
          run = makeRun(fault, fault.prepare === undefined ? `${fault.name}-${String(repetition)}` : fault.name);
          await run.start();
          await fault.prepare?.(run);
        }
        await once(run, fault, repetition, result);
      } catch (error) {
        result.lost.push(`${what}: ${String(error)}`);
        progress(`${what}: ${String(error)}`);
      }
      if (fault.prepare !== undefined) continue;
      await run?.stop();
      run = undefined;
    }
  } finally {
    await run?.stop();
  }
}

async function once(run: FaultRun, fault: Fault, repetition: number, result: Growing): Promise<void> {
  await fault.run(run, repetition);
  const startMs = performance.now();
  const outcome = await run.untilSettled();
  const tookMs = performance.now() - startMs;
  result.settledMs.push(tookMs);
  const what = `${fault.name} ${String(repetition)}`;
  for (const kind of ['lost', 'kept', 'twice'] as const)
    result[kind].push(...outcome[kind].map((text) => `${what}: ${text}`));
  const { lost, kept, twice } = outcome;
  const counts = `lost ${String(lost.length)}, kept ${String(kept.length)}, twice ${String(twice.length)}`;
  progress(`${what}: ${counts}, settled in ${seconds(tookMs)}`);
  for (const text of [...lost, ...kept, ...twice].slice(0, shownAtMost)) progress(`  ${text}`);
}

async function withArena(seed: number, lane: Lane, work: (makeRun: MakeRun) => Promise<void>): Promise<void> {
  // Only in one of the two does a fault fill etcd; what the other one writes is much more.
  const etcdFlags = lane === 'waiting' ? [quotaFlag] : [];
  const cluster = await startCluster({ node: false, etcdFlags, onProgress: progress });
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
    const clockFile = join(folder, 'clock');
    await work(
      (fault, name) =>
        new FaultRun({
          ...{ test, client: bare, kubeconfig, throughProxy, direct, proxy: between, clockFile },
          // Of its own, so that a fault alone is decided as among all.
          random: seededRandom(seed + faultNames.indexOf(fault.name)),
          namespace: name,
          size: fault.size,
          imports: fault.imports,
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

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
