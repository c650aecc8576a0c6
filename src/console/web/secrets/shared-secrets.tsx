/** What others share with me: the full URI, from whom, how much, until when, and the way to use it. */
import { Badge, Group, Text } from '@mantine/core';
import { lazy, Suspense, useMemo, type ReactElement } from 'react';
import { isOneSecret, type SharedEntry, type SharedSecret } from '../../../client/index.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { isUnread } from '../cluster/live-list.ts';
import { useRightsAgain } from '../cluster/use-may-not.ts';
import { FoundCount, Loading, Nothing, Refused } from '../parts/states.tsx';
import { useKept } from '../parts/use-kept.ts';
import { VirtualTable } from '../parts/virtual-table.tsx';
import { texts } from '../texts.ts';
import { Expires } from './expires.tsx';
import { ReplaceValue } from './replace-value.tsx';
import { sharedAddressOf } from './secret-address.ts';
import type { SharedDialog } from './secrets-search.ts';
import styles from './secrets.module.css';
import { ShareDialog } from './share-dialog.tsx';
import { SharedActions } from './shared-actions.tsx';
import type { SharedWithMe } from './use-shared-with-me.ts';

const KeepCopy = lazy(async () => ({ default: (await import('./keep-copy.tsx')).KeepCopy }));

interface SharedSecretsProps {
  readonly shared: SharedWithMe;
  readonly query: string;
  readonly namespace: string;
  /** As the address has it. */
  readonly open: OpenShared | undefined;
  readonly onOpen: (open: OpenShared) => void;
  readonly onClose: (open: OpenShared) => void;
}

interface OpenShared {
  /** Namespace and name: see {@link sharedAddressOf}. */
  readonly address: string;
  readonly mode: SharedDialog;
}

const rowHeight = 49;

export function SharedSecrets({ shared, query, namespace, open, onOpen, onClose }: SharedSecretsProps): ReactElement {
  const { list, entries, omitted } = shared;
  useRightsAgain(entries);
  const found = useMemo(() => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return entries.filter(({ uri, owner }) => words.every((word) => `${uri} ${owner}`.toLowerCase().includes(word)));
  }, [entries, query]);
  const row = entries.filter(isOneSecret).find((entry) => sharedAddressOf(entry) === open?.address);
  // A form stays for what was typed in it, when the access ends.
  const opened = useKept(open?.address, row);
  const close = (): void => {
    if (open !== undefined) onClose(open);
  };
  const setOpen = (entry: SharedSecret, mode: SharedDialog): void => onOpen({ address: sharedAddressOf(entry), mode });
  const isRead = !isUnread(list) && list.phase !== 'refused';
  return (
    <>
      <Loading list={list} />
      {list.phase === 'refused' && <Refused list={list} why={texts.secrets.sharedRefused(namespace)} />}
      {open !== undefined && opened === undefined && list.phase === 'live' && (
        <Text role="status">{texts.secrets.noSuch(open.address)}</Text>
      )}
      {isRead && entries.length === 0 && (
        <Nothing title={texts.secrets.noneShared}>
          <Text ta="center">{texts.secrets.noneSharedHelp(namespace)}</Text>
        </Nothing>
      )}
      {isRead && entries.length > 0 && found.length === 0 && <Nothing title={texts.states.noMatch(query)} />}
      {isRead && found.length > 0 && <FoundCount query={query} count={found.length} all={entries.length} />}
      {isRead && found.length > 0 && (
        <VirtualTable
          label={texts.secrets.sharedWithMe}
          rows={found}
          keyOf={keyOf}
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
              <CopyButton isIcon label={texts.copy.uriOf(entry.uri)} text={() => entry.uri} />
            </Group>,
            entry.owner,
            <Badge key="access" variant="light" tt="none">
              {texts.share.levels[entry.access].name}
            </Badge>,
            <Expires key="expires" time={entry.expiresAt} />,
            <SharedActions key="actions" namespace={namespace} entry={entry} onOpen={setOpen} />,
          ]}
        />
      )}
      {omitted.map((one) => (
        <Text key={one.namespace} size="sm" c="dimmed">
          {texts.secrets.omitted(one)}
        </Text>
      ))}
      {opened !== undefined && open?.mode === 'copy' && (
        <Suspense>
          <KeepCopy namespace={namespace} entry={opened} onClose={close} />
        </Suspense>
      )}
      {opened !== undefined && open?.mode === 'replace' && <ReplaceValue entry={opened} onClose={close} />}
      {opened !== undefined && open?.mode === 'share' && (
        <ShareDialog
          namespace={opened.namespace}
          target={{ name: opened.name, key: opened.key }}
          jobs={0}
          onRevoke="Continue"
          onClose={close}
        />
      )}
    </>
  );
}

/** Two objects of one namespace can want the same key. */
const keyOf = (entry: SharedEntry): string => (isOneSecret(entry) ? sharedAddressOf(entry) : entry.uri);
