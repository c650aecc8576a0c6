/** Runs a job: what, with which secrets, how large. The panel beside says what the container will see. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState, type SubmitEvent, type ReactElement } from 'react';
import { jobOf, nameSuffix, withUsed, type JobDraft } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { claims, configMaps, neuroJobs } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { createJob } from '../jobs/job-writes.ts';
import { createSchedule } from '../schedules/schedule-writes.ts';
import { useMayNotCreate } from '../cluster/use-may-not.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { CreateButton } from '../parts/create-button.tsx';
import { manifestText } from '../parts/manifest.ts';
import { Dialog } from '../parts/dialog.tsx';
import { focusFirstWrong } from '../parts/first-wrong.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { useNow } from '../parts/use-now.ts';
import { tellDone } from '../parts/toast.ts';
import { useIsHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { AttachmentFields } from './attachment-fields.tsx';
import { checkRun } from './check-run.ts';
import { containerView } from './container-view.ts';
import { copiedCommand } from './copied-command.ts';
import styles from './dashboard.module.css';
import { JobFields } from './job-fields.tsx';
import { KeptFields } from './kept-fields.tsx';
import { MountFields } from './mount-fields.tsx';
import { runProblems } from './run-problems.ts';
import { emptySchedule, ScheduleFields, scheduleProblems } from './schedule-fields.tsx';
import { SeenPanel } from './seen-panel.tsx';
import { scheduledCommand, scheduledManifest, scheduleOf } from './scheduled-job.ts';
import { useSecretChoices } from './use-secret-choices.ts';
import { VariableFields } from './variable-fields.tsx';

interface RunDialogProps {
  readonly namespace: string;
  readonly title: string;
  readonly initial: JobDraft;
  /** Why the user may not create jobs; see `useMayNotCreate`. */
  readonly mayNotRun: string | undefined;
  readonly onClose: () => void;
}

const mostSources = 500;
/** Where a new job is followed. The overview shows why a page cannot be opened yet. */
const firstTabs = { terminal: 'terminal', job: 'logs', web: undefined } as const;

