/** Makes, pauses, runs and removes a schedule, with the rights of the person. */
import { FIELD_MANAGERS, type NeuroJob, type NeuroSchedule } from '../../../api/index.ts';
import { runNowOf, templateOf } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { asClusterError, ClusterError } from '../cluster/errors.ts';
import { createJob } from '../jobs/job-writes.ts';
import { neuroJobs, neuroSchedules } from '../cluster/object.ts';
import type { Cluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';

const by = { fieldManager: FIELD_MANAGERS.console };

/** The schedule, and the template that goes with it; or neither. Where the schedule can be made but not deleted, the error says that it is there. */
export async function createSchedule(
  { connection, liveLists }: Cluster,
  schedule: NeuroSchedule,
  job: NeuroJob,
): Promise<NeuroSchedule> {
  const object = await connection.create(neuroSchedules, schedule, by);
  const { namespace = '', name, uid } = object.metadata;
  try {
    const { metadata, spec } = templateOf(object, job.spec);
    const { labels } = job.metadata;
    await connection.create(
      neuroJobs,
      { spec, metadata: labels === undefined ? metadata : { ...metadata, labels } },
      by,
    );
  } catch (cause) {
    await connection.delete(neuroSchedules, { namespace, name }, uid).catch((error: unknown) => {
      // It has gone, or another one has its name.
      if (['notFound', 'conflict'].includes(asClusterError(error).kind)) return;
      const { kind, message, lang } = asClusterError(cause);
      throw new ClusterError(kind, texts.schedules.withoutJob(name, message), { ...defined({ lang }), cause });
    });
    throw cause;
  }
  liveLists.apply(connection, neuroSchedules, namespace, { type: 'ADDED', object });
  return object;
}

export async function setPaused(
  { connection, liveLists }: Cluster,
  schedule: NeuroSchedule,
  suspend: boolean,
): Promise<void> {
  const { namespace = '', name, uid } = schedule.metadata;
  // The identifier makes it fail for another schedule that has the name now.
  const change = { metadata: defined({ uid }), spec: { suspend } };
  const object = await connection.patch(neuroSchedules, { namespace, name }, change, by);
  liveLists.apply(connection, neuroSchedules, namespace, { type: 'MODIFIED', object });
}

export async function runNow(cluster: Cluster, schedule: NeuroSchedule): Promise<NeuroJob> {
  const { namespace = '' } = schedule.metadata;
  const { name } = schedule.spec.jobTemplate;
  const template = await cluster.connection.get(neuroJobs, { namespace, name });
  const job = runNowOf(schedule, template);
  if (job === undefined) throw new ClusterError('notFound', texts.schedules.noTemplate(name));
  return createJob(cluster, job);
}

export async function removeSchedule({ connection, liveLists }: Cluster, schedule: NeuroSchedule): Promise<void> {
  const { namespace = '', name, uid } = schedule.metadata;
  await connection.delete(neuroSchedules, { namespace, name }, uid);
  liveLists.apply(connection, neuroSchedules, namespace, { type: 'DELETED', object: schedule });
}
