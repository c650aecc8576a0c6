/** In the row itself: what goes with the secret, and the check mark that confirms. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { formatSubject } from '../../../api/index.ts';
import { listText } from '../language/local.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { Icon } from '../parts/icons.tsx';
import { InlineProblem } from '../parts/problem.tsx';
import { useReturnFocus } from '../parts/return-focus.ts';
import { texts } from '../texts.ts';
import type { SecretRow } from './secret-rows.ts';
import { removeSecret } from './secret-writes.ts';

interface RemoveSecretProps {
  readonly row: SecretRow;
  readonly onDone: () => void;
}

export function RemoveSecret({ row, onDone }: RemoveSecretProps): ReactElement {
  const cluster = useCluster();
  useReturnFocus();
  const remove = useMutation({
    mutationFn: () => removeSecret(cluster, row.secret, row.grants),
    onSuccess: onDone,
  });
  const jobs = row.jobs.length + row.jobsElsewhere;
  const subjects = [...new Set(row.grants.map(({ spec }) => formatSubject(spec.subject)))];
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
      {remove.error !== null && <InlineProblem title={texts.secrets.notRemoved} error={remove.error} />}
    </Stack>
  );
}
