/** What wakes a schedule besides its own change. The next time is a timer that its own plan sets. */
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';

/** Jobs that end together are looked at once. */
const gatherMs = 500;

export function neuroScheduleWakes({
  neuroSchedules,
  neuroJobs,
}: Pick<Watched, 'neuroSchedules' | 'neuroJobs'>): readonly Wake[] {
  const { store } = neuroSchedules;
  return [
    {
      by: 'its template, when that comes or goes',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ key, before, after }) => {
          if (isTemplate(before) === isTemplate(after)) return;
          for (const schedule of store.keysByIndex('template', key)) enqueue(schedule);
        }),
    },
    {
      by: 'its jobs, when they come, end or go',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ before, after }) => {
          const { schedule, metadata } = after ?? before ?? {};
          if (schedule === undefined || metadata === undefined || stateOf(before) === stateOf(after)) return;
          const key = `${metadata.namespace}/${schedule.name}`;
          if (store.get(key)?.metadata.uid === schedule.uid) enqueue(key, { delayMs: gatherMs });
        }),
    },
  ];
}

function isTemplate(job: NeuroJobView | undefined): boolean {
  return job?.spec.suspend === true && job.metadata.deletionTimestamp === undefined;
}

function stateOf(job: NeuroJobView | undefined): string {
  if (job === undefined) return 'gone';
  return job.metadata.deletionTimestamp === undefined ? (job.status.finishTime ?? 'active') : 'deleting';
}
