/** What one can do with a schedule. */
import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { NeuroSchedule } from '../../../api/index.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { RightItem } from '../parts/right-item.tsx';
import { RowMenu } from '../parts/row-menu.tsx';
import { tellDone, tellNotDone } from '../parts/toast.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { texts } from '../texts.ts';
import { runNow, setPaused } from './schedule-writes.ts';

interface ScheduleActionsProps {
  readonly schedule: NeuroSchedule;
  /** The page asks: the row can go from the list while the question is open. */
  readonly onRemove: () => void;
}

export function ScheduleActions({ schedule, onRemove }: ScheduleActionsProps): ReactElement {
  const cluster = useCluster();
  const navigate = useNavigate();
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
            <RightItem act={{ ...change, verb: 'delete' }} isDanger onClick={onRemove}>
              {texts.schedules.remove}
            </RightItem>
          </>
        )}
      </RowMenu>
    </>
  );
}
