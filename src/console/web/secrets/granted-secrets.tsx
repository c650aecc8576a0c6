/** What I share: every grant of the namespace, to change or to take back in its row. */
import { Badge, Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { SecretGrant, UserSecret } from '../../../api/index.ts';
import { isUnread, type LiveList } from '../cluster/live-list.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import type { BulkAction } from '../parts/bulk-bar.tsx';
import { visibleControls } from '../parts/bytes.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { useInRow } from '../parts/in-row.ts';
import { SelectTable } from '../parts/select-table.tsx';
import { FoundCount, Loading, Nothing, Refused } from '../parts/states.tsx';
import { useKept } from '../parts/use-kept.ts';
import { texts } from '../texts.ts';
import { Expires } from './expires.tsx';
import { RevokeInRow } from './revoke-in-row.tsx';
import { revokeGrant } from './grant-writes.ts';
import { grantRows, searchGrants, type GrantRow } from './grant-rows.ts';
import styles from './secrets.module.css';
import { ShareDialog } from './share-dialog.tsx';

interface GrantedSecretsProps {
  readonly namespace: string;
  readonly grants: LiveList<SecretGrant>;
  readonly secrets: LiveList<UserSecret>;
  readonly query: string;
  /** Name of the grant whose dialog is open, as the address has it. */
  readonly edited: string | undefined;
  readonly onEdit: (name: string) => void;
  readonly onClose: (name: string) => void;
}

const rowHeight = 57;

export function GrantedSecrets(props: GrantedSecretsProps): ReactElement {
  const { namespace, grants, secrets, query, edited: editedName, onEdit, onClose } = props;
  const rows = useMemo(() => grantRows(grants.objects.values(), secrets.objects.values()), [grants, secrets]);
  const found = useMemo(() => searchGrants(rows, query), [rows, query]);
  /** Whose question before it is taken back is open. */
  const [revoked, setRevoked] = useInRow<{ readonly id: string }, GrantRow>(found, idOf);
  const actions = useBulkGrants(namespace);
  const row = rows.find(({ grant }) => grant.metadata.name === editedName);
  // A form stays for what was typed in it, when the grant goes.
  const edited = useKept(editedName, row);
  const isRead = !isUnread(grants) && grants.phase !== 'refused';
  const isAsked = (one: GrantRow): boolean => revoked?.id === idOf(one);
  return (
    <>
      <Loading list={grants} />
      {grants.phase === 'refused' && <Refused list={grants} />}
      {editedName !== undefined && edited === undefined && grants.phase === 'live' && (
        <Text role="status">{texts.granted.noSuch}</Text>
      )}
      {isRead && rows.length === 0 && (
        <Nothing title={texts.granted.none}>
          <Text ta="center">{texts.granted.noneHelp}</Text>
          <Button
            renderRoot={(props) => <Link to="/n/$namespace/secrets" params={{ namespace }} search={{}} {...props} />}
          >
            {texts.granted.toMine}
          </Button>
        </Nothing>
      )}
      {isRead && rows.length > 0 && found.length === 0 && <Nothing title={texts.states.noMatch(query)} />}
      {isRead && found.length > 0 && <FoundCount query={query} count={found.length} all={rows.length} />}
      <SelectTable
        list="grants"
        isShown={isRead || found.length > 0}
        label={texts.granted.title}
        rows={found}
        keyOf={idOf}
        nameOf={nameOf}
        actions={actions}
        rowHeight={rowHeight}
        columnsClass={styles['granted'] ?? ''}
        header={[
          texts.secrets.key,
          texts.share.kind,
          texts.share.access,
          texts.granted.right,
          texts.share.expires,
          texts.actions.title,
        ]}
        labels={[undefined, texts.share.kind, texts.share.access, texts.granted.right, texts.share.expires, undefined]}
        stateOf={(row) => (isAsked(row) ? 'revoke' : '')}
        rowClass={(row) => (isAsked(row) ? (styles['danger'] ?? '') : '')}
        render={(row) => [
          <SecretCell key="key" row={row} />,
          <span key="subject" className="wrap">
            {row.subject}
          </span>,
          <Level key="level" row={row} />,
          <span key="by" className={row.grantedBy === undefined ? 'faint' : 'wrap'}>
            {row.grantedBy ?? texts.granted.owner}
          </span>,
          <Expires key="expires" time={row.grant.spec.expiresAt} />,
          <GrantActions
            key="actions"
            row={row}
            onEdit={() => onEdit(row.grant.metadata.name)}
            onRevoke={() => setRevoked({ id: idOf(row) })}
          />,
        ]}
        below={(row) => (isAsked(row) ? <RevokeInRow row={row} onDone={() => setRevoked(undefined)} /> : undefined)}
      />
      {edited !== undefined && (
        <ShareDialog
          namespace={namespace}
          target={
            edited.grant.spec.secret === undefined
              ? undefined
              : { name: edited.grant.spec.secret, key: edited.key ?? '' }
          }
          initial={edited.grant}
          jobs={0}
          onRevoke="Continue"
          onClose={() => onClose(edited.grant.metadata.name)}
        />
      )}
    </>
  );
}

const idOf = ({ grant }: GrantRow): string => grant.metadata.uid ?? grant.metadata.name;
const nameOf = ({ key, subject }: GrantRow): string => texts.granted.name(key, subject);

function useBulkGrants(namespace: string): readonly BulkAction<GrantRow>[] {
  const cluster = useCluster();
  const mayNotRevoke = useMayNotEach({ verb: 'delete', resource: 'secretgrants', namespace });
  const { label, done, ...question } = texts.bulk.grants.revoke;
  return [
    {
      ...{ label, done, question },
      whyNot: ({ grant }) => mayNotRevoke(grant.metadata.name),
      act: ({ grant }) => revokeGrant(cluster, grant),
    },
  ];
}

interface GrantActionsProps {
  readonly row: GrantRow;
  readonly onEdit: () => void;
  readonly onRevoke: () => void;
}

function GrantActions({ row, onEdit, onRevoke }: GrantActionsProps): ReactElement {
  const { namespace = '', name } = row.grant.metadata;
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'secretgrants', namespace })(name);
  const mayNotRevoke = useMayNotEach({ verb: 'delete', resource: 'secretgrants', namespace })(name);
  return (
    <div className="line">
      <IconButton icon="edit" label={texts.granted.edit(row.key, row.subject)} whyNot={mayNotChange} onClick={onEdit} />
      <IconButton
        icon="bin"
        label={texts.granted.revoke(row.key, row.subject)}
        whyNot={mayNotRevoke}
        onClick={onRevoke}
      />
    </div>
  );
}

