/** Shares several secrets at once, with one subject on the same terms. */
import { Stack, Text } from '@mantine/core';
import { useMemo, type ReactElement, type SubmitEvent } from 'react';
import { grantsOver } from '../../../client/index.ts';
import { clusterNow } from '../cluster/cluster-clock.ts';
import { secretGrants } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import type { BulkForm } from '../parts/bulk-bar.tsx';
import { Dialog, FormButtons } from '../parts/dialog.tsx';
import { focusFirstWrong } from '../parts/first-wrong.ts';
import { texts } from '../texts.ts';
import { endOf, GrantFields, useGrantForm } from './grant-fields.tsx';
import { grantSecret } from './grant-writes.ts';
import type { SecretRow } from './secret-rows.ts';

export function BulkShare({ rows, onStart, onClose }: BulkForm<SecretRow>): ReactElement {
  const cluster = useCluster();
  const namespace = rows[0]?.secret.metadata.namespace ?? '';
  const list = useLive(secretGrants, { namespace });
  const form = useGrantForm();
  const { subject, access, description } = form;
  const existing = useMemo(
    () =>
      typeof subject === 'string'
        ? []
        : rows.flatMap(({ name }) => grantsOver([...list.objects.values()], { secret: name }, subject)),
    [rows, list, subject],
  );
  const hasEnd = existing.some(({ spec, status }) => spec.expiresAt !== undefined && status?.phase !== 'Expired');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    form.setIsTried(true);
    const end = endOf(form, hasEnd, clusterNow());
    if (typeof subject === 'string' || end === undefined) {
      focusFirstWrong(event.currentTarget as HTMLElement);
      return;
    }
    const reason = description.trim() === '' ? undefined : description;
    const known = [...list.objects.values()];
    onStart(({ name }) =>
      grantSecret(cluster, { namespace, secret: name, subject, access, description: reason, ...end }, known),
    );
  };
  return (
    <Dialog
      title={texts.share.titleOf(rows.length)}
      onClose={onClose}
      isChanged={form.draft.name !== '' || description !== ''}
      onSubmit={submit}
      footer={<FormButtons submit={texts.share.submit} isPending={false} onClose={onClose} />}
    >
      <Stack gap="sm">
        <GrantFields form={form} grants={list.objects} hasEnd={hasEnd} />
        {existing.length > 0 && (
          <Text size="sm" role="status">
            {texts.share.changesSome(existing.length)}
          </Text>
        )}
      </Stack>
    </Dialog>
  );
}
