/**
 * Runs a program that insists on being in a Pod: the files of a service account are where it looks for them, in a mount namespace of its
 * own. Linux, as root.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TestCluster } from '../../support/cluster.ts';
import { certificateAuthority, serviceAccountToken, type ServiceAccount } from '../../support/service-account.ts';

const accountFolder = '/run/secrets/kubernetes.io/serviceaccount';
/** `/run` becomes an empty folder that only this process sees. The shell becomes the program, so its process ID stays. */
const script = `mount -t tmpfs tmpfs /run && mkdir -p ${accountFolder} && mount --bind "$1" ${accountFolder} && shift && exec "$@"`;

export const isPossible = process.platform === 'linux' && process.getuid?.() === 0;

/** CRDs, and a service account that may do everything. */
export async function applied(test: TestCluster, account: ServiceAccount, crds: readonly string[]): Promise<void> {
  for (const args of [
    ...crds.map((crd) => ['apply', '--server-side', '-f', crd]),
    ['create', 'serviceaccount', account.name, '-n', account.namespace],
    [
      ...['create', 'clusterrolebinding', account.name, '--clusterrole=cluster-admin'],
      `--serviceaccount=${account.namespace}:${account.name}`,
    ],
  ]) {
    const { code, stderr } = await test.kubectl('admin', args);
    if (code !== 0) throw new Error(stderr);
  }
}

export interface InPod {
  readonly pid: number;
  /** What it has printed last. */
  output(): string;
  /** Rejects when the program ends before it is stopped, with the reason that it gave. Nobody has to wait for it. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

export async function runInPod(
  test: TestCluster,
  folder: string,
  account: ServiceAccount,
  command: readonly string[],
): Promise<InPod> {
  const files = join(folder, account.name);
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'token'), await serviceAccountToken(test, account), { mode: 0o600 });
  await writeFile(join(files, 'ca.crt'), await certificateAuthority(test));
  await writeFile(join(files, 'namespace'), account.namespace);
  const { hostname, port } = new URL(test.cluster.server);
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', files, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      POD_NAMESPACE: account.namespace,
    },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      lines.push(chunk.toString());
      if (lines.length > keptChunks) lines.shift();
    });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const unexpected = Promise.withResolvers<never>();
  unexpected.promise.catch(() => undefined);
  let isStopped = false;
  child.once('close', (code, signal) => {
    if (isStopped) return;
    const [program = ''] = command;
    const how = signal ?? `code ${String(code)}`;
    unexpected.reject(new Error(`${basename(program)} ended (${how}): ${reasonIn(lines.join(''))}`));
  });
  return {
    pid: child.pid ?? 0,
    output: () => lines.join(''),
    ended: unexpected.promise,
    stop: async () => {
      isStopped = true;
      await ended(child);
      process.removeListener('exit', kill);
    },
  };
}

/** Of what a Go program printed: its last words, which may come before the traces of all of its goroutines. */
export function reasonIn(output: string): string {
  return /^(?:panic|fatal error): .*$/m.exec(output)?.[0] ?? output.trimEnd().split('\n').at(-1) ?? '';
}

/** Enough to say why it does not start. */
const keptChunks = 50;

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
