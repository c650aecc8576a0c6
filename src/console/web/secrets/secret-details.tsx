/** All about one secret but its value: who may use it, which jobs use it, how it came into the cluster. */
import { Alert, Badge, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { formatSecretUri } from '../../../api/index.ts';
import { secretGrants } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotCreate, useMayNotEach } from '../cluster/use-may-not.ts';
import { JobLink } from '../jobs/job-link.tsx';
import { JobPill } from '../jobs/job-pill.tsx';
import { visibleControls } from '../parts/bytes.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { useReturnFocus } from '../parts/return-focus.ts';
import { dayText } from '../parts/day.ts';
import { Facts, type Fact } from '../parts/facts.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { GrantList } from './grant-list.tsx';
import type { SecretRow } from './secret-rows.ts';
import { sourceFacts } from './source-facts.tsx';
import { UriText } from './uri-text.tsx';

const SecretHistory = lazy(async () => ({ default: (await import('./secret-history.tsx')).SecretHistory }));
const SecretLog = lazy(async () => ({ default: (await import('./secret-log.tsx')).SecretLog }));

interface SecretDetailsProps {
  readonly row: SecretRow;
  readonly onClose: () => void;
  readonly onShare: () => void;
  readonly onTags: () => void;
}

export function SecretDetails({ row, onClose, onShare, onTags }: SecretDetailsProps): ReactElement {
  const { metadata, spec, status } = row.secret;
  const { namespace = '' } = metadata;
  const grants = useLive(secretGrants, { namespace });
  const mayNotShare = useMayNotCreate('secretgrants', namespace);
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace })(row.name);
  const [isLogShown, setIsLogShown] = useState(false);
  useReturnFocus();
  const facts: readonly Fact[] = [
    [texts.secrets.uri, <UriText key="uri" uri={formatSecretUri({ owner: namespace, key: row.key })} />],
    [texts.secrets.description, spec.description === undefined ? undefined : visibleControls(spec.description)],
    [texts.secrets.source, texts.secrets.sources[row.source]],
    [
      texts.secrets.copies,
      status?.copies === undefined
        ? undefined
        : texts.secrets.copiesIn(status.copies.count, status.copies.namespaces ?? []),
    ],
    ...sourceFacts(row.secret),
    [texts.secrets.version, status?.version],
    [
      texts.secrets.updated,
      status?.updatedAt === undefined ? undefined : <When key="updated" time={status.updatedAt} />,
    ],
    [texts.secrets.created, <When key="created" time={metadata.creationTimestamp} />],
    [
      texts.secrets.nextRotation,
      status?.nextRotation === undefined ? undefined : <When key="next" time={status.nextRotation} />,
    ],
    [texts.secrets.rotateBy, row.rotateBy === undefined ? undefined : dayText(row.rotateBy.day)],
    [
      texts.secrets.tags,
      <Group key="tags" gap={4}>
        {row.tags.map((tag) => (
          <Badge key={tag} variant="default" tt="none" maw="100%">
            {visibleControls(tag)}
          </Badge>
        ))}
        <CreateButton whyNot={mayNotChange} size="compact-xs" variant="default" onClick={onTags}>
          {texts.tags.edit}
        </CreateButton>
      </Group>,
    ],
    [texts.secrets.sealedWith, status?.sealedWith],
    [texts.secrets.objectName, row.name],
    [texts.secrets.nativeSecret, status?.secretName],
  ];
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={row.key}
      closeButtonProps={{ 'aria-label': texts.actions.close }}
    >
      <Stack>
        {row.problem !== undefined && (
          <Alert
            color="red"
            title={texts.secrets.notReady(texts.secretReasons[row.problem.reason] ?? row.problem.reason)}
          >
            <span lang="en">{row.problem.message}</span>
          </Alert>
        )}
        <Facts rows={facts} />
        <Group justify="space-between">
          <Title order={3} size="h5">
            {texts.share.now}
          </Title>
          {row.source !== 'copy' && (
            <CreateButton whyNot={mayNotShare} size="xs" variant="default" onClick={onShare}>
              {texts.share.submit}
            </CreateButton>
          )}
        </Group>
        <GrantList grants={row.grants} list={grants} />
        <Title order={3} size="h5">
          {texts.secrets.jobsUsing}
        </Title>
        {row.jobs.length === 0 && row.jobsElsewhere === 0 && (
          <Text size="sm" c="dimmed">
            {texts.secrets.noJobs}
          </Text>
        )}
        <Stack gap={6}>
          {row.jobs.map((job) => (
            <Group key={job.metadata.name} gap="xs">
              <JobLink namespace={namespace} name={job.metadata.name} />
              <JobPill job={job} />
            </Group>
          ))}
          {row.jobsElsewhere > 0 && <Text size="sm">{texts.secrets.jobsElsewhere(row.jobsElsewhere)}</Text>}
        </Stack>
        <Suspense>
          <SecretHistory row={row} />
        </Suspense>
        <Stack gap="xs" component="section" aria-label={texts.secrets.log}>
          <Title order={3} size="h5">
            {texts.secrets.log}
          </Title>
          {isLogShown ? (
            <Suspense>
              <SecretLog row={row} />
            </Suspense>
          ) : (
            <Group>
              <Button size="xs" variant="default" onClick={() => setIsLogShown(true)}>
                {texts.secrets.showLog}
              </Button>
            </Group>
          )}
        </Stack>
      </Stack>
    </Drawer>
  );
}
