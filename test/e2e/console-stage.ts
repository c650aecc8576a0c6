/** All that tests of the console in a browser begin with: the built pages, a cluster that runs Pods, the operator, the homes of alice and bob. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestCluster } from '../support/cluster.ts';
import { builtPages } from '../support/console/built-pages.ts';
import { startOperator } from '../support/operator.ts';
import { person, type Person } from './cli-command.ts';
import { startConsoleWorld, type ConsoleWorld } from './console-world.ts';
import { nodeCluster } from './node-cluster.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ConsoleStage {
  readonly cluster: TestCluster;
  readonly world: ConsoleWorld;
  readonly typed: { readonly alice: Person; readonly bob: Person };
  stop(): Promise<void>;
}

export async function startConsoleStage(): Promise<ConsoleStage> {
  await builtPages();
  const cluster = await nodeCluster();
  const operator = await startOperator(cluster);
  const homes = await cluster.kubectl('admin', ['apply', '-f', join(root, 'manifests/samples/00-homes.yaml')]);
  if (homes.code !== 0) throw new Error(homes.stderr);
  // Without it the operator would lead on, and keep the one of the next file from starting.
  const world = await startConsoleWorld(cluster.cluster).catch(async (error: unknown) => {
    await operator.stop();
    throw error;
  });
  return {
    cluster,
    world,
    typed: { alice: person(cluster.cluster, 'alice'), bob: person(cluster.cluster, 'bob') },
    stop: async () => {
      await world.stop();
      await operator.stop();
      await cluster.leave();
    },
  };
}
