/** What one can do with a job. */
import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished, jobAgain, nameSuffix, usedKeys } from '../../../client/index.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { copiedCommand } from '../dashboard/copied-command.ts';
import { manifestText } from '../parts/manifest.ts';
import { RightItem } from '../parts/right-item.tsx';
import { RowMenu } from '../parts/row-menu.tsx';
import { useCopy } from '../parts/use-copy.ts';
import { tellDone, tellNotDone } from '../parts/toast.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { texts } from '../texts.ts';
import { canOpen } from './can-open.ts';
import type { JobQuestionKind } from './job-questions.tsx';
import { createJob } from './job-writes.ts';
import { useOpenJob } from './use-open-job.tsx';

interface JobActionsProps {
  readonly job: NeuroJob;
  /** The page asks: the row can go from the list while the question is open. */
  readonly onAsk: (kind: JobQuestionKind) => void;
}

export function JobActions({ job, onAsk }: JobActionsProps): ReactElement {
  const cluster = useCluster();
  const navigate = useNavigate();
  const { copy } = useCopy();
  const { open, explanation } = useOpenJob(job);
  const { namespace = '', name } = job.metadata;
  const finished = isFinished(job);
  const create = { verb: 'create', resource: 'neurojobs', namespace } as const;
  const go = (tab: 'logs' | 'terminal'): void =>
    void navigate({ to: '/n/$namespace/jobs/$name', params: { namespace, name }, search: { tab } });
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
  const rerun = async (): Promise<() => string> => {
    const made = await createJob(cluster, jobAgain(job, nameSuffix()));
    showJob(made.metadata.name);
    return () => texts.jobs.rerun(made.metadata.name);
  };
  return (
    <>
      <RowMenu label={texts.jobs.moreLabel(name)}>
        {() => (
          <>
            {canOpen(job) && <Menu.Item onClick={open}>{texts.open.open}</Menu.Item>}
            <Menu.Item onClick={() => go('logs')}>{texts.jobs.logs}</Menu.Item>
            {job.status?.phase === 'Running' && (
              <Menu.Item onClick={() => go('terminal')}>{texts.jobs.terminal}</Menu.Item>
            )}
            <Menu.Divider />
            <RightItem act={create} onClick={() => void told(rerun)}>
              {texts.jobs.rerunNow}
            </RightItem>
            <RightItem
              act={create}
              onClick={() =>
                void navigate({ to: '/n/$namespace/dashboard', params: { namespace }, search: { from: name } })
              }
            >
              {texts.jobs.rerunChanged}
            </RightItem>
            <Menu.Item onClick={() => void copy(() => copiedCommand(job, usedKeys(job)))}>
              {texts.copy.command}
            </Menu.Item>
            <Menu.Item onClick={() => void copy(() => manifestText(neuroJobs, withoutCancel(job)))}>
              {texts.copy.manifest}
            </Menu.Item>
            <Menu.Divider />
            {finished ? (
              <RightItem act={{ ...create, verb: 'delete', name }} isDanger onClick={() => onAsk('remove')}>
                {texts.jobs.remove}
              </RightItem>
            ) : (
              <RightItem
                act={{ ...create, verb: 'patch', name }}
                isDanger
                disabled={job.spec.cancel === true}
                onClick={() => onAsk('kill')}
              >
                {texts.jobs.kill}
              </RightItem>
            )}
          </>
        )}
      </RowMenu>
      {explanation}
    </>
  );
}

function withoutCancel(job: NeuroJob): NeuroJob {
  const { cancel: _cancel, ...spec } = job.spec;
  return { ...job, spec };
}