export function RunDialog({ namespace, title, initial, mayNotRun, onClose }: RunDialogProps): ReactElement {
  const cluster = useCluster();
  const { connection, config, session } = cluster;
  const navigate = useNavigate();
  const listed = useSecretChoices(namespace);
  const now = useNow();
  // The job that it begins from may change meanwhile.
  const [first] = useState(initial);
  const [draft, setDraft] = useState(first);
  const [firstTimes] = useState(emptySchedule);
  const [times, setTimes] = useState(firstTimes);
  const [isTried, setIsTried] = useState(false);
  const [suffix] = useState(() => nameSuffix());
  const choices = withUsed(listed, draft);
  const change = (part: Partial<JobDraft>): void => {
    setDraft((former) => ({ ...former, ...part }));
    check.reset();
    run.reset();
  };
  const job = jobOf(draft, choices, { namespace, suffix });
  // Nobody would see the terminal of a job that the clock starts.
  const schedule = draft.kind === 'terminal' ? undefined : scheduleOf(job, times);
  const mayNotSchedule = useMayNotCreate('neuroschedules', namespace);
  // A schedule has a job as its template.
  const whyNot = (schedule === undefined ? undefined : mayNotSchedule) ?? mayNotRun;
  const problems = new Map([
    ...runProblems(draft, choices),
    ...(schedule === undefined ? [] : scheduleProblems(times, job.metadata.name)),
  ]);
  const used = draft.attachments.flatMap(({ secret }) => choices.get(secret) ?? []);
  const check = useMutation({
    mutationFn: () => checkRun(connection, { job, secrets: used, user: session.user.name, place: config.sealing }),
  });
  const isHere = useIsHere();
  const run = useMutation({
    mutationFn: async () =>
      (schedule === undefined ? await createJob(cluster, job) : await createSchedule(cluster, schedule, job)).metadata
        .name,
    onSuccess: (name) => {
      if (!isHere.current) {
        tellDone(() => (schedule === undefined ? texts.bulk.jobs.again.done(1) : texts.schedules.saved(name)));
        return;
      }
      if (schedule !== undefined) {
        void navigate({ to: '/n/$namespace/schedules', params: { namespace } });
        return;
      }
      const tab = firstTabs[draft.kind];
      void navigate({ to: '/n/$namespace/jobs/$name', params: { namespace, name }, search: defined({ tab }) });
    },
    onError: useLateFailure(() => (schedule === undefined ? texts.run.notRun : texts.schedules.notSaved)),
  });
  const sources = useQuery({
    queryKey: ['sources', connection.context, namespace],
    queryFn: async ({ signal }) => {
      const namesOf = async (list: ReturnType<typeof connection.page>): Promise<readonly string[]> =>
        list.then(
          ({ items }) => items.map(({ metadata }) => metadata.name),
          () => [],
        );
      const [claimNames, configMapNames] = await Promise.all([
        namesOf(connection.page(claims, { namespace }, { limit: mostSources }, signal)),
        namesOf(connection.page(configMaps, { namespace }, { limit: mostSources }, signal)),
      ]);
      return { claims: claimNames, configMaps: configMapNames.filter((name) => name !== 'kube-root-ca.crt') };
    },
  });
  const errorOf = (field: string): string | undefined => (isTried ? problems.get(field) : undefined);
  const fields = { draft, onChange: change, errorOf };
  const body = useRef<HTMLDivElement>(null);
  const attempt = (action: () => void): void => {
    setIsTried(true);
    if (problems.size === 0) action();
    else focusFirstWrong(body.current);
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    attempt(() => {
      if (!run.isPending && whyNot === undefined) run.mutate();
    });
  };
  const keyOf = ({ name, namespace: owner }: { readonly name: string; readonly namespace?: string }): string =>
    used.find((choice) => choice.name === name && choice.namespace === (owner ?? namespace))?.key ?? name;
  return (
    <Dialog
      title={title}
      size={1100}
      onClose={onClose}
      isChanged={draft !== first || times !== firstTimes}
      isSaving={run.isPending}
      onSubmit={submit}
      footer={
        <Stack gap="xs">
          {run.error !== null && (
            <InlineProblem
              title={schedule === undefined ? texts.run.notRun : texts.schedules.notSaved}
              error={run.error}
            />
          )}
          {isTried && problems.size > 0 && (
            <Text size="sm" c="red" role="alert">
              {texts.run.mend(problems.size)}
            </Text>
          )}
          <Group justify="space-between">
            {/* A phone has no terminal to paste into, and needs the room for the form. */}
            <Group gap="xs" visibleFrom="sm">
              <CopyButton
                label={texts.copy.command}
                text={() => scheduledCommand(copiedCommand(job, keyOf), schedule)}
              />
              <CopyButton
                label={texts.copy.manifest}
                text={() => (schedule === undefined ? manifestText(neuroJobs, job) : scheduledManifest(schedule, job))}
              />
            </Group>
            <Group gap="xs" ml="auto">
              <Button variant="default" onClick={onClose}>
                {texts.run.cancel}
              </Button>
              <Button variant="default" loading={check.isPending} onClick={() => attempt(() => check.mutate())}>
                {texts.run.check}
              </Button>
              <CreateButton type="submit" whyNot={whyNot} loading={run.isPending}>
                {schedule === undefined ? texts.run.run : texts.schedules.save}
              </CreateButton>
            </Group>
          </Group>
        </Stack>
      }
    >
      <div className={styles['dialog']} ref={body}>
        <Stack>
          <JobFields {...fields} madeName={draft.name === '' ? job.metadata.name : ''} />
          <AttachmentFields {...fields} choices={choices} namespace={namespace} />
          <VariableFields {...fields} />
          <MountFields {...fields} claims={sources.data?.claims ?? []} configMaps={sources.data?.configMaps ?? []} />
          <KeptFields draft={draft} onChange={change} />
          {draft.kind !== 'terminal' && (
            <ScheduleFields
              value={times}
              onChange={(value) => {
                setTimes(value);
                run.reset();
              }}
              errorOf={errorOf}
              whyNot={mayNotSchedule}
            />
          )}
        </Stack>
        <div className={styles['side']}>
          <SeenPanel
            seen={containerView(draft, choices, problems, now)}
            lines={check.data}
            isChecking={check.isPending}
            error={check.error}
          />
        </div>
      </div>
    </Dialog>
  );
}
