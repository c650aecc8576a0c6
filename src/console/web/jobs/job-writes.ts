/** Makes a job and ends one. */
import { FIELD_MANAGERS, type NeuroJob } from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import { ClusterError } from '../cluster/errors.ts';
import { neuroJobs } from '../cluster/object.ts';
import { sleep } from '../cluster/sleep.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';

const by = { fieldManager: FIELD_MANAGERS.console };
const removalLimitMs = 10_000;
const removalStepMs = 100;

/** `crypto.randomUUID` exists on https and localhost only; names need no secrecy. */
export function newJobName(): string {
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)];
  return `job-${parts.join('-')}`;
}

/** A finished job frees its name, as with the command. */
export async function createJob(cluster: Cluster, job: NeuroJob): Promise<NeuroJob> {
  const { connection, liveLists } = cluster;
  const { namespace = '' } = job.metadata;
  let object: NeuroJob;
  try {
    object = await connection.create(neuroJobs, job, by);
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === 'exists')) throw error;
    await removeFinished(cluster, job);
    object = await connection.create(neuroJobs, job, by);
  }
  liveLists.apply(connection, neuroJobs, namespace, { type: 'ADDED', object });
  return object;
}

export async function killJob({ connection, liveLists }: Cluster, { metadata }: NeuroJob): Promise<void> {
  const { namespace = '', name } = metadata;
  const object = await connection.patch(neuroJobs, { namespace, name }, { spec: { cancel: true } }, by);
  liveLists.apply(connection, neuroJobs, namespace, { type: 'MODIFIED', object });
}

export async function removeJob({ connection, liveLists }: Cluster, job: NeuroJob): Promise<void> {
  const { namespace = '', name, uid } = job.metadata;
  await connection.delete(neuroJobs, { namespace, name }, uid);
  liveLists.apply(connection, neuroJobs, namespace, { type: 'DELETED', object: job });
}

async function removeFinished(cluster: Cluster, job: NeuroJob): Promise<void> {
  const { namespace = '', name } = job.metadata;
  const former = await cluster.connection.get(neuroJobs, { namespace, name });
  if (!isFinished(former)) throw new ClusterError('exists', texts.run.nameRuns(name));
  await removeJob(cluster, former);
  const { signal } = new AbortController();
  for (let waitedMs = 0; waitedMs < removalLimitMs; waitedMs += removalStepMs) {
    const now = await cluster.connection.get(neuroJobs, { namespace, name }).catch((error: unknown) => {
      if (error instanceof ClusterError && error.kind === 'notFound') return undefined;
      throw error;
    });
    if (now?.metadata.uid !== former.metadata.uid) return;
    await sleep(removalStepMs, signal);
  }
}
