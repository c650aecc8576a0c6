/** What can be done with several jobs at once. */
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished, jobAgain, nameSuffix } from '../../../client/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import type { BulkAction } from '../parts/bulk-bar.tsx';
import { texts } from '../texts.ts';
import { createJob, killJob, removeJob } from './job-writes.ts';

/** `whyNot`: why the user may not create jobs; see `useMayNotCreate`. */
export function useBulkJobs(whyNot: string | undefined): readonly BulkAction<NeuroJob>[] {
  const cluster = useCluster();
  const { kill, remove, again } = texts.bulk.jobs;
  return [
    {
      ...said(again),
      isHarmless: true,
      whyNot,
      isFor: ({ spec }) => spec.suspend !== true,
      act: (job) => createJob(cluster, jobAgain(job, nameSuffix())),
    },
    {
      ...said(kill),
      isFor: (job) => !isFinished(job) && job.spec.cancel !== true && job.spec.suspend !== true,
      act: (job) => killJob(cluster, job),
    },
    { ...said(remove), isFor: isFinished, act: (job) => removeJob(cluster, job) },
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
