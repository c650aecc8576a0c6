/** What can be done with several schedules at once. */
import type { NeuroSchedule } from '../../../api/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import type { BulkAction } from '../parts/bulk-bar.tsx';
import { texts } from '../texts.ts';
import { removeSchedule, setPaused } from './schedule-writes.ts';

export function useBulkSchedules(namespace: string): readonly BulkAction<NeuroSchedule>[] {
  const cluster = useCluster();
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'neuroschedules', namespace });
  const mayNotRemove = useMayNotEach({ verb: 'delete', resource: 'neuroschedules', namespace });
  const { pause, resume, remove } = texts.bulk.schedules;
  const { label, done, ...question } = remove;
  return [
    {
      ...pause,
      isFor: ({ spec }) => spec.suspend !== true,
      whyNot: ({ metadata: { name } }) => mayNotChange(name),
      act: (schedule) => setPaused(cluster, schedule, true),
    },
    {
      ...resume,
      isFor: ({ spec }) => spec.suspend === true,
      whyNot: ({ metadata: { name } }) => mayNotChange(name),
      act: (schedule) => setPaused(cluster, schedule, false),
    },
    {
      ...{ label, done, question },
      whyNot: ({ metadata: { name } }) => mayNotRemove(name),
      act: (schedule) => removeSchedule(cluster, schedule),
    },
  ];
}
