/** Before a job is killed or deleted: neither can be undone. */
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import { currentOf } from '../cluster/live-list.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { QuestionDialog } from '../parts/dialog.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { tellDone } from '../parts/toast.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { killJob, removeJob } from './job-writes.ts';

export type JobQuestionKind = 'kill' | 'remove';

interface JobQuestionProps {
  readonly kind: JobQuestionKind;
  /** As it was when somebody asked. */
  readonly job: NeuroJob;
  readonly onClose: () => void;
  readonly onRemoved?: (() => void) | undefined;
}

export function JobQuestion({ kind, job, onClose, onRemoved }: JobQuestionProps): ReactElement {
  const cluster = useCluster();
  const { namespace = '', name } = job.metadata;
  const now = currentOf(useLive(neuroJobs, { namespace }), job);
  const words = texts.jobs.questions[kind];
  const close = useWhileHere(onClose);
  const act = useMutation({
    mutationFn: () => (kind === 'kill' ? killJob(cluster, job) : removeJob(cluster, job)),
    onSuccess: () => {
      tellDone(() => texts.jobs.questions[kind].done(name));
      close();
      // The watch may have taken the job from the page before.
      if (kind === 'remove') onRemoved?.();
    },
    onError: useLateFailure(() => texts.jobs.notDone(name)),
  });
  const isOver = now !== undefined && kind === 'kill' && isFinished(now);
  const moot =
    now === undefined ? texts.jobs.goneMeanwhile(name) : isOver ? texts.jobs.endedMeanwhile(name) : undefined;
  return (
    <QuestionDialog
      title={words.title(name)}
      sentence={words.sentence}
      confirm={words.confirm}
      moot={act.isIdle || act.isError ? moot : undefined}
      isPending={act.isPending}
      error={act.error === null ? undefined : <InlineProblem title={texts.jobs.notDone(name)} error={act.error} />}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    />
  );
}
