/** What can be done with several jobs at once. */
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished, jobAgain, nameSuffix } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import type { BulkAction } from '../parts/bulk-bar.tsx';
import { texts } from '../texts.ts';
import { createJob, killJob, removeJob } from './job-writes.ts';

/** `mayNotRun`: why the user may not create jobs; see `useMayNotCreate`. */
export function useBulkJobs(namespace: string, mayNotRun: string | undefined): readonly BulkAction<NeuroJob>[] {
  const cluster = useCluster();
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'neurojobs', namespace });
  const mayNotRemove = useMayNotEach({ verb: 'delete', resource: 'neurojobs', namespace });
  const { kill, remove, again } = texts.bulk.jobs;
  return [
    {
      ...said(again),
      isHarmless: true,
      whyNot: () => mayNotRun,
      isFor: ({ spec }) => spec.suspend !== true,
      act: (job) => createJob(cluster, jobAgain(job, nameSuffix())),
    },
    {
      ...said(kill),
      isFor: (job) => !isFinished(job) && job.spec.cancel !== true && job.spec.suspend !== true,
      whyNot: ({ metadata: { name } }) => mayNotChange(name),
      act: (job) => killJob(cluster, job),
    },
    {
      ...said(remove),
      isFor: isFinished,
      whyNot: ({ metadata: { name } }) => mayNotRemove(name),
      act: (job) => removeJob(cluster, job),
    },
  ];
}

/** The words of an action that asks first. */
function said({
  label,
  done,
  ...question
}: typeof texts.bulk.jobs.kill): Pick<BulkAction<NeuroJob>, 'label' | 'done' | 'question'> {
  return { label, done, question };
}
