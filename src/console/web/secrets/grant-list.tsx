/** Who may use a secret, why, until when; and the way to take it back. */
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { findCondition, formatSubject, type SecretGrant } from '../../../api/index.ts';
import { compareText } from '../language/local.ts';
import type { LiveList } from '../cluster/live-list.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import { visibleControls } from '../parts/bytes.ts';
import { Icon } from '../parts/icons.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useReturnFocus } from '../parts/return-focus.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { When } from '../parts/when.tsx';
import { texts } from '../texts.ts';
import { revokeGrant } from './grant-writes.ts';
import styles from './secrets.module.css';

interface GrantListProps {
  readonly grants: readonly SecretGrant[];
  readonly list: LiveList<SecretGrant>;
}

export function GrantList({ grants, list }: GrantListProps): ReactElement {
  if (list.phase === 'refused') return <Text size="sm">{texts.share.notSeen}</Text>;
  if (grants.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {texts.share.nobody}
      </Text>
    );
  const sorted = [...grants].sort((a, b) => compareText(formatSubject(a.spec.subject), formatSubject(b.spec.subject)));
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {sorted.map((grant) => (
        <GrantItem key={grant.metadata.uid ?? grant.metadata.name} grant={grant} />
      ))}
    </Stack>
  );
}

function GrantItem({ grant }: { readonly grant: SecretGrant }): ReactElement {
  const cluster = useCluster();
  const [isAsking, setIsAsking] = useState(false);
  const { metadata, spec, status } = grant;
  const { namespace = '', name } = metadata;
  const mayNotRevoke = useMayNotEach({ verb: 'delete', resource: 'secretgrants', namespace })(name);
  const subject = formatSubject(spec.subject);
  const revoke = useMutation({
    mutationFn: () => revokeGrant(cluster, grant),
    onError: useLateFailure(() => texts.share.notRevoked(subject)),
  });
  const { phase } = status ?? {};
  const ready = findCondition(status?.conditions, 'Ready');
  const isPerson = spec.subject.kind === 'User' || spec.subject.kind === 'Group';
  return (
    <li>
      <Group gap="xs" wrap="nowrap" align="start">
        <div style={{ flex: 1, minWidth: 0 }}>
          <Group gap={6}>
            <Text size="sm" fw={600} className="wrap">
              {subject}
            </Text>
            <Badge size="sm" variant="light" tt="none">
              {texts.share.levels[spec.access ?? 'read'].name}
            </Badge>
            {spec.secret === undefined && (
              <Badge size="sm" variant="outline" color="gray" tt="none">
                {texts.share.ofAll}
              </Badge>
            )}
            {phase !== 'Active' && (
              <Badge size="sm" color={phase === 'Expired' ? 'gray' : 'yellow'} variant="outline" tt="none">
                {texts.share.phases[phase ?? 'Pending']}
              </Badge>
            )}
            {spec.grantedBy !== undefined && (
              <Text size="xs" c="dimmed">
                {texts.share.byWhom(formatSubject(spec.grantedBy))}
              </Text>
            )}
            {spec.expiresAt !== undefined && phase !== 'Expired' && (
              <Text size="xs" c="dimmed">
                {texts.share.ends} <When time={spec.expiresAt} />
              </Text>
            )}
          </Group>
          {spec.description !== undefined && (
            <Text size="xs" c="dimmed" className="wrap">
              {visibleControls(spec.description)}
            </Text>
          )}
          {phase === 'Pending' && ready !== undefined && (
            <Text size="xs" className="wrap" lang="en">
              {ready.message}
            </Text>
          )}
          {phase === 'Active' && isPerson && (status?.namespaces ?? []).length === 0 && (
            <Group gap={4} wrap="nowrap" align="start" className={styles['warning'] ?? ''}>
              <Icon name="warn" size={14} />
              <Text size="xs">{texts.share.noHome(subject)}</Text>
            </Group>
          )}
        </div>
        {isAsking ? (
          <RevokeQuestion
            isPending={revoke.isPending}
            onRevoke={() => revoke.mutate()}
            onClose={() => setIsAsking(false)}
          />
        ) : (
          <IconButton
            icon="bin"
            label={texts.share.revokeLabel(subject)}
            whyNot={mayNotRevoke}
            onClick={() => setIsAsking(true)}
          />
        )}
      </Group>
      {revoke.error !== null && <InlineProblem title={texts.share.notRevoked(subject)} error={revoke.error} />}
    </li>
  );
}

interface RevokeQuestionProps {
  readonly isPending: boolean;
  readonly onRevoke: () => void;
  readonly onClose: () => void;
}

function RevokeQuestion({ isPending, onRevoke, onClose }: RevokeQuestionProps): ReactElement {
  useReturnFocus();
  return (
    <Group gap={4} wrap="nowrap">
      <Button color="red" size="compact-sm" loading={isPending} onClick={onRevoke} autoFocus>
        {texts.share.revoke}
      </Button>
      <Button variant="default" size="compact-sm" onClick={onClose}>
        {texts.actions.cancel}
      </Button>
    </Group>
  );
}
