/** What a job is, with which secrets (never their values), and what happened to it. */
import { Badge, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';
import { calledName, formatSecretUri, type NeuroJob } from '../../../api/index.ts';
import { isFinished, quote, secretUses, usedKeys } from '../../../client/index.ts';
import { userSecrets } from '../cluster/object.ts';
import { useLive } from '../cluster/use-live.ts';
import { numberText } from '../language/local.ts';
import { visibleControls, withoutTerminalCodes } from '../parts/bytes.ts';
import { Clock } from '../parts/clock.tsx';
import { Facts } from '../parts/facts.tsx';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import styles from './jobs.module.css';

const JobUse = lazy(async () => ({ default: (await import('./job-use.tsx')).JobUse }));

export function JobOverview({ job }: { readonly job: NeuroJob }): ReactElement {
  const pod = job.status?.phase === 'Running' ? job.status.podName : undefined;
  return (
    <div className={styles['facts']}>
      <JobDetails job={job} />
      <Stack>
        {pod !== undefined && (
          <Suspense>
            <JobUse key={job.status?.podUid} namespace={job.metadata.namespace ?? ''} pod={pod} />
          </Suspense>
        )}
        <SecretsUsed job={job} />
        <Transitions job={job} />
      </Stack>
    </div>
  );
}

function JobDetails({ job }: { readonly job: NeuroJob }): ReactElement {
  const { spec, status, metadata } = job;
  const t = texts.jobs.facts;
  const words = (list: readonly string[] | undefined): string | undefined => list?.map(quote).join(' ');
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t.description, spec.description],
    [t.image, spec.image],
    [t.entrypoint, words(spec.command)],
    [t.command, words(spec.args)],
    [t.workingDir, spec.workingDir],
    [t.preset, spec.preset],
    [t.tags, spec.tags?.join(', ')],
    [
      t.variables,
      (spec.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [`${name}=${value}`])).join('\n'),
    ],
    [
      t.volumes,
      (spec.volumes ?? [])
        .map(({ mountPath, persistentVolumeClaim, configMap, readOnly }) =>
          [
            mountPath,
            '←',
            persistentVolumeClaim?.claimName ?? configMap?.name ?? texts.run.emptyFolder,
            readOnly === true ? t.readOnly : '',
          ].join(' '),
        )
        .join('\n'),
    ],
    [t.restart, spec.restartPolicy === undefined ? undefined : texts.run.policies[spec.restartPolicy]],
    [t.restarts, status?.restarts === undefined || status.restarts === 0 ? undefined : numberText(status.restarts)],
    [t.lifeSpan, spec.lifeSpan],
    [t.serviceAccount, spec.serviceAccountName],
    [
      t.service,
      status?.serviceName === undefined ? undefined : `${status.serviceName}:${String(spec.http?.port ?? '')}`,
    ],
    [t.pod, status?.podName],
    [t.created, <When key="created" time={metadata.creationTimestamp} />],
    [t.started, status?.startTime === undefined ? undefined : <When key="started" time={status.startTime} />],
    [
      t.ends,
      status?.lifeSpanEndsAt === undefined || isFinished(job) ? undefined : (
        <When key="ends" time={status.lifeSpanEndsAt} />
      ),
    ],
    [t.finished, status?.finishTime === undefined ? undefined : <When key="finished" time={status.finishTime} />],
    [t.exitCode, status?.exitCode === undefined ? undefined : String(status.exitCode)],
  ];
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        {texts.jobs.details}
      </Title>
      <Facts
        rows={rows.map(
          ([title, value]) => [title, typeof value === 'string' ? visibleControls(value) : value] as const,
        )}
      />
    </Card>
  );
}

function SecretsUsed({ job }: { readonly job: NeuroJob }): ReactElement {
  const { namespace: own = '' } = job.metadata;
  const { objects } = useLive(userSecrets, { namespace: own });
  const keyOf = usedKeys(job);
  const uses = secretUses(job.spec);
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        {texts.jobs.secretsUsed}
      </Title>
      {uses.length === 0 && (
        <Text size="sm" c="dimmed">
          {texts.jobs.noSecrets}
        </Text>
      )}
      <Stack gap="xs">
        {uses.map(({ target = texts.jobs.pullSecret, reference }, index) => {
          const namespace = reference.namespace ?? own;
          const taken = job.status?.secrets?.find(
            (secret) => secret.namespace === namespace && secret.name === reference.name,
          );
          const current = namespace === own ? objects.get(`${own}/${reference.name}`) : undefined;
          const key = current === undefined ? (keyOf(reference) ?? reference.name) : calledName(current);
          const isOlder =
            taken?.version !== undefined &&
            current?.status?.version !== undefined &&
            current.status.version !== taken.version;
          return (
            <div key={`${target} ${String(index)}`}>
              <Text size="sm" className="wrap">
                <strong className="mono">{target}</strong> <span aria-label={texts.run.from}>←</span>{' '}
                {formatSecretUri(namespace === own ? { key } : { owner: namespace, key })}
              </Text>
              <Group gap={6}>
                {taken?.version !== undefined && (
                  <Text size="xs" c="dimmed">
                    {texts.run.version(taken.version)}
                  </Text>
                )}
                {isOlder && (
                  <Badge size="xs" color="yellow" variant="outline" tt="none">
                    {texts.jobs.changedSince}
                  </Badge>
                )}
              </Group>
            </div>
          );
        })}
      </Stack>
    </Card>
  );
}

function Transitions({ job }: { readonly job: NeuroJob }): ReactElement {
  const transitions = [...(job.status?.transitions ?? [])].reverse();
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        {texts.jobs.transitions}
      </Title>
      {transitions.length === 0 && (
        <Text size="sm" c="dimmed">
          {texts.jobs.noTransitions}
        </Text>
      )}
      <Table>
        <Table.Tbody>
          {transitions.map(({ time, phase, reason, message }, index) => (
            <Table.Tr key={`${time}-${String(index)}`}>
              <Table.Td w={100}>
                <Text size="xs">
                  <Clock time={time} />
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm" fw={600}>
                  {texts.phases[phase]}
                  {reason === undefined || reason === phase ? '' : `: ${texts.reasons[reason] ?? reason}`}
                </Text>
                {message !== undefined && message !== job.status?.message && (
                  <Text size="xs" c="dimmed" className="wrap" lineClamp={4} lang="en">
                    {withoutTerminalCodes(message)}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
