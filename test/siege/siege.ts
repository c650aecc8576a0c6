/**
 * The siege: the operator as the chart installs it on a cluster that runs Pods, an attacker with the role `admin` in a namespace of her own, and
 * a quiet tenant whose waits are measured, first without attacks and then during each.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadAccess, Transport, undiciHttp } from '../../src/kernel/index.ts';
import { percentile } from '../bench/operator/percentile.ts';
import { operatorNamespace, type InCluster } from '../support/in-cluster.ts';
import { serviceAccountKubeconfig } from '../support/service-account.ts';
import { untilTrue } from '../support/until.ts';
import { kinds } from './attacker/attack.ts';
import { runAttack } from './attacker/start-attack.ts';
import { boundsOf, waitsOf, type Idle, type Measured } from './bounds.ts';
import { startGauges, type Gauges } from './gauges.ts';
import { changes, leftNamespaces, whatStands } from './outside.ts';
import { startQuietTenant, type QuietTenant } from './quiet-tenant.ts';

interface SiegeOptions {
  readonly cluster: InCluster;
  readonly attacks: readonly string[];
  readonly seed: number;
  readonly idleMs: number;
  /** Of each attack, and how long its consequences are looked at when it has sent everything. */
  readonly attackMs: number;
  readonly afterMs: number;
  readonly scale: number;
  readonly say: (line: string) => void;
}

interface SiegeResult {
  readonly idle: Idle;
  readonly idleRow: Measured;
  readonly measured: readonly Measured[];
}

/** People and namespaces that the attacker names: homes, and namespaces that are none. */
const homesCount = 10;
const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'default', operatorNamespace];
const emptiedWithinMs = 300_000;
/** Of the quiet tenant, four each second. */
const warmUpWaits = 20;

export async function siege(options: SiegeOptions): Promise<SiegeResult> {
  const { cluster, say, seed, scale } = options;
  const left = await leftNamespaces(cluster, systemNamespaces);
  const stage = await furnish(cluster);
  const insiders = [stage.mallory, stage.quiet, ...left];
  const gauges = await startGauges(cluster);
  const transport = new Transport({
    access: await loadAccess({ kubeconfig: cluster.cluster.kubeconfigPath('alice') }),
    http: undiciHttp,
    userAgent: 'quiet-tenant',
  });
  const tenant = startQuietTenant(transport, stage.quiet);
  const measured: Measured[] = [];
  try {
    // The connections stand, and the first Pods were made.
    await untilTrue(
      () => Promise.resolve(tenant.waits.over.length >= warmUpWaits),
      'the first secrets and jobs',
      120_000,
    );
    await gauges.reset();
    const fromMs = performance.now();
    await sleep(options.idleMs);
    const idleRow = await rowOf('(none)', { gauges, tenant, fromMs });
    const idle = idleOf(idleRow);
    say(lineOf(idleRow, idle));
    for (const attack of options.attacks) {
      const before = await whatStands(cluster, insiders);
      await gauges.reset();
      const startMs = performance.now();
      const order = {
        attack,
        kubeconfig: stage.kubeconfig,
        accountKubeconfig: stage.accountKubeconfig,
        namespace: stage.mallory,
        victims: stage.victims,
        seed,
        scale,
      };
      const report = await runAttack(order, options.attackMs);
      await sleep(options.afterMs);
      await untilHandled(cluster, stage.mallory);
      const row = await rowOf(attack, { gauges, tenant, fromMs: startMs });
      const outside = changes(before, await whatStands(cluster, insiders), stage.homes);
      const { acceptedBytes: attackerBytes, accepted, taken } = report;
      const result = { ...row, outside, attackerBytes, accepted, taken };
      measured.push(result);
      say(lineOf(result, idle));
      if (report.refused > 0) say(`  refused: ${JSON.stringify(report.refusals)}`);
      if (outside.length > 0) say(`  outside: ${outside.slice(0, 10).join(', ')}`);
      await clear(cluster, stage.mallory);
    }
    return { idle, idleRow, measured };
  } finally {
    await tenant.stop();
    await gauges.stop();
    await transport.close();
    await rm(dirname(stage.accountKubeconfig), { recursive: true, force: true });
  }
}

/** What she made is handled in the order in which it came: a secret that comes last is Ready when all of it was. */
async function untilHandled({ request }: InCluster, namespace: string): Promise<void> {
  const path = `/apis/neu.ro/v1/namespaces/${namespace}/usersecrets`;
  const [name, spec] = [`last-${randomBytes(3).toString('hex')}`, { generate: { type: 'UUID' } }];
  await request({
    method: 'POST',
    path,
    body: { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata: { name }, spec },
  });
  interface Found {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }
  await untilTrue(
    async () => {
      const { status } = await request<Found>({ method: 'GET', path: `${path}/${name}` });
      return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
    },
    'the last secret of the attacker',
    emptiedWithinMs,
  );
}

