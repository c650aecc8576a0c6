/** A cluster that runs Pods, under the name by which `testCluster` looks for the one of this worker. */
import { startCluster } from '../../tools/devcluster/index.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';

export async function nodeCluster(): Promise<TestCluster & { readonly down: () => Promise<void> }> {
  const cluster = await startCluster({ name: `test-${process.pid}` });
  return { ...(await testCluster()), down: () => cluster.down() };
}
