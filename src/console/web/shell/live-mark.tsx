/** Whether what is shown is live: one word for all watches of the page. */
import { Badge } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore, type ReactElement } from 'react';
import type { Liveness } from '../cluster/live-lists.ts';
import { useCluster } from '../cluster/use-cluster.ts';
import { texts } from '../texts.ts';

const colors = { connecting: 'gray', live: 'pine', offline: 'yellow', failing: 'yellow' } as const satisfies Partial<
  Record<Liveness, string>
>;

export function LiveMark(): ReactElement | null {
  const queries = useQueryClient();
  const { liveLists } = useCluster();
  const subscribe = useCallback((onChange: () => void) => queries.getQueryCache().subscribe(onChange), [queries]);
  const liveness = useSyncExternalStore(subscribe, () => liveLists.liveness);
  if (liveness === 'idle') return null;
  return (
    <Badge
      role="status"
      aria-label={texts.states[liveness]}
      variant="light"
      color={colors[liveness]}
      autoContrast
      tt="none"
      style={{ flexShrink: 0 }}
      title={texts.states.help[liveness]}
    >
      {texts.states[liveness]}
    </Badge>
  );
}
