/** `npm run cluster -- up|down|status|kubeconfig [user]|load-image|add-user` */
import { Command, Option } from 'commander';
import { defined } from '../../src/defined.ts';
import type { ClusterOptions, DevCluster, ProviderName } from './dev-cluster.ts';
import { DevClusterError } from './errors.ts';
import { removeCluster } from './remove-cluster.ts';
import { findCluster, startCluster } from './start-cluster.ts';
import { clusterFolder, clusterNames, readState, recordedProcesses } from './state/cluster-folder.ts';
import { isRunning } from './state/process-identity.ts';

const DEFAULT_NAME = 'default';

const program = new Command('cluster').description('A real Kubernetes on this machine, for development and tests.');
// A reader that has seen enough, as `head`, closes the pipe.
process.stdout.on('error', () => undefined);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface UpFlags {
  readonly name: string;
  readonly controlPlaneOnly?: boolean;
  readonly kubeconfig?: string;
  readonly provider?: ProviderName;
}

program
  .command('up')
  .description('start a cluster and leave it running')
  .option('--name <name>', 'several live side by side', DEFAULT_NAME)
  .option('--control-plane-only', 'no kubelet: Pods are made but do not run')
  .option('--kubeconfig <file>', 'use this cluster instead of starting one')
  .addOption(new Option('--provider <name>', 'instead of the first that serves').choices(['given', 'k3s', 'built']))
  .action(async (flags: UpFlags) => {
    const running = await findCluster(flags.name);
    if (running !== undefined) {
      describe(running, 'runs already');
      return;
    }
    const startedMs = Date.now();
    const abort = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => abort.abort());
    const options: ClusterOptions = {
      name: flags.name,
      endWithParent: false,
      signal: abort.signal,
      onProgress: say,
      ...(flags.controlPlaneOnly === true ? { node: false } : {}),
      ...defined({ kubeconfig: flags.kubeconfig, provider: flags.provider }),
    };
    const cluster = await startCluster(options);
    describe(cluster, `is up after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  });

program
  .command('down')
  .description('end a cluster and remove all that it left')
  .option('--name <name>', 'which cluster', DEFAULT_NAME)
  .option('--all', 'every cluster, also those that were cut off')
  .action(async ({ name, all }: { name: string; all?: boolean }) => {
    const names = all === true ? clusterNames() : [name];
    for (const each of names) {
      await removeCluster(each);
      say(`Cluster ${each} is down.`);
    }
  });

program
  .command('status')
  .description('list clusters and their processes')
  .action(async () => {
    const names = clusterNames();
    if (names.length === 0) say('No cluster runs. Start one with `npm run cluster -- up`.');
    for (const name of names) {
      const folder = clusterFolder(name);
      const state = readState(folder);
      say(
        `${name}  ${state?.server ?? '?'}  ${(await findCluster(name)) === undefined ? 'broken' : 'running'}  ${folder.path}`,
      );
      for (const [component, identity] of recordedProcesses(folder)) {
        say(`  ${component}  pid ${identity.pid}  ${isRunning(identity) ? 'running' : 'gone'}`);
      }
    }
  });

program
  .command('kubeconfig')
  .description("print the path of a user's kubeconfig")
  .argument('[user]', 'user name', 'admin')
  .option('--name <name>', 'which cluster', DEFAULT_NAME)
  .action(async (user: string, { name }: { name: string }) => say((await mustFind(name)).kubeconfigPath(user)));

program
  .command('add-user')
  .description('make a client certificate and kubeconfig, without any rights')
  .argument('<user>', 'user name')
  .option('--group <group...>', 'groups of the user', [])
  .option('--name <name>', 'which cluster', DEFAULT_NAME)
  .action(async (user: string, { name, group }: { name: string; group: string[] }) => {
    const cluster = await mustFind(name);
    say(await cluster.addUser(user, group));
  });

program
  .command('load-image')
  .description('import an OCI or Docker image tar, so that Pods can use it')
  .argument('<tar>', 'path of the tar')
  .option('--name <name>', 'which cluster; default: all that run Pods')
  .action(async (tar: string, { name }: { name?: string }) => {
    const clusters = name === undefined ? await clustersWithNode() : [await mustFind(name)];
    for (const cluster of clusters) {
      await cluster.loadImage(tar);
      say(`Loaded ${tar} into ${cluster.name}.`);
    }
    if (clusters.length === 0) throw new DevClusterError('NotRunning', 'No cluster that runs Pods is up.');
  });

async function clustersWithNode(): Promise<DevCluster[]> {
  const clusters = await Promise.all(clusterNames().map(findCluster));
  return clusters.filter((each) => each !== undefined).filter((each) => each.hasNode);
}

async function mustFind(name: string): Promise<DevCluster> {
  const cluster = await findCluster(name);
  if (cluster !== undefined) return cluster;
  throw new DevClusterError(
    'NotRunning',
    `Cluster ${name} does not run; start it with \`npm run cluster -- up --name ${name}\`.`,
  );
}

function describe(cluster: DevCluster, what: string): void {
  say(`Cluster ${cluster.name} ${what}: ${cluster.server}`);
  say(`  export KUBECONFIG=${cluster.kubeconfigPath()}`);
  say(`  ${cluster.kubectlPath} get nodes`);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof DevClusterError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof Error && error.name === 'AbortError')
    process.stderr.write('Stopped; what was started is down again.\n');
  else throw error;
  process.exitCode = 1;
}
