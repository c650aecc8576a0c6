/** What a decision about a schedule needs: the schedule, its template and its jobs. */
import { parseTimeMs } from '../../api/index.ts';
import { keyOf, type ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { leavingLimitMs } from '../pod-view.ts';
import type { Watched } from '../watched.ts';
import type { ScheduleInput } from './due.ts';
import { mostRuns } from './runs.ts';

export interface GatherDependencies {
  readonly watched: Pick<Watched, 'neuroSchedules' | 'neuroJobs' | 'pods'>;
}

export function gather(
  { watched }: GatherDependencies,
  key: ObjectKey,
  { nowMs, latestMs, failure }: Known,
): ScheduleInput | undefined {
  const { neuroSchedules, neuroJobs, pods } = watched;
  const schedule = neuroSchedules.store.get(key);
  if (schedule === undefined) return undefined;
  const { namespace, uid } = schedule.metadata;
  const runs: NeuroJobView[] = [];
  let hasMoreRuns = false;
  for (const runKey of neuroJobs.store.keysByIndex('schedule', uid)) {
    const run = neuroJobs.store.get(runKey);
    if (run?.metadata.namespace !== namespace) continue;
    hasMoreRuns = runs.length === mostRuns;
    if (hasMoreRuns) break;
    runs.push(run);
  }
  const lingering = new Set(
    runs
      .filter(({ metadata, status }) => {
        const pod = status.finishTime === undefined ? undefined : pods.store.get(keyOf(metadata));
        if (pod?.ownerUid !== metadata.uid || pod.container?.state?.running === undefined) return false;
        const leavesMs = parseTimeMs(pod.metadata.deletionTimestamp);
        return leavesMs === undefined || nowMs < leavesMs + leavingLimitMs;
      })
      .map(({ metadata }) => metadata.uid),
  );
  const template = neuroJobs.store.get(`${namespace}/${schedule.spec.jobTemplate.name}`);
  return { schedule, template, runs, lingering, hasMoreRuns, nowMs, latestMs, failure };
}
