/**
 * `npm run demo`: the whole story on a real cluster, each step checked, typed with `neuro` as alice and bob type it; with
 * `--kubectl` told with kubectl and the files in manifests/. `--keep` leaves the cluster up.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster, writeOperatorImage, type DevCluster } from '../tools/devcluster/index.ts';
import { kubectlAs, output, type Kubectl } from './demo/kubectl.ts';
import { createStory, seconds, type Story } from './demo/story.ts';
import { tellWithKubectl } from './demo/with-kubectl.ts';
import { tellWithNeuro } from './demo/with-neuro.ts';

const { values: flags } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, kubectl: { type: 'boolean', default: false } },
});
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const startedMs = performance.now();
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());

let cluster: DevCluster | undefined;
try {
  const story = createStory(write);
  await story.step('A real Kubernetes', async () => {
    cluster = await startCluster({
      name: 'demo',
      endWithParent: !flags.keep,
      signal: abort.signal,
      onProgress: (line) => write(`    ${line}`),
    });
    return `API server and node run (${cluster.provider})`;
  });
  if (cluster === undefined) throw new Error('no cluster');
  if (!cluster.hasNode) throw new Error('the demo runs Pods, which takes root on Linux: run it there');
  await install(story, cluster, kubectlAs(cluster, 'admin'));
  if (flags.kubectl)
    await tellWithKubectl(story, { alice: kubectlAs(cluster, 'alice'), bob: kubectlAs(cluster, 'bob') });
  else await tellWithNeuro(story, cluster);
  write(`\n${String(story.steps)} steps as expected in ${seconds(performance.now() - startedMs)}.`);
} catch (error) {
  write(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  if (flags.keep && cluster !== undefined) {
    write(`Look around:  export KUBECONFIG=${cluster.kubeconfigPath('admin')}`);
    write(`              ${cluster.kubectlPath} get usersecrets,secretgrants,neurojobs -A`);
    write(`As a person:  export KUBECONFIG=${cluster.kubeconfigPath('alice')}; npx neuro secret ls`);
    write('End it:       npm run cluster -- down --name demo');
  } else {
    await cluster?.down();
  }
}

async function install(story: Story, running: DevCluster, admin: Kubectl): Promise<void> {
  await story.step('The operator, as an image, under its own rights', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'neuro-demo-'));
    try {
      const tarPath = join(folder, 'operator.tar');
      await writeOperatorImage({ bundlePath: 'dist/operator.mjs', tarPath });
      await running.loadImage(tarPath);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    await output(admin('apply -f crds'));
    await output(admin('apply -f manifests/install.yaml -f manifests/admission.yaml'));
    await output(admin('apply -f manifests/samples/00-homes.yaml'));
    await output(admin('-n neuro-system rollout status deployment/neuro-operator --timeout=60s'));
    return 'two replicas ready';
  });
}
