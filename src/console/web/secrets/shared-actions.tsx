/** What one can do with something that others share: with its owner's object, and in one's own namespace. */
import { Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { isOneSecret, type SharedEntry, type SharedSecret } from '../../../client/index.ts';
import { useMayNotCreate, useMayNotEach } from '../cluster/use-may-not.ts';
import { CreateButton } from '../parts/create-button.tsx';
import { IconButton } from '../parts/icon-button.tsx';
import { texts } from '../texts.ts';
import type { SharedDialog } from './secrets-search.ts';

interface SharedActionsProps {
  /** One's own. */
  readonly namespace: string;
  readonly entry: SharedEntry;
  readonly onOpen: (entry: SharedSecret, mode: SharedDialog) => void;
}

export function SharedActions({ namespace, entry, onOpen }: SharedActionsProps): ReactElement {
  const navigate = useNavigate();
  const mayNotRun = useMayNotCreate('neurojobs', namespace);
  return (
    <Group gap={2} justify="flex-end" wrap="nowrap">
      {isOneSecret(entry) && (
        <SecretActions namespace={namespace} entry={entry} onOpen={(mode) => onOpen(entry, mode)} />
      )}
      <CreateButton
        whyNot={mayNotRun}
        size="compact-sm"
        variant="default"
        onClick={() =>
          void navigate({ to: '/n/$namespace/dashboard', params: { namespace }, search: { use: entry.uri } })
        }
      >
        {texts.secrets.useInJob}
      </CreateButton>
    </Group>
  );
}

interface SecretActionsProps {
  readonly namespace: string;
  readonly entry: SharedSecret;
  readonly onOpen: (mode: SharedDialog) => void;
}

function SecretActions({ namespace, entry, onOpen }: SecretActionsProps): ReactElement {
  const mayNotAdd = useMayNotCreate('usersecrets', namespace);
  const { access, copy } = entry;
  return (
    <>
      {access === 'manage' && <ShareButton entry={entry} onClick={() => onOpen('share')} />}
      {(access === 'write' || access === 'manage') && <ReplaceButton entry={entry} onClick={() => onOpen('replace')} />}
      {(access === 'copy' || copy === true) && (
        <CreateButton
          whyNot={mayNotAdd}
          size="compact-sm"
          variant="default"
          aria-label={texts.secrets.keepCopyLabel(entry.uri)}
          onClick={() => onOpen('copy')}
        >
          {texts.secrets.keepCopy}
        </CreateButton>
      )}
    </>
  );
}

/** It asks for its right when it is in view: once for all rows of the owner. */
interface OwnersButtonProps {
  readonly entry: SharedSecret;
  readonly onClick: () => void;
}

function ShareButton({ entry: { namespace, uri }, onClick }: OwnersButtonProps): ReactElement {
  const whyNot = useMayNotCreate('secretgrants', namespace);
  return <IconButton icon="share" label={texts.secrets.shareLabel(uri)} whyNot={whyNot} onClick={onClick} />;
}

function ReplaceButton({ entry: { namespace, name, uri }, onClick }: OwnersButtonProps): ReactElement {
  const whyNot = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace })(name);
  return <IconButton icon="edit" label={texts.secrets.replaceLabel(uri)} whyNot={whyNot} onClick={onClick} />;
}
