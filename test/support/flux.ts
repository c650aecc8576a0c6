/**
 * What Flux does with a folder of manifests: server-side apply with its owner's labels, prune, and wait by kstatus; by its own packages
 * (see tools/devcluster/build/flux-apply.go). Each run is one reconciliation. It acts as the user `flux`, an administrator.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtTool } from './built-tool.ts';
import type { InCluster } from './in-cluster.ts';

export interface FluxRun {
  /** Everything is current; what Flux would say as `Ready=True`. */
  readonly isReady: boolean;
  /** `created KIND/NAMESPACE/NAME` and so on. */
  readonly changes: readonly string[];
  readonly problem: string;
  readonly tookMs: number;
}

export interface Flux {
  reconcile(objects: readonly unknown[], options?: { readonly timeoutSeconds?: number }): Promise<FluxRun>;
  remove(): Promise<void>;
}

export async function flux(cluster: InCluster): Promise<Flux> {
  const program = await builtTool('flux-apply');
  const kubeconfig = await cluster.cluster.addUser('flux', ['system:masters']);
  const folder = await mkdtemp(join(tmpdir(), 'neuro-flux-'));
  const inventory = join(folder, 'inventory.yaml');
  return {
    reconcile: (objects, { timeoutSeconds = 60 } = {}) =>
      new Promise((resolve) => {
        const fromMs = performance.now();
        const env = { ...process.env, KUBECONFIG: kubeconfig };
        const child = execFile(program, [inventory, `${String(timeoutSeconds)}s`], { env }, (error, stdout, stderr) =>
          resolve({
            isReady: error === null,
            changes: stdout.split('\n').filter(Boolean),
            problem: stderr,
            tookMs: performance.now() - fromMs,
          }),
        );
        child.stdin?.end(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
