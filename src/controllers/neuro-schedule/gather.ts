/** What a decision about a schedule needs: the schedule, its template and its jobs. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { NeuroJobView } from '../views.ts';
import type { Watched } from '../watched.ts';
import type { ScheduleInput } from './due.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'neuroSchedules' | 'neuroJobs'>;
}

/** Jobs that are looked at in one go. A schedule makes a few hundred; people can make any number that say they are its own. */
const mostRuns = 1_000;

export function gather(
  { watched }: GatherDependencies,
  key: ObjectKey,
  { nowMs, failure }: Known,
): ScheduleInput | undefined {
  const { neuroSchedules, neuroJobs } = watched;
  const schedule = neuroSchedules.store.get(key);
  if (schedule === undefined) return undefined;
  const { namespace, uid } = schedule.metadata;
  const runs: NeuroJobView[] = [];
  for (const runKey of neuroJobs.store.keysByIndex('schedule', uid)) {
    const run = neuroJobs.store.get(runKey);
    if (run?.metadata.namespace === namespace) runs.push(run);
    if (runs.length === mostRuns) break;
  }
  const template = neuroJobs.store.get(`${namespace}/${schedule.spec.jobTemplate.name}`);
  return { schedule, template, runs, nowMs, failure };
}
