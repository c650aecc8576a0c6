/** The console's pages in a real browser before a model of a cluster: for what no real one is needed to show, and for what a real one cannot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { builtPages } from '../support/console/built-pages.ts';
import { ModelCluster } from '../support/console/model-cluster.ts';
import { operate } from '../support/console/model-operator.ts';
import { systemTool } from '../support/system-tool.ts';
import { startConsoleWorld, type BrowserUser, type ConsoleWorld, type UserOptions } from './console-world.ts';

/** The first build of the pages, and the start of a browser, on a machine that does much else. */
const startMs = 120_000;

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
}

export async function startPagesStage({ people = ['alice', 'bob'], config }: PagesOptions = {}): Promise<PagesStage> {
  await systemTool('chromium', 'chromium');
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
  const world = await startConsoleWorld({ kubeconfigPath }, config);
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

/**
 * For a test file: begins with a stage that `fill` has filled, and with alice in front of it; `ready` gets both. After each test no error
 * may stand in the console of her browser.
 */
export function onPages(
  { fill, ...options }: PagesOptions & { readonly fill?: (cluster: ModelCluster) => void },
  ready: (stage: PagesStage, alice: BrowserUser) => void,
): void {
  let stage: PagesStage;
  let alice: BrowserUser;
  beforeAll(async () => {
    stage = await startPagesStage(options);
    fill?.(stage.cluster);
    await stage.reconcile();
    alice = await stage.user('alice');
    ready(stage, alice);
  }, startMs);
  afterAll(() => stage.stop(), startMs);
  afterEach(() => {
    const errors = [...alice.errors];
    alice.forgive();
    expect(errors).toEqual([]);
  });
}
