/** Before a schedule is deleted: its jobs go with it. */
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { NeuroSchedule } from '../../../api/index.ts';
import { currentOf } from '../cluster/live-list.ts';
import { neuroSchedules } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { QuestionDialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { tellDone } from '../parts/toast.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { removeSchedule } from './schedule-writes.ts';

interface RemoveScheduleProps {
  /** As it was when somebody asked. */
  readonly schedule: NeuroSchedule;
  readonly onClose: () => void;
}

export function RemoveSchedule({ schedule, onClose }: RemoveScheduleProps): ReactElement {
  const cluster = useCluster();
  const { namespace = '', name } = schedule.metadata;
  const isGone = currentOf(useLive(neuroSchedules, { namespace }), schedule) === undefined;
  const close = useWhileHere(onClose);
  const remove = useMutation({
    mutationFn: () => removeSchedule(cluster, schedule),
    onSuccess: () => {
      tellDone(() => texts.schedules.removed(name));
      close();
    },
    onError: useLateFailure(() => texts.jobs.notDone(name)),
  });
  return (
    <QuestionDialog
      title={texts.schedules.removeTitle(name)}
      sentence={texts.schedules.removeSentence}
      confirm={texts.schedules.removeConfirm}
      moot={isGone && (remove.isIdle || remove.isError) ? texts.jobs.goneMeanwhile(name) : undefined}
      isPending={remove.isPending}
      error={
        remove.error === null ? undefined : <InlineProblem title={texts.jobs.notDone(name)} error={remove.error} />
      }
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
