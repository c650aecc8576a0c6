/** The console's pages in a real browser before a model of a cluster: for what no real one is needed to show, and for what a real one cannot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtPages } from '../support/console/built-pages.ts';
import { ModelCluster } from '../support/console/model-cluster.ts';
import { operate } from '../support/console/model-operator.ts';
import type { BrowserKind } from './browser-program.ts';
import { startConsoleWorld, type BrowserUser, type ConsoleWorld, type UserOptions } from './console-world.ts';

export interface PagesStage {
  readonly cluster: ModelCluster;
  readonly world: ConsoleWorld;
  user(name: string, options?: UserOptions): Promise<BrowserUser>;
  /** Does now what the operator would do about what was put into the cluster. */
  reconcile(): Promise<void>;
  stop(): Promise<void>;
}

export interface PagesOptions {
  readonly people?: readonly string[];
  /** Path of a file with cards and presets (YAML). */
  readonly config?: string;
  /** Default: the headless shell. */
  readonly browser?: BrowserKind;
}

export async function startPagesStage({
  people = ['alice', 'bob'],
  config,
  browser,
}: PagesOptions = {}): Promise<PagesStage> {
  await builtPages();
  const folder = mkdtempSync(join(tmpdir(), 'neuro-pages-'));
  const cluster = new ModelCluster();
  await cluster.start();
  const { reconcile } = await operate(cluster, people);
  const kubeconfigPath = (name: string): string => {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, cluster.kubeconfig(name), { mode: 0o600 });
    return path;
  };
  const world = await startConsoleWorld({ kubeconfigPath }, config, browser);
  return {
    cluster,
    world,
    user: (name, options) => world.user(name, options),
    reconcile,
    stop: async () => {
      await world.stop();
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
