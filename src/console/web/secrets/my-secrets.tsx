/** The list of one's own secrets. */
import { Code, Text } from '@mantine/core';
import { lazy, Suspense, useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import type { UserSecret } from '../../../api/index.ts';
import { isUnread, type LiveList } from '../cluster/live-list.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { useInRow } from '../parts/in-row.ts';
import { SelectTable } from '../parts/select-table.tsx';
import { SortButton } from '../parts/sort-button.tsx';
import type { Sorting } from '../parts/sorting.ts';
import { FoundCount, Loading, Nothing, Refused } from '../parts/states.tsx';
import { useKept } from '../parts/use-kept.ts';
import { useNow } from '../parts/use-now.ts';
import { texts } from '../texts.ts';
import { useBulkSecrets } from './bulk-secrets.ts';
import { EditSecret } from './edit-secret.tsx';
import { RemoveSecret } from './remove-secret.tsx';
import { RevealedValue } from './revealed-value.tsx';
import { RowActions, type RowMode } from './row-actions.tsx';
import { AgeCell, JobsCell, KeyCell, SharedCell, ValueCell } from './secret-cells.tsx';
import { addressOf, ownAt, type OwnAddress } from './secret-address.ts';
import { SecretDetails } from './secret-details.tsx';
import { filterSecrets, tagChoices, withTags, type SecretFilter } from './secret-filters.ts';
import { rowName, searchSecrets, sortSecrets, type SecretRow, type SecretSort } from './secret-rows.ts';
import styles from './secrets.module.css';
import { ShareDialog } from './share-dialog.tsx';

interface MySecretsProps {
  readonly namespace: string;
  readonly list: LiveList<UserSecret>;
  readonly rows: readonly SecretRow[];
  readonly query: string;
  readonly filter: SecretFilter | undefined;
  readonly tags: readonly string[];
  readonly onTags: (tags: readonly string[]) => void;
  readonly fresh: ReadonlySet<string>;
  /** Why none may be added. */
  readonly whyNot: string | undefined;
  /** Undefined while one is added. */
  readonly onAdd: (() => void) | undefined;
  /** As the address has it. */
  readonly open: OpenSecret | undefined;
  readonly onOpen: (open: OpenSecret) => void;
  readonly onClose: (open: OpenSecret) => void;
}

/** What has an address; a value that is shown, and the question before a deletion, have none. */
export type SecretDialog = Exclude<RowMode, 'reveal' | 'remove'>;

interface OpenSecret {
  readonly address: OwnAddress;
  readonly mode: SecretDialog;
}

const TagsDialog = lazy(async () => ({ default: (await import('./tags-dialog.tsx')).TagsDialog }));
const columns = ['key', undefined, 'shared', 'jobs', 'updated'] as const satisfies readonly (SecretSort | undefined)[];
const rowHeight = 57;

export function MySecrets(props: MySecretsProps): ReactElement {
  const { namespace, list, rows, query, filter, tags, onTags, fresh, whyNot, onAdd, open, onOpen, onClose } = props;
  const [sorting, setSorting] = useState<Sorting<SecretSort>>({ by: 'key', isDescending: false });
  const search = useDeferredValue(query);
  const now = useNow();
  const found = useMemo(
    () => sortSecrets(searchSecrets(withTags(filterSecrets(rows, filter, now), tags), search), sorting, fresh),
    [rows, filter, tags, now, search, sorting, fresh],
  );
  const [inRow, setInRow] = useInRow<{ readonly id: string; readonly mode: 'reveal' | 'remove' }, SecretRow>(
    found,
    nameOf,
  );
  const actions = useBulkSecrets(namespace);
  const at = open === undefined ? undefined : ownAt(rows, open.address);
  const row = at === 'several' ? undefined : at;
  // A form stays for what was typed in it, when its secret or the right to see it goes.
  const kept = useKept(open === undefined ? undefined : `${open.address.secret} ${open.address.name ?? ''}`, row);
  const opened = open?.mode === 'details' ? row : kept;
  const { value, sharedWith, usedBy, updated } = texts.secrets;
  const close = (): void => {
    setInRow(undefined);
    if (open !== undefined) onClose(open);
  };
  const setOpen = ({ name, key }: SecretRow, mode: RowMode): void => {
    if (mode === 'reveal' || mode === 'remove') setInRow({ id: name, mode });
    else onOpen({ address: addressOf({ name, key }), mode });
  };
  const modeOf = ({ name }: SecretRow): string | undefined => (inRow?.id === name ? inRow.mode : undefined);
  const isRead = !isUnread(list) && list.phase !== 'refused';
  const title = (by: SecretSort | undefined, label: string): ReactElement =>
    by === undefined ? (
      <span>{label}</span>
    ) : (
      <SortButton by={by} label={label} sorting={sorting} onSort={setSorting} />
    );
  return (
    <>
      <Loading list={list} />
      {list.phase === 'refused' && <Refused list={list} />}
      {open !== undefined && opened === undefined && list.phase === 'live' && (
        <Text role="status">
          {at === 'several' ? texts.secrets.several(open.address.secret) : texts.secrets.noSuch(open.address.secret)}
        </Text>
      )}
      {isRead && rows.length === 0 && onAdd !== undefined && (
        <Nothing title={texts.secrets.none}>
          <Text ta="center">{texts.secrets.noneHelp}</Text>
          <CreateButton whyNot={whyNot} onClick={onAdd}>
            {texts.secrets.addFirst}
          </CreateButton>
          <Text size="sm" c="dimmed">
            {texts.secrets.orCommand} <Code>{texts.secrets.addCommand}</Code>
          </Text>
        </Nothing>
      )}
      {isRead && rows.length > 0 && found.length === 0 && (
        <Nothing
          title={
            query === '' && filter !== undefined
              ? texts.secrets.noneSuch(texts.secrets.filters[filter])
              : texts.states.noMatch([...tags, query].join(' ').trim())
          }
        />
      )}
      {isRead && found.length > 0 && (
        <FoundCount query={`${query}${filter ?? ''}${tags.join('')}`} count={found.length} all={rows.length} />
      )}
      <SelectTable
        list="secrets"
        isShown={isRead || found.length > 0}
        label={texts.secrets.title}
        rows={found}
        keyOf={nameOf}
        nameOf={rowName}
        actions={actions}
        rowHeight={rowHeight}
        columnsClass={styles['mine'] ?? ''}
        header={[
          title('key', texts.secrets.key),
          title(undefined, texts.secrets.value),
          title('shared', texts.secrets.sharedWith),
          title('jobs', texts.secrets.usedBy),
          title('updated', texts.secrets.updated),
          <span key="actions">{texts.actions.title}</span>,
        ]}
        labels={[undefined, value, sharedWith, usedBy, updated, undefined]}
        sorted={{ column: columns.indexOf(sorting.by), isDescending: sorting.isDescending }}
        stateOf={(row) => modeOf(row) ?? ''}
        rowClass={(row) =>
          modeOf(row) === 'remove' ? (styles['danger'] ?? '') : fresh.has(row.name) ? (styles['fresh'] ?? '') : ''
        }
        render={(row) => [
          <KeyCell key="key" row={row} onOpen={() => setOpen(row, 'details')} onTag={(tag) => onTags([tag])} />,
          <ValueCell
            key="value"
            row={row}
            isShown={modeOf(row) === 'reveal'}
            onToggle={() => (modeOf(row) === 'reveal' ? close() : setOpen(row, 'reveal'))}
          />,
          <SharedCell key="shared" row={row} onOpen={() => setOpen(row, 'share')} />,
          <JobsCell key="jobs" row={row} onOpen={() => setOpen(row, 'details')} />,
          <AgeCell key="age" row={row} />,
          <RowActions key="actions" row={row} onOpen={(mode) => setOpen(row, mode)} />,
        ]}
        below={(row) => {
          const mode = modeOf(row);
          if (mode === 'remove') return <RemoveSecret row={row} onDone={close} />;
          if (mode === 'reveal') return <RevealedValue row={row} onHide={close} />;
          return undefined;
        }}
      />
      {opened !== undefined && open?.mode === 'edit' && <EditSecret row={opened} onClose={close} />}
      {opened !== undefined && open?.mode === 'share' && (
        <ShareDialog
          namespace={opened.secret.metadata.namespace ?? ''}
          target={{ name: opened.name, key: opened.key }}
          jobs={opened.jobs.length + opened.jobsElsewhere}
          onRevoke={opened.secret.spec.onRevoke ?? 'Continue'}
          onClose={close}
        />
      )}
      {opened !== undefined && open?.mode === 'tags' && (
        <Suspense>
          <TagsDialog row={opened} known={tagChoices(rows)} onClose={close} />
        </Suspense>
      )}
      {opened !== undefined && open?.mode === 'details' && (
        <SecretDetails
          row={opened}
          onClose={close}
          onShare={() => setOpen(opened, 'share')}
          onTags={() => setOpen(opened, 'tags')}
        />
      )}
    </>
  );
}

const nameOf = ({ name }: SecretRow): string => name;
