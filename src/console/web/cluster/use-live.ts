/** A part of the page that looks at a resource: the list as the watch keeps it. */
import { skipToken, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { defined } from '../../../defined.ts';
import type { Query } from './connection.ts';
import { emptyLiveList, type LiveList } from './live-list.ts';
import { liveKey } from './live-lists.ts';
import type { ClusterObject, Place, Resource } from './object.ts';
import { useCluster } from './use-cluster.ts';

const none: Query = {};
/** One object, so that nothing is computed again while nothing is known. */
const nothingYet = emptyLiveList<never>();

/** `query` narrows the list, by a field selector for instance; it is part of what tells two lists apart. */
export function useLive<T extends ClusterObject>(
  resource: Resource<T>,
  { namespace }: Pick<Place, 'namespace'>,
  query: Query = none,
): LiveList<T> {
  const { connection, liveLists } = useCluster();
  const text = JSON.stringify(query);
  const key = useMemo(
    () => liveKey(connection.context, resource, defined({ namespace }), JSON.parse(text) as Query),
    [connection, resource, namespace, text],
  );
  useEffect(
    () => liveLists.hold(connection, resource, defined({ namespace }), JSON.parse(text) as Query),
    [liveLists, connection, resource, namespace, text],
  );
  const { data } = useQuery<LiveList<T>>({
    queryKey: key,
    queryFn: skipToken,
    staleTime: 'static',
    gcTime: Infinity,
    structuralSharing: false,
  });
  return data ?? nothingYet;
}
