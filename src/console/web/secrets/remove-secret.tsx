/** In the row itself: what goes with the secret, and the check mark that confirms. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { isUnread } from '../cluster/live-list.ts';
import { secretGrants } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { useLive } from '../cluster/use-live.ts';
import { useMayNotEach } from '../cluster/use-may-not.ts';
import { listText } from '../language/local.ts';
import { Icon } from '../parts/icons.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useReturnFocus } from '../parts/return-focus.ts';
import { tellNotDone } from '../parts/toast.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import { stayingAfter, subjectsOf } from './grants-after.ts';
import type { SecretRow } from './secret-rows.ts';
import { removeSecret } from './secret-writes.ts';

interface RemoveSecretProps {
  readonly row: SecretRow;
  readonly onDone: () => void;
}

export function RemoveSecret({ row, onDone }: RemoveSecretProps): ReactElement {
  const cluster = useCluster();
  useReturnFocus();
  const { namespace = '' } = row.secret.metadata;
  const grants = useLive(secretGrants, { namespace });
  const mayNotRevoke = useMayNotEach({ verb: 'delete', resource: 'secretgrants', namespace });
  const areUnseen = grants.phase === 'refused' || isUnread(grants);
  const subjects = subjectsOf(row.grants);
  const staying = stayingAfter(row.secret, row.grants, mayNotRevoke);
  const remove = useMutation({
    mutationFn: async () => {
      const going = row.grants.filter((grant) => !staying.includes(grant));
      const left = await removeSecret(cluster, row.secret, going);
      // The row has gone, so it is said elsewhere.
      if (left !== undefined) tellNotDone(() => texts.secrets.grantsNotDeleted, left, { autoClose: false });
    },
    onSuccess: useWhileHere(onDone),
    onError: useLateFailure(() => texts.secrets.notRemoved(row.key)),
  });
  const jobs = row.jobs.length + row.jobsElsewhere;
  return (
    <Stack
      gap="xs"
      role="group"
      aria-label={texts.secrets.removeTitle(row.key)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
      }}
    >
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {texts.secrets.removeTitle(row.key)}
        </Text>
        <Text size="sm">
          {[
            ...(jobs > 0 ? [texts.secrets.removeJobs(jobs)] : []),
            ...(subjects.length > 0 ? [texts.secrets.removeSubjects(listText(subjects))] : []),
            ...(staying.length > 0 ? [texts.secrets.removeStaying(listText(subjectsOf(staying)))] : []),
            ...(areUnseen ? [texts.secrets.removeUnseen] : []),
            texts.secrets.noUndo,
          ].join(' ')}
        </Text>
        <Button
          size="compact-sm"
          leftSection={<Icon name="check" size={16} />}
          color="red"
          loading={remove.isPending}
          onClick={() => remove.mutate()}
          autoFocus
        >
          {texts.secrets.confirm}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {texts.actions.cancel}
        </Button>
      </Group>
      {remove.error !== null && <InlineProblem title={texts.secrets.notRemoved(row.key)} error={remove.error} />}
    </Stack>
  );
}
