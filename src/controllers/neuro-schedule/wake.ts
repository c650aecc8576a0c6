/** What wakes a schedule besides its own change. The next time is a timer that its own plan sets. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { mayRun, type PodView } from '../pod-view.ts';
import { wakeByIndex, type Enqueue, type Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';

/** Jobs that end within this time lead to one look at the schedule. */
const gatherMs = 500;

export function neuroScheduleWakes({
  neuroSchedules,
  neuroJobs,
  pods,
}: Pick<Watched, 'neuroSchedules' | 'neuroJobs' | 'pods'>): readonly Wake[] {
  const { store } = neuroSchedules;
  const wakeBy = wakeByIndex(store);
  const wakeOf = (job: NeuroJobView | undefined, enqueue: Enqueue): void => {
    if (job?.schedule === undefined) return;
    const key = `${job.metadata.namespace}/${job.schedule.name}`;
    if (store.get(key)?.metadata.uid === job.schedule.uid) enqueue(key, { delayMs: gatherMs });
  };
  return [
    {
      by: 'its template, when that comes or goes',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ key, before, after }) => {
          if (isTemplate(before) !== isTemplate(after)) wakeBy('template', key, enqueue);
        }),
    },
    {
      by: 'its jobs, when they come, end or go',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ before, after }) => {
          if (stateOf(before) !== stateOf(after)) wakeOf(after ?? before, enqueue);
        }),
    },
    {
      by: 'the Pod of a job that has ended or was deleted, when it ends',
      connect: (enqueue) =>
        pods.store.onChange(({ key, before, after }) => {
          if (!couldRun(before) || couldRun(after)) return;
          const job = neuroJobs.store.get(key);
          if (stateOf(job) !== 'active') wakeOf(job, enqueue);
          const schedule = job === undefined ? scheduleOf(key) : undefined;
          if (schedule !== undefined && store.get(schedule) !== undefined) enqueue(schedule, { delayMs: gatherMs });
        }),
    },
  ];
}

/** By the name of one of its jobs. */
function scheduleOf(key: ObjectKey): ObjectKey | undefined {
  return /^(.+)-\d+$/.exec(key)?.[1];
}

function couldRun(pod: PodView | undefined): boolean {
  return pod !== undefined && mayRun(pod);
}

function isTemplate(job: NeuroJobView | undefined): boolean {
  return job?.spec.suspend === true && job.metadata.deletionTimestamp === undefined;
}

function stateOf(job: NeuroJobView | undefined): string {
  if (job === undefined) return 'gone';
  return job.metadata.deletionTimestamp === undefined ? (job.status.finishTime ?? 'active') : 'deleting';
}
