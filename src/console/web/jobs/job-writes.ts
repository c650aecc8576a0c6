/** Makes a job and ends one. */
import { FIELD_MANAGERS, type NeuroJob } from '../../../api/index.ts';
import { isFinished, makeJobName } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { ClusterError } from '../cluster/errors.ts';
import { neuroJobs } from '../cluster/object.ts';
import { sleep } from '../cluster/sleep.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';

const by = { fieldManager: FIELD_MANAGERS.console };
/** Names that are drawn: each is taken by chance with some hundred jobs of one base in 65,536. */
const mostDraws = 5;
const removalLimitMs = 10_000;
const removalStepMs = 100;

/** A name that is taken is drawn again, where nobody chose it; otherwise a finished job frees it, as with the command. */
export async function createJob(cluster: Cluster, job: NeuroJob): Promise<NeuroJob> {
  const { connection, liveLists } = cluster;
  const { namespace = '', generateName } = job.metadata;
  const create = (metadata = job.metadata): Promise<NeuroJob | undefined> =>
    connection.create(neuroJobs, { ...job, metadata }, by).catch((error: unknown) => {
      if (error instanceof ClusterError && error.kind === 'exists') return undefined;
      throw error;
    });
  let object = await create();
  for (let draw = 1; object === undefined && generateName !== undefined && draw < mostDraws; draw += 1)
    object = await create({ ...job.metadata, ...makeJobName(generateName) });
  if (object === undefined && generateName !== undefined) throw new ClusterError('exists', texts.run.noFreeName);
  if (object === undefined) {
    await removeFinished(cluster, job);
    object = await connection.create(neuroJobs, job, by);
  }
  liveLists.apply(connection, neuroJobs, namespace, { type: 'ADDED', object });
  return object;
}

export async function killJob({ connection, liveLists }: Cluster, { metadata }: NeuroJob): Promise<void> {
  const { namespace = '', name, uid } = metadata;
  // The identifier makes it fail for another job that has the name now.
  const object = await connection.patch(
    neuroJobs,
    { namespace, name },
    { metadata: defined({ uid }), spec: { cancel: true } },
    by,
  );
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
