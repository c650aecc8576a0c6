/** What others share with me: the full URI, from whom, how much, until when, and the way to use it. */
import { Badge, Button, Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState, type ReactElement } from 'react';
import { isOneSecret, type SharedSecret } from '../../../client/index.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { isUnread } from '../cluster/live-list.ts';
import { FoundCount, LoadingRows, Nothing, Refused } from '../parts/states.tsx';
import { VirtualTable } from '../parts/virtual-table.tsx';
import { texts } from '../texts.ts';
import { Expires } from './expires.tsx';
import { ReplaceValue } from './replace-value.tsx';
import styles from './secrets.module.css';
import { ShareDialog } from './share-dialog.tsx';
import type { SharedWithMe } from './use-shared-with-me.ts';

const KeepCopy = lazy(async () => ({ default: (await import('./keep-copy.tsx')).KeepCopy }));

interface SharedSecretsProps {
  readonly shared: SharedWithMe;
  readonly query: string;
  readonly namespace: string;
}

const rowHeight = 49;

export function SharedSecrets({ shared, query, namespace }: SharedSecretsProps): ReactElement {
  const { list, entries, omitted } = shared;
  const navigate = useNavigate();
  const [open, setOpen] = useState<{ readonly entry: SharedSecret; readonly mode: 'replace' | 'share' | 'copy' }>();
  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return entries.filter(({ uri, owner }) => words.every((word) => `${uri} ${owner}`.toLowerCase().includes(word)));
  }, [entries, query]);
  if (isUnread(list)) return <LoadingRows />;
  if (list.phase === 'refused') return <Refused list={list} />;
  if (entries.length === 0)
    return (
      <Nothing title={texts.secrets.noneShared}>
        <Text ta="center">{texts.secrets.noneSharedHelp(namespace)}</Text>
      </Nothing>
    );
  if (found.length === 0) return <Nothing title={texts.states.noMatch(query)} />;
  const close = (): void => setOpen(undefined);
  return (
    <>
      <FoundCount query={query} count={found.length} all={entries.length} />
      <VirtualTable
        label={texts.secrets.sharedWithMe}
        rows={found}
        keyOf={({ uri }) => uri}
        rowHeight={rowHeight}
        columnsClass={styles['shared'] ?? ''}
        header={[
          texts.secrets.key,
          texts.secrets.uri,
          texts.secrets.owner,
          texts.share.access,
          texts.share.expires,
          texts.actions.title,
        ]}
        labels={[undefined, undefined, texts.secrets.owner, texts.share.access, texts.share.expires, undefined]}
        render={(entry) => [
          isOneSecret(entry) ? (
            <Text key="key" size="sm" fw={600} className="mono cut" title={entry.key}>
              {entry.key}
            </Text>
          ) : (
            <Text key="key" size="sm" fw={600}>
              {texts.secrets.allOf(entry.namespace)}
            </Text>
          ),
          <Group key="uri" gap={4} wrap="nowrap">
            <Text className="mono cut" title={entry.uri}>
              {entry.uri}
            </Text>
            <CopyButton
              isIcon
              label={texts.copy.uriOf(isOneSecret(entry) ? entry.key : entry.uri)}
              text={() => entry.uri}
            />
          </Group>,
          entry.owner,
          <Badge key="access" variant="light" tt="none">
            {texts.share.levels[entry.access].name}
          </Badge>,
          <Expires key="expires" time={entry.expiresAt} />,
          <Group key="actions" gap={2} justify="flex-end" wrap="nowrap">
            {isOneSecret(entry) && entry.access === 'manage' && (
              <IconButton
                icon="share"
                label={texts.secrets.shareLabel(entry.key)}
                onClick={() => setOpen({ entry, mode: 'share' })}
              />
            )}
            {isOneSecret(entry) && (entry.access === 'write' || entry.access === 'manage') && (
              <IconButton
                icon="edit"
                label={texts.secrets.replaceLabel(entry.key)}
                onClick={() => setOpen({ entry, mode: 'replace' })}
              />
            )}
            {isOneSecret(entry) && (entry.access === 'copy' || entry.copy === true) && (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={texts.secrets.keepCopyLabel(entry.uri)}
                onClick={() => setOpen({ entry, mode: 'copy' })}
              >
                {texts.secrets.keepCopy}
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() =>
                void navigate({ to: '/n/$namespace/dashboard', params: { namespace }, search: { use: entry.uri } })
              }
            >
              {texts.secrets.useInJob}
            </Button>
          </Group>,
        ]}
      />
      {omitted.map((one) => (
        <Text key={one.namespace} size="sm" c="dimmed">
          {texts.secrets.omitted(one)}
        </Text>
      ))}
      {open?.mode === 'copy' && (
        <Suspense>
          <KeepCopy namespace={namespace} entry={open.entry} onClose={close} />
        </Suspense>
      )}
      {open?.mode === 'replace' && <ReplaceValue entry={open.entry} onClose={close} />}
      {open?.mode === 'share' && (
        <ShareDialog
          namespace={open.entry.namespace}
          target={{ name: open.entry.name, key: open.entry.key }}
          jobs={0}
          onRevoke="Continue"
          onClose={close}
        />
      )}
    </>
  );
}
