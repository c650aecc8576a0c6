/**
 * The command beside kubectl: whole processes one after the other, taking turns, so that both meet the same machine. The runtime's own
 * start, and a script that sends the same request and nothing else, are lines of their own: nothing that runs on it can be faster.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { startCluster } from '../../tools/devcluster/index.ts';
import { applyCrds, testClusterOf } from '../support/cluster.ts';
import { percentile } from './operator/percentile.ts';

const bundle = fileURLToPath(new URL('../../dist/neuro.mjs', import.meta.url));
const secrets = 20;
const warmUps = 2;
/** What any program on this runtime takes for one request of one UserSecrets list. */
const script = `
  const { readFileSync } = require('node:fs');
  const https = require('node:https');
  const text = readFileSync(process.env.KUBECONFIG, 'utf8');
  const field = (name) => new RegExp(name + ': (.+)').exec(text)[1];
  const data = (name) => Buffer.from(field(name), 'base64');
  const agent = new https.Agent({
    ca: data('certificate-authority-data'),
    cert: data('client-certificate-data'),
    key: data('client-key-data'),
  });
  https.get(field('server') + '/apis/neu.ro/v1/namespaces/alice/usersecrets', { agent }, (response) => {
    response.on('data', () => undefined);
    response.on('end', () => process.exit(response.statusCode === 200 ? 0 : 1));
  });`;

export async function benchCommand(rounds: number): Promise<void> {
  if (!existsSync(bundle)) throw new Error('there is no dist/neuro.mjs: run `npm run build` first');
  // Both keep something there: kubectl what the API server offers, neuro its compiled code.
  const home = mkdtempSync(join(tmpdir(), 'neuro-bench-command-'));
  const cluster = await startCluster({ name: `bench-command-${String(process.pid)}`, node: false });
  try {
    await applyCrds(cluster);
    const { apply } = await testClusterOf(cluster);
    const namespace = 'alice';
    const made = await apply('admin', ...objectsOf(namespace));
    if (made.code !== 0) throw new Error(made.stderr);
    const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: cluster.kubeconfigPath('alice') };
    const node = process.execPath;
    const measured: readonly Measured[] = [
      { name: 'node -e 0', program: node, words: ['-e', '0'], timesMs: [] },
      { name: 'kubectl --help', program: cluster.kubectlPath, words: ['--help'], timesMs: [] },
      { name: 'neuro --help', program: node, words: [bundle, '--help'], timesMs: [] },
      {
        name: 'kubectl get secrets',
        program: cluster.kubectlPath,
        words: ['get', 'secrets', '-n', namespace],
        timesMs: [],
      },
      {
        name: 'the same by a script',
        program: node,
        words: ['--input-type=commonjs', '-e', script],
        timesMs: [],
      },
      { name: 'neuro secret ls', program: node, words: [bundle, 'secret', 'ls', '-n', namespace], timesMs: [] },
    ];
    for (let round = 0; round < warmUps + rounds; round++) {
      for (const { program, words, timesMs } of measured) {
        const tookMs = await run(program, words, env);
        if (round >= warmUps) timesMs.push(tookMs);
      }
    }
    for (const { name, timesMs } of measured) {
      const figures = [50, 90].map((percent) => `p${String(percent)} ${percentile(timesMs, percent).toFixed(0)} ms`);
      process.stdout.write(`${name.padEnd(20)}  ${figures.join('  ')}\n`);
    }
  } finally {
    await cluster.down();
    rmSync(home, { recursive: true, force: true });
  }
}

interface Measured {
  readonly name: string;
  readonly program: string;
  readonly words: readonly string[];
  readonly timesMs: number[];
}

/** Alice's home with as many UserSecrets as native Secrets, which she may list. */
function objectsOf(namespace: string): readonly unknown[] {
  const names = Array.from({ length: secrets }, (_, index) => `secret-${String(index)}`);
  const edits = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, annotations: { 'neu.ro/user': 'alice' } } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'alice', namespace },
      roleRef: edits,
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }],
    },
    ...names.flatMap((name) => [
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { value: 'x' } },
      { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata: { name, namespace }, spec: { value: 'x' } },
    ]),
  ];
}

function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(performance.now() - startMs);
      else reject(new Error(`${words.join(' ')} ended with ${String(code)}: ${Buffer.concat(said).toString()}`));
    });
  });
}