function SecretCell({ row }: { readonly row: GrantRow }): ReactElement {
  const { key, isGone, grant } = row;
  const { description } = grant.spec;
  return (
    <>
      {key === undefined ? (
        <Text size="sm" fw={600}>
          {texts.secrets.allOf(grant.metadata.namespace ?? '')}
        </Text>
      ) : (
        <Text size="sm" fw={600} className="mono cut" title={key}>
          {key}
        </Text>
      )}
      {isGone && (
        <Text size="xs" c="red">
          {texts.granted.gone}
        </Text>
      )}
      {description !== undefined && (
        <div className="faint small cut" title={visibleControls(description)}>
          {visibleControls(description)}
        </div>
      )}
    </>
  );
}

function Level({ row }: { readonly row: GrantRow }): ReactElement {
  const { spec, status } = row.grant;
  const phase = status?.phase ?? 'Pending';
  return (
    <>
      <Badge variant="light" tt="none">
        {texts.share.levels[spec.access ?? 'read'].name}
      </Badge>{' '}
      {phase !== 'Active' && (
        <Badge
          variant="outline"
          size="sm"
          color={phase === 'Expired' ? 'gray' : 'yellow'}
          tt="none"
          className={styles['mark'] ?? ''}
        >
          {texts.share.phases[phase]}
        </Badge>
      )}
    </>
  );
}
