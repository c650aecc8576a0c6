/** What a decision about a schedule needs: the schedule, its template and its jobs. */
import { parseTimeMs } from '../../api/index.ts';
import { keyOf, type ObjectKey } from '../../kernel/index.ts';
import type { Known } from '../plan.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { leavingLimitMs, mayRun, type PodView } from '../pod-view.ts';
import type { NeuroScheduleView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { runName, type ScheduleInput } from './due.ts';
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
        const isOver = status.finishTime !== undefined || metadata.deletionTimestamp !== undefined;
        const pod = isOver ? pods.store.get(keyOf(metadata)) : undefined;
        return pod?.ownerUid === metadata.uid && mayStillRun(pod, nowMs);
      })
      .map(({ metadata }) => metadata.uid),
  );
  const template = neuroJobs.store.get(`${namespace}/${schedule.spec.jobTemplate.name}`);
  const remaining = remainingOf(watched, schedule, nowMs);
  return { schedule, template, runs, lingering, remaining, hasMoreRuns, nowMs, latestMs, failure };
}

/** A job that runs alone is the last one. Its Pod has its name, and outlives it. */
function remainingOf(
  { neuroJobs, pods }: GatherDependencies['watched'],
  { metadata, status }: NeuroScheduleView,
  nowMs: number,
): string | undefined {
  const lastMs = parseTimeMs(status.lastScheduleTime);
  if (lastMs === undefined) return undefined;
  const name = runName(metadata.name, lastMs);
  const key = `${metadata.namespace}/${name}`;
  const pod = neuroJobs.store.get(key) === undefined ? pods.store.get(key) : undefined;
  return pod !== undefined && mayStillRun(pod, nowMs) ? name : undefined;
}

/** A Pod on a dead node stays until its node comes back. */
function mayStillRun(pod: PodView, nowMs: number): boolean {
  if (!mayRun(pod)) return false;
  const { metadata } = pod;
  const leavesMs = parseTimeMs(metadata.deletionTimestamp);
  return leavesMs === undefined || nowMs < leavesMs + leavingLimitMs;
}