interface Stage {
  readonly mallory: string;
  readonly quiet: string;
  readonly homes: readonly string[];
  readonly victims: readonly string[];
  readonly kubeconfig: string;
  /** Of a service account of hers, with her own rights. */
  readonly accountKubeconfig: string;
}

async function furnish(cluster: InCluster): Promise<Stage> {
  const mark = randomBytes(3).toString('hex');
  const user = `mallory-${mark}`;
  const kubeconfig = await cluster.cluster.addUser(user);
  const mallory = await cluster.makeHome(user);
  const accountKubeconfig = await accountOf(cluster, mallory);
  const quiet = await cluster.makeHome('alice');
  const homes: string[] = [quiet];
  for (let count = 0; count < homesCount; count += 1) homes.push(await cluster.makeHome(`v${String(count)}-${mark}`));
  const plain = await cluster.makeNamespace('plain');
  const people = homes.slice(1).map((_, count) => `v${String(count)}-${mark}`);
  const victims = [...people, ...homes, plain, ...systemNamespaces];
  return { mallory, quiet, homes: [...homes, mallory], victims, kubeconfig, accountKubeconfig };
}

async function accountOf(cluster: InCluster, namespace: string): Promise<string> {
  await cluster.output('admin', [
    ...['create', 'rolebinding', 'flood', '-n', namespace],
    ...['--clusterrole=admin', `--serviceaccount=${namespace}:default`],
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'neuro-siege-'));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, await serviceAccountKubeconfig(cluster, { namespace, name: 'default' }), { mode: 0o600 });
  return file;
}

async function rowOf(
  attack: string,
  { gauges, tenant, fromMs }: { readonly gauges: Gauges; readonly tenant: QuietTenant; readonly fromMs: number },
): Promise<Measured> {
  const reading = await gauges.read();
  const toMs = performance.now();
  // Waits that began meanwhile, also those that are not over yet.
  const isOver = (): boolean => tenant.waits.pendingSince > toMs;
  await untilTrue(() => Promise.resolve(isOver()), 'the waits of the quiet tenant', 120_000);
  const waits = tenant.waits.over.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
  return { attack, ...reading, waits, attackerBytes: 0, accepted: 0, taken: {}, outside: [] };
}

function idleOf({ waits, etcdGrowthBytes, seconds }: Measured): Idle {
  return {
    secretMs: percentile(waitsOf(waits, 'secret'), 99),
    jobMs: percentile(waitsOf(waits, 'job'), 99),
    etcdGrowthBytes: (etcdGrowthBytes * 60) / seconds,
  };
}

/** What the attacker left goes, so that each attack is measured by itself. */
async function clear({ request, output }: InCluster, namespace: string): Promise<void> {
  const rbac = new Set(['roles', 'rolebindings']);
  for (const [plural, [, , prefix]] of Object.entries(kinds)) {
    const path = `${prefix}/namespaces/${namespace}/${plural}`;
    const query = rbac.has(plural) ? { labelSelector: 'neu.ro/managed-by' } : {};
    // The API server ends a request that takes a minute: the rest is deleted by the next.
    await untilTrue(
      () =>
        request({ method: 'DELETE', path, query, timeoutMs: emptiedWithinMs }).then(
          () => true,
          () => false,
        ),
      `all ${plural} of the attacker deleted`,
      emptiedWithinMs,
    );
  }
  await untilTrue(
    async () => {
      let left = 0;
      for (const plural of ['neuroschedules', 'usersecrets', 'secretgrants', 'neurojobs'] as const) {
        const path = `${kinds[plural][2]}/namespaces/${namespace}/${plural}`;
        const { items: found } = await request<{
          readonly items:
            readonly { readonly metadata: { readonly name: string; readonly finalizers?: unknown } }[] | null;
        }>({
          method: 'GET',
          path,
          accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
        });
        const items = found ?? [];
        left += items.length;
        for (const { metadata } of items.filter(({ metadata: { finalizers } }) => finalizers !== undefined))
          await request({
            method: 'PATCH',
            path: `${path}/${metadata.name}`,
            contentType: 'application/merge-patch+json',
            body: { metadata: { finalizers: null } },
          }).catch(() => undefined);
      }
      return left === 0;
    },
    'an empty namespace of the attacker',
    emptiedWithinMs,
  );
  await output('admin', ['delete', 'pods', '-n', namespace, '--all', '--grace-period=1', '--wait=false']);
}

function lineOf(row: Measured, idle: Idle): string {
  const bounds = boundsOf(row, idle).map(({ what, text, holds }) => `${what} ${text}${holds ? '' : ' !'}`);
  const queue = row.longestQueueMs.toFixed(0);
  const lag = row.longestLagMs.toFixed(0);
  const bytes = `${(row.etcdGrowthBytes / 1e6).toFixed(1)} of etcd, ${(row.attackerBytes / 1e6).toFixed(1)} hers`;
  return `${row.attack}: ${bounds.join(', ')} (queue ${queue} ms, lag ${lag} ms, ${String(row.accepted)} requests, MB: ${bytes}, ${row.seconds.toFixed(0)} s)`;
}
