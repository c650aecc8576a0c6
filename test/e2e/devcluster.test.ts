import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findCluster, nodeIsPossible, startCluster, writeOperatorImage } from '../../tools/devcluster/index.ts';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { eventually, untilTrue } from '../support/until.ts';

const run = promisify(execFile);
/** A first start on a machine builds everything. */
const START_TIMEOUT_MS = 30 * 60_000;
/** Two starts of a cluster one after the other, on a machine that does much else. */
vi.setConfig({ testTimeout: 5 * 60_000 });
const goneWithinMs = 120_000;
const STARTER = join(import.meta.dirname, 'devcluster-starter.ts');

/** Of one cluster on this machine: what must be gone when it is down. */
function traces(name: string, folder: string): string[] {
  const found: string[] = [];
  if (existsSync(folder)) found.push(folder);
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const commandLine = readOrEmpty(`/proc/${pid}/cmdline`);
    if (commandLine.includes(`${folder}/`) && !commandLine.includes('vitest')) found.push(commandLine);
  }
  if (readFileSync('/proc/self/mounts', 'utf8').includes(folder)) found.push('mount');
  for (const hierarchy of readdirSync('/sys/fs/cgroup')) {
    const path = `/sys/fs/cgroup/${hierarchy}/neurodev-${name}`;
    if (existsSync(path)) found.push(path);
  }
  if (existsSync(`/sys/fs/cgroup/neurodev-${name}`)) found.push('cgroup');
  return found;
}

/** Name of a cluster's link and firewall table; undefined before it has one. */
function deviceOf(folder: string): string | undefined {
  return /"linkName": "(\w+)"/.exec(readOrEmpty(join(folder, 'state.json')))?.[1];
}

async function deviceExists(device: string | undefined): Promise<boolean> {
  const [links, tables] = await Promise.all([run('ip', ['-brief', 'link']), run('nft', ['list', 'tables'])]);
  return `${links.stdout}${tables.stdout}`.split(/[\s@]+/).includes(device ?? '');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

(nodeIsPossible() ? describe : describe.skip)('a cluster with a node (needs root on Linux)', () => {
  let cluster: DevCluster;
  const kubectl = async (...args: string[]): Promise<string> =>
    (await run(cluster.kubectlPath, ['--kubeconfig', cluster.kubeconfigPath(), ...args])).stdout;
  const pod = async (name: string, image: string, ...command: string[]): Promise<void> => {
    // An earlier try may have left one.
    await kubectl('delete', 'pod', name, '--ignore-not-found', '--now');
    await kubectl(
      'run',
      name,
      `--image=${image}`,
      '--restart=Never',
      ...(command.length > 0 ? ['--command', '--', ...command] : []),
    );
  };
  const logsOf = async (name: string): Promise<string> => {
    await kubectl('wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=300s');
    return kubectl('logs', name);
  };
  beforeAll(async () => {
    cluster = await startCluster({ provider: 'built' });
  }, START_TIMEOUT_MS);
  afterAll(() => cluster.down());

  it('runs a Pod and shows what it says', async () => {
    await pod('hello', 'busybox:1', 'echo', 'hello');
    expect(await logsOf('hello')).toBe('hello\n');
  });

  it('lets Pods reach a Service, from another Pod and from the Pod behind it', async () => {
    await pod(
      'server',
      'busybox:1',
      'sh',
      '-c',
      'mkdir /tmp/w; echo served > /tmp/w/index.html; httpd -f -p 8080 -h /tmp/w',
    );
    await kubectl('delete', 'service', 'server', '--ignore-not-found');
    await kubectl('expose', 'pod', 'server', '--port=80', '--target-port=8080');
    await kubectl('wait', 'pod/server', '--for=condition=Ready', '--timeout=300s');
    const address = await kubectl('get', 'service', 'server', '--output=jsonpath={.spec.clusterIP}');
    const get = `for i in 1 2 3 4 5 6 7 8 9; do timeout 3 wget -q -O- http://${address} && exit 0; sleep 1; done; exit 1`;
    await pod('client', 'busybox:1', 'sh', '-c', get);
    expect(await logsOf('client')).toBe('served\n');
    expect(await kubectl('exec', 'server', '--', 'sh', '-c', get)).toBe('served\n');
  });

  it('runs a bundle on Node as a user that is not root, with a way to the API server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    try {
      writeFileSync(
        join(folder, 'operator.mjs'),
        `import { readFileSync } from 'node:fs';
         import { get } from 'node:https';
         const account = '/var/run/secrets/kubernetes.io/serviceaccount/';
         const headers = { authorization: 'Bearer ' + readFileSync(account + 'token', 'utf8') };
         get('https://' + process.env.KUBERNETES_SERVICE_HOST + '/version', { ca: readFileSync(account + 'ca.crt'), headers },
           (response) => { console.log(process.getuid(), response.statusCode); response.resume(); });`,
      );
      await writeOperatorImage({ bundlePath: join(folder, 'operator.mjs'), tarPath: join(folder, 'image.tar') });
      await cluster.loadImage(join(folder, 'image.tar'));
    } finally {
      rmSync(folder, { recursive: true });
    }
    await pod('operator', 'neuro-operator:dev');
    expect(await logsOf('operator')).toBe('65532 200\n');
  });

  it('starts again beside another one after everything of it was killed, and ends with the process that started it', async () => {
    const name = `e2e-${String(process.pid)}-killed`;
    const first = await startCluster({ name, provider: 'built', endWithParent: false });
    const folder = dirname(dirname(first.kubeconfigPath()));
    const processes = join(folder, 'processes');
    for (const file of readdirSync(processes)) {
      const { pid } = JSON.parse(readFileSync(join(processes, file), 'utf8')) as { pid: number };
      process.kill(pid, 'SIGKILL');
    }
    await untilTrue(async () => (await findCluster(name)) === undefined, 'the end of the processes', goneWithinMs);
    const starter = spawn(process.execPath, [STARTER, name], {
      stdio: 'ignore',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    try {
      await untilTrue(async () => (await findCluster(name)) !== undefined, 'the cluster', goneWithinMs);
      const device = deviceOf(folder);
      expect(await deviceExists(device)).toBe(true);
      const nodes = await run(first.kubectlPath, ['--kubeconfig', first.kubeconfigPath(), 'get', 'nodes']);
      expect(nodes.stdout).toContain(' Ready');
      // What other signals do is shown in test/devcluster/provider/supervised-start.test.ts.
      starter.kill('SIGKILL');
      await eventually(
        () => traces(name, folder),
        ({ length }) => length === 0,
        'nothing is left',
      );
      expect(await deviceExists(device)).toBe(false);
    } finally {
      starter.kill('SIGKILL');
      await first.down();
    }
    expect(await kubectl('get', 'nodes')).toContain(' Ready');
  });

  it('leaves nothing when it is down', async () => {
    const folder = dirname(dirname(cluster.kubeconfigPath()));
    const device = deviceOf(folder);
    expect(await deviceExists(device)).toBe(true);
    await cluster.down();
    expect(traces(cluster.name, folder)).toEqual([]);
    expect(await deviceExists(device)).toBe(false);
  });
});
