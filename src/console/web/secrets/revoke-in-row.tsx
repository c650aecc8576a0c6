/** In the row of a grant: the question before it is taken back. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useCluster } from '../cluster/use-cluster.ts';
import { InlineProblem } from '../parts/problem.tsx';
import { useReturnFocus } from '../parts/return-focus.ts';
import { useWhileHere } from '../parts/use-is-here.ts';
import { useLateFailure } from '../parts/use-late-failure.ts';
import { texts } from '../texts.ts';
import type { GrantRow } from './grant-rows.ts';
import { revokeGrant } from './grant-writes.ts';

export function RevokeInRow({ row, onDone }: { readonly row: GrantRow; readonly onDone: () => void }): ReactElement {
  const cluster = useCluster();
  useReturnFocus();
  const revoke = useMutation({
    mutationFn: () => revokeGrant(cluster, row.grant),
    onSuccess: useWhileHere(onDone),
    onError: useLateFailure(() => texts.share.notRevoked(row.subject)),
  });
  const question = texts.granted.question(row.key, row.subject);
  return (
    <Stack
      gap="xs"
      role="group"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
      }}
    >
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {question}
        </Text>
        <Text size="sm">{texts.share.honest}</Text>
        <Button size="compact-sm" color="red" loading={revoke.isPending} onClick={() => revoke.mutate()} autoFocus>
          {texts.share.revoke}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {texts.actions.cancel}
        </Button>
      </Group>
      {revoke.error !== null && <InlineProblem title={texts.share.notRevoked(row.subject)} error={revoke.error} />}
    </Stack>
  );
}
