/** Which cluster, where the kubeconfig has several. */
import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useCluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';

export function ContextSelect(): ReactElement | null {
  const { session, connection } = useCluster();
  const navigate = useNavigate();
  if (session.contexts.length < 2) return null;
  return (
    <Select
      aria-label={texts.app.context}
      size="xs"
      w={180}
      data={[...session.contexts]}
      value={connection.context}
      allowDeselect={false}
      searchable={session.contexts.length > 8}
      // The home of the user may be another there.
      onChange={(context) => void (context !== null && navigate({ to: '/', search: { context } }))}
    />
  );
}
