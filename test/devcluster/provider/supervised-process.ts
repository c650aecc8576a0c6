/** Starts what stands for a cluster, under supervision, writes its folder, and waits to be ended by a test. */
import { superviseStart } from '../../../tools/devcluster/provider/supervised-start.ts';
import type { DevCluster } from '../../../tools/devcluster/index.ts';
import { startProcess } from '../../../tools/devcluster/state/background-process.ts';

await superviseStart('supervised', {}, (folder) => {
  startProcess(folder, { component: 'sleep', command: 'sleep', args: ['600'] });
  process.stdout.write(`${folder.path}\n`);
  return Promise.resolve({} as DevCluster);
});
setInterval(() => undefined, 60_000);
