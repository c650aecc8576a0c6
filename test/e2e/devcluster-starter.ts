/** Starts the cluster of the given name and waits, to be ended by a test. */
import { startCluster } from '../../tools/devcluster/index.ts';

await startCluster({ name: process.argv[2] ?? 'e2e', provider: 'built' });
setInterval(() => undefined, 60_000);
