/** Which values a secret had, when and by whom, which jobs used them; and the way back to one. No value is shown. */
import { Button, Group, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import type { NeuroJob } from '../../../api/index.ts';
import { jobsWithVersion, versionsOf, type SecretVersion } from '../../../client/index.ts';
import { neuroJobs } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import { JobLink } from '../jobs/job-link.tsx';
import { CreateButton } from '../parts/create-button.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { When } from '../parts/when.tsx';
import { tellDone } from '../parts/toast.ts';
import { texts } from '../texts.ts';
import type { SecretRow } from './secret-rows.ts';
import { rollBack } from './secret-writes.ts';
import styles from './secrets.module.css';

/** Names in one cell; all others are on the page of jobs. */
const mostJobs = 3;

export function SecretHistory({ row }: { readonly row: SecretRow }): ReactElement {
  const { secret } = row;
  const { namespace = '' } = secret.metadata;
  const jobs = useLive(neuroJobs, { namespace });
  const whyNot = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace })(row.name);
  const [asked, setAsked] = useState<string>();
  const versions = versionsOf(secret).map((version) => ({
    version,
    jobs: jobsWithVersion(secret, version.version, jobs.objects.values()),
  }));
  const isUsed = versions.some(({ jobs: users }) => users.length > 0);
  return (
    <Stack gap="xs" component="section" aria-label={texts.history.title}>
      <Title order={3} size="h5">
        {texts.history.title}
      </Title>
      {versions.length < 2 ? (
        <Text size="sm" c="dimmed">
          {texts.history.none}
        </Text>
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {texts.history.help}
          </Text>
          <Table className={styles['history'] ?? ''}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.history.replaced}</Table.Th>
                <Table.Th>{texts.history.by}</Table.Th>
                {isUsed && <Table.Th>{texts.history.jobs}</Table.Th>}
                <Table.Th>
                  <VisuallyHidden>{texts.actions.title}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map(({ version, jobs: users }) => (
                <VersionRow
                  key={version.version}
                  version={version}
                  jobs={isUsed ? users : undefined}
                  whyNot={whyNot}
                  onAsk={() => setAsked(version.version)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
      {versions
        .filter(({ version: { version, isInForce } }) => version === asked && !isInForce)
        .map(({ version }) => (
          <Question key={version.version} row={row} version={version} onDone={() => setAsked(undefined)} />
        ))}
    </Stack>
  );
}

interface VersionRowProps {
  readonly version: SecretVersion;
  /** Undefined when no job uses any version. */
  readonly jobs: readonly NeuroJob[] | undefined;
  readonly whyNot: string | undefined;
  readonly onAsk: () => void;
}

function VersionRow({ version, jobs, whyNot, onAsk }: VersionRowProps): ReactElement {
  return (
    <Table.Tr>
      <Table.Td>
        {version.isInForce ? texts.history.inForce : <When time={version.until} />}
        <div className="mono faint small">{version.version}</div>
      </Table.Td>
      <Table.Td className="wrap">{version.user ?? version.manager}</Table.Td>
      {jobs !== undefined && (
        <Table.Td className="wrap">
          <Group gap="xs">
            {jobs.slice(0, mostJobs).map(({ metadata: { namespace = '', name } }) => (
              <JobLink key={name} namespace={namespace} name={name} />
            ))}
            {jobs.length > mostJobs && <Text size="sm">+{jobs.length - mostJobs}</Text>}
          </Group>
        </Table.Td>
      )}
      <Table.Td>
        {!version.isInForce && (
          <CreateButton
            whyNot={whyNot}
            size="compact-xs"
            variant="default"
            aria-label={texts.history.rollBack(version.version)}
            onClick={onAsk}
          >
            {texts.history.rollBackShort}
          </CreateButton>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

interface QuestionProps {
  readonly row: SecretRow;
  readonly version: SecretVersion;
  readonly onDone: () => void;
}

function Question({ row, version, onDone }: QuestionProps): ReactElement {
  const cluster = useCluster();
  const close = useWhileHere(onDone);
  const back = useMutation({
    mutationFn: () => rollBack(cluster, row.secret, version),
    onSuccess: () => {
      tellDone(() => texts.history.done(row.key, version.version));
      close();
    },
    onError: useLateFailure(() => texts.history.notDone(row.key)),
  });
  return (
    <Stack gap="xs" role="group" aria-label={texts.history.rollBack(version.version)}>
      <Text size="sm">
        {texts.history.question(row.key, version.version)}
        {row.source === 'generated' && ` ${texts.history.endsRotation}`}
      </Text>
      <Group gap="xs">
        <Button size="compact-sm" loading={back.isPending} onClick={() => back.mutate()} autoFocus>
          {texts.history.confirm}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {texts.actions.cancel}
        </Button>
      </Group>
      {back.error !== null && <InlineProblem title={texts.history.notDone(row.key)} error={back.error} />}
    </Stack>
  );
}
