/**
 * This operator beside its rivals: each on a control plane of its own, some rounds, in an order that is shuffled each time. Only what was
 * measured in the same run is compared, and written as a page with charts.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../../tools/devcluster/index.ts';
import { testClusterOf } from '../../support/cluster.ts';
import { operatorNamespace } from '../../support/operator.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { exitOnSignals } from '../end-with-signal.ts';
import { bareClient, type BareClient } from '../operator/bare-client.ts';
import { makeNode } from '../operator/bench-node.ts';
import { benchKubeconfig } from '../operator/bench.ts';
import { machineFacts } from '../operator/report.ts';
import { bareClients } from './bare.ts';
import type { Arena, Contestant, Figures } from './contestant.ts';
import { externalSecrets } from './external-secrets.ts';
import { jobController } from './job-controller.ts';
import { ours } from './ours.ts';
import { chartsOf, pageOf, tableOf, type RivalsRun } from './page.ts';
import { pidOf, race } from './race.ts';
import { sealedSecrets } from './sealed-secrets.ts';
import { foundOf } from './verdicts.ts';

export const contestants: readonly Contestant[] = [
  ...ours,
  ...sealedSecrets,
  ...externalSecrets,
  ...jobController,
  ...bareClients,
];

interface RivalsOptions {
  readonly chosen: readonly Contestant[];
  readonly rounds: number;
  readonly seed: number;
  /** No round begins that would not end within it. */
  readonly minutes: number;
  /** A tenth of the objects. */
  readonly isQuick: boolean;
  /** Folder for `benchmarks.md` and `images/`; undefined: the result is only printed. */
  readonly docs: string | undefined;
}

export async function benchRivals({ chosen, rounds, seed, minutes, isQuick, docs }: RivalsOptions): Promise<void> {
  exitOnSignals();
  const startMs = performance.now();
  const random = seededRandom(seed);
  const machine = machineFacts();
  const figures = new Map<string, Figures[]>(chosen.map(({ id }) => [id, []]));
  const failed: string[] = [];
  progress(`seed ${String(seed)}`);
  const elapsedMinutes = (): number => (performance.now() - startMs) / 60_000;
  let round = 1;
  for (; round <= rounds; round += 1) {
    const nextMinutes = round === 1 ? 0 : elapsedMinutes() / (round - 1);
    if (elapsedMinutes() + nextMinutes > minutes) {
      progress(`${String(round - 1)} rounds took ${elapsedMinutes().toFixed(1)} minutes: there is no time for another`);
      break;
    }
    for (const contestant of shuffled(chosen, random)) {
      const what = `round ${String(round)}: ${contestant.race}, ${contestant.title}`;
      try {
        const result = await onFreshCluster(isQuick ? quick(contestant) : contestant);
        if (result === undefined) continue;
        figures.get(contestant.id)?.push(result);
        progress(`${what}: ${result.perSecond.toFixed(1)} /s, p50 ${result.p50Ms.toFixed(1)} ms`);
      } catch (error) {
        failed.push(`${what}: ${String(error)}`);
        progress(`${what} failed: ${String(error)}`);
      }
    }
  }
  const run: RivalsRun = {
    machine,
    rounds: round - 1,
    seed,
    minutes: elapsedMinutes(),
    date: new Date(),
    found: foundOf(chosen, figures),
    failed,
  };
  process.stdout.write(`${tableOf(run)}\n`);
  if (docs !== undefined) await write(docs, run);
  if (failed.length > 0) throw new Error(`not everything was measured:\n${failed.join('\n')}`);
}

async function write(docs: string, run: RivalsRun): Promise<void> {
  await mkdir(join(docs, 'images'), { recursive: true });
  const page = join(docs, 'benchmarks.md');
  await writeFile(page, pageOf(run));
  for (const [name, svg] of chartsOf(run)) await writeFile(join(docs, 'images', name), svg);
  progress(`written: ${page}`);
}

async function onFreshCluster(contestant: Contestant): Promise<Figures | undefined> {
  const { controllerManagerFlags } = contestant;
  const cluster = await startCluster({
    node: false,
    ...(controllerManagerFlags === undefined ? {} : { controllerManagerFlags }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'neuro-rivals-'));
  let client: BareClient | undefined;
  let node: { stop(): void } | undefined;
  try {
    const test = await testClusterOf(cluster);
    const created = await test.kubectl('admin', ['create', 'namespace', operatorNamespace]);
    if (created.code !== 0) throw new Error(created.stderr);
    const kubeconfig = await benchKubeconfig(test, folder);
    const bare = (client = await bareClient(kubeconfig));
    if (contestant.race === 'jobs') node = await makeNode(bare);
    const arena: Arena = {
      test,
      client: bare,
      kubeconfig,
      folder,
      controllerManagerPid: pidOf({ test }, 'kube-controller-manager'),
      makeNamespace: async (name) => {
        const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
        await bare.send({ method: 'POST', path: '/api/v1/namespaces', body });
      },
      onProgress: progress,
    };
    const starter = await contestant.start(arena);
    if (starter === undefined) return undefined;
    try {
      return await race(arena, contestant, starter);
    } finally {
      await starter.stop();
    }
  } finally {
    node?.stop();
    await client?.close();
    await cluster.down();
    await rm(folder, { recursive: true, force: true });
  }
}

function quick(contestant: Contestant): Contestant {
  const { burst, single } = contestant;
  return { ...contestant, burst: Math.min(burst, 100), single: Math.min(single, 10) };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(Math.floor(random() * left.length), 1));
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
