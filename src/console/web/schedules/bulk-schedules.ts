/** What can be done with several schedules at once. */
import type { NeuroSchedule } from '../../../api/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import type { BulkAction } from '../parts/bulk-bar.tsx';
import { texts } from '../texts.ts';
import { removeSchedule, setPaused } from './schedule-writes.ts';

export function useBulkSchedules(): readonly BulkAction<NeuroSchedule>[] {
  const cluster = useCluster();
  const { pause, resume, remove } = texts.bulk.schedules;
  const { label, done, ...question } = remove;
  return [
    { ...pause, isFor: ({ spec }) => spec.suspend !== true, act: (schedule) => setPaused(cluster, schedule, true) },
    { ...resume, isFor: ({ spec }) => spec.suspend === true, act: (schedule) => setPaused(cluster, schedule, false) },
    { label, done, question, act: (schedule) => removeSchedule(cluster, schedule) },
  ];
}
