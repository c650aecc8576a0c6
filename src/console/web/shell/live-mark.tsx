/** Whether what is shown is live: one word for all watches of the page. */
import { Badge } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore, type ReactElement } from 'react';
import type { LiveList } from '../cluster/live-list.ts';
import type { ClusterObject } from '../cluster/object.ts';
import { texts } from '../texts.ts';

export function LiveMark(): ReactElement {
  const queries = useQueryClient();
  const subscribe = useCallback((onChange: () => void) => queries.getQueryCache().subscribe(onChange), [queries]);
  const isOffline = useSyncExternalStore(subscribe, () =>
    queries
      .getQueryCache()
      .findAll({ queryKey: ['live'], type: 'active' })
      .some(({ state }) => (state.data as LiveList<ClusterObject> | undefined)?.phase === 'offline'),
  );
  return (
    <Badge
      role="status"
      variant="light"
      color={isOffline ? 'yellow' : 'pine'}
      autoContrast
      style={{ flexShrink: 0 }}
      title={isOffline ? texts.states.offlineHelp : texts.states.liveHelp}
    >
      {isOffline ? texts.states.offline : texts.states.live}
    </Badge>
  );
}
