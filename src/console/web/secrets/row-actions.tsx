/** What one can do with a secret of one's own. */
import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { formatSecretUri } from '../../../api/index.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { userSecrets } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useMayNotCreate, useMayNotEach } from '../cluster/use-may-not.ts';
import { IconButton } from '../parts/icon-button.tsx';
import { manifestText } from '../parts/manifest.ts';
import { RightItem } from '../parts/right-item.tsx';
import { RowMenu } from '../parts/row-menu.tsx';
import { useCopy } from '../parts/use-copy.ts';
import { tellDone, tellNotDone } from '../parts/toast.ts';
import { texts } from '../texts.ts';
import { rowName, type SecretRow } from './secret-rows.ts';
import { manifestObject, rotateSecret } from './secret-writes.ts';

export type RowMode = 'details' | 'edit' | 'share' | 'tags' | 'remove' | 'reveal';

interface RowActionsProps {
  readonly row: SecretRow;
  readonly onOpen: (mode: RowMode) => void;
}

export function RowActions({ row, onOpen }: RowActionsProps): ReactElement {
  const cluster = useCluster();
  const navigate = useNavigate();
  const { copy } = useCopy();
  const { secret, key } = row;
  const { namespace = '' } = secret.metadata;
  const called = rowName(row);
  const mayNotShare = useMayNotCreate('secretgrants', namespace);
  const mayNotChange = useMayNotEach({ verb: 'patch', resource: 'usersecrets', namespace })(row.name);
  const mayNotRemove = useMayNotEach({ verb: 'delete', resource: 'usersecrets', namespace })(row.name);
  const change = { verb: 'patch', resource: 'usersecrets', namespace, name: row.name } as const;
  const rotate = async (): Promise<void> => {
    try {
      await rotateSecret(cluster, secret, new Date(clusterNow()));
      tellDone(() => texts.secrets.rotated(key));
    } catch (error) {
      tellNotDone(() => texts.secrets.notSaved, error);
    }
  };
  return (
    <div className="line">
      {row.source !== 'copy' && (
        <IconButton
          icon="share"
          label={texts.secrets.shareLabel(called)}
          whyNot={mayNotShare}
          onClick={() => onOpen('share')}
        />
      )}
      <IconButton
        icon="edit"
        label={texts.secrets.editLabel(called)}
        whyNot={mayNotChange}
        onClick={() => onOpen('edit')}
      />
      <IconButton
        icon="bin"
        label={texts.secrets.removeLabel(called)}
        whyNot={mayNotRemove}
        onClick={() => onOpen('remove')}
      />
      <RowMenu label={texts.secrets.moreLabel(called)}>
        {() => (
          <>
            <RightItem
              act={{ verb: 'create', resource: 'neurojobs', namespace }}
              onClick={() =>
                void navigate({
                  to: '/n/$namespace/dashboard',
                  params: { namespace },
                  search: { use: formatSecretUri({ key }) },
                })
              }
            >
              {texts.secrets.useInJob}
            </RightItem>
            <Menu.Item onClick={() => onOpen('details')}>{texts.secrets.details}</Menu.Item>
            <RightItem act={change} onClick={() => onOpen('tags')}>
              {texts.tags.edit}
            </RightItem>
            {row.source === 'generated' && (
              <RightItem act={change} onClick={() => void rotate()}>
                {texts.secrets.rotate}
              </RightItem>
            )}
            <Menu.Divider />
            <Menu.Item
              onClick={() => void copy(async () => manifestText(userSecrets, await manifestObject(cluster, secret)))}
            >
              {texts.copy.manifest}
            </Menu.Item>
            <Menu.Item onClick={() => void copy(() => formatSecretUri({ owner: namespace, key }))}>
              {texts.copy.uri}
            </Menu.Item>
          </>
        )}
      </RowMenu>
    </div>
  );
}
