/** The console's image in a cluster, and a way to its Service. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeConsoleImage, type DevCluster } from '../../tools/devcluster/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What `npm run build` and `npm run build:console` made, as `neuro-console:dev`. */
export async function loadConsoleImage(cluster: DevCluster): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'neuro-console-image-'));
  try {
    const tarPath = join(folder, 'console.tar');
    await writeConsoleImage({
      bundlePath: join(root, 'dist/console.mjs'),
      pagesPath: join(root, 'dist/console'),
      tarPath,
    });
    await cluster.loadImage(tarPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `localhost:port` leads to the console's Service, until what comes back is called. */
export async function forwardToConsole(cluster: DevCluster, namespace: string, port: number): Promise<() => void> {
  const child = spawn(
    cluster.kubectlPath,
    [
      '--kubeconfig',
      cluster.kubeconfigPath('admin'),
      'port-forward',
      '-n',
      namespace,
      'service/neuro-console',
      `${String(port)}:80`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`kubectl port-forward ended with ${String(code)}`)));
  });
  return () => void child.kill('SIGTERM');
}
