/**
 * The cluster that runs Pods and that test files share which start the operator beside it: one a process, under the name by which
 * `testCluster` looks for the one of this worker. It ends with the process.
 *
 * Promise: each file finds it without the namespaces of the files before, so without homes.
 */
import { isKernelError } from '../../src/kernel/index.ts';
import { findCluster, startCluster } from '../../tools/devcluster/index.ts';
import { progress } from '../support/built-tool.ts';
import { testCluster, type TestCluster } from '../support/cluster.ts';
import { eventually } from '../support/until.ts';

/** Of Kubernetes, and of the operator, which each file starts again. */
const stays = /^(?:kube-.*|default|neuro-system)$/;
/** Namespaces end when the last Pod has ended, on a machine that does much else. */
const goneWithinMs = 120_000;

export interface NodeCluster extends TestCluster {
  /** Begins to remove what this file has made; the next one waits for it. */
  leave(): Promise<void>;
}

export async function nodeCluster(): Promise<NodeCluster> {
  // `testCluster` finds it by its name.
  const name = `test-${String(process.pid)}`;
  if ((await findCluster(name)) === undefined) await startCluster({ name, onProgress: progress });
  const test = await testCluster();
  await removeNamespaces(test);
  await eventually(
    () => namespaces(test),
    (left) => left.length === 0,
    'the namespaces of the files before are gone',
    goneWithinMs,
  );
  return { ...test, leave: () => removeNamespaces(test) };
}

async function namespaces({ request }: TestCluster): Promise<readonly string[]> {
  const { items } = await request<{ readonly items: readonly { readonly metadata: { readonly name: string } }[] }>({
    method: 'GET',
    path: '/api/v1/namespaces',
  });
  return items.map(({ metadata }) => metadata.name).filter((name) => !stays.test(name));
}

/**
 * Pods first, and at once: most of them do not end by themselves, and a namespace that still has Pods when it is deleted is looked at again
 * only after half of their grace period.
 */
async function removeNamespaces(test: TestCluster): Promise<void> {
  const names = await namespaces(test);
  await Promise.all(
    names.map(async (name) => {
      const path = `/api/v1/namespaces/${name}`;
      await remove(test, `${path}/pods`, { gracePeriodSeconds: 0 });
      await remove(test, path, {});
    }),
  );
}

/** What is gone meanwhile, or goes, is as it should be. */
async function remove({ request }: TestCluster, path: string, body: object): Promise<void> {
  try {
    await request({ method: 'DELETE', path, body });
  } catch (error) {
    if (!isKernelError(error, 'NotFound') && !isKernelError(error, 'Conflict')) throw error;
  }
}
