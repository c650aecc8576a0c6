/** What one can do with a schedule. */
import { Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { NeuroSchedule } from '../../../api/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { QuestionDialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { RightItem } from '../parts/right-item.tsx';
import { RowMenu } from '../parts/row-menu.tsx';
import { tellDone, tellNotDone } from '../parts/toast.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { removeSchedule, runNow, setPaused } from './schedule-writes.ts';

export function ScheduleActions({ schedule }: { readonly schedule: NeuroSchedule }): ReactElement {
  const cluster = useCluster();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const { namespace = '', name } = schedule.metadata;
  const change = { verb: 'patch', resource: 'neuroschedules', namespace, name } as const;
  const isPaused = schedule.spec.suspend === true;
  const told = async (action: () => Promise<() => string>): Promise<void> => {
    try {
      tellDone(await action());
    } catch (error) {
      tellNotDone(() => texts.jobs.notDone(name), error);
    }
  };
  // Nobody is led away from another page.
  const showJob = useWhileHere(
    (name: string) => void navigate({ to: '/n/$namespace/jobs/$name', params: { namespace, name } }),
  );
  const toggle = async (): Promise<() => string> => {
    await setPaused(cluster, schedule, !isPaused);
    return () => (isPaused ? texts.schedules.resumed(name) : texts.schedules.paused(name));
  };
  const run = async (): Promise<() => string> => {
    const job = await runNow(cluster, schedule);
    showJob(job.metadata.name);
    return () => texts.jobs.rerun(job.metadata.name);
  };
  const remove = useMutation({
    mutationFn: () => removeSchedule(cluster, schedule),
    onSuccess: () => {
      tellDone(() => texts.schedules.removed(name));
      setIsAsking(false);
    },
    onError: useLateFailure(() => texts.jobs.notDone(name)),
  });
  return (
    <>
      <RowMenu label={texts.schedules.moreLabel(name)}>
        {() => (
          <>
            <Menu.Item
              onClick={() =>
                void navigate({ to: '/n/$namespace/jobs', params: { namespace }, search: { q: `${name}-` } })
              }
            >
              {texts.schedules.jobs}
            </Menu.Item>
            <RightItem act={{ verb: 'create', resource: 'neurojobs', namespace }} onClick={() => void told(run)}>
              {texts.schedules.runNow}
            </RightItem>
            <RightItem act={change} onClick={() => void told(toggle)}>
              {isPaused ? texts.schedules.resume : texts.schedules.pause}
            </RightItem>
            <Menu.Divider />
            <RightItem act={{ ...change, verb: 'delete' }} isDanger onClick={() => setIsAsking(true)}>
              {texts.schedules.remove}
            </RightItem>
          </>
        )}
      </RowMenu>
      {isAsking && (
        <QuestionDialog
          title={texts.schedules.removeTitle(name)}
          sentence={texts.schedules.removeSentence}
          confirm={texts.schedules.removeConfirm}
          isPending={remove.isPending}
          error={
            remove.error === null ? undefined : <InlineProblem title={texts.jobs.notDone(name)} error={remove.error} />
          }
          onConfirm={() => remove.mutate()}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
