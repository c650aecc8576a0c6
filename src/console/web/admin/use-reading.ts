/**
 * One reading of the cluster for a card: with the user's own rights, when the page opens, by the button **Refresh**, and, where the card asks for it,
 * every few seconds while the page is looked at.
 */
import { useQuery, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { ClusterError } from '../cluster/errors.ts';
import type { Connection } from '../cluster/connection.ts';
import { useCluster } from '../cluster/use-cluster.ts';

export type Reading<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly error: Error };

export function useReading<T>(
  name: string,
  read: (connection: Connection, signal: AbortSignal, report: (part: T) => void) => Promise<T>,
  { everyMs }: { readonly everyMs?: number } = {},
): Reading<T> {
  const { connection } = useCluster();
  const queries = useQueryClient();
  const key = ['admin', connection.context, name];
  const { data, error, isPending } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read(connection, signal, partsInto(queries, key, signal)),
    staleTime: 0,
    refetchInterval: everyMs ?? false,
  });
  if (isPending) return { kind: 'loading' };
  if (error === null) return { kind: 'read', value: data };
  if (error instanceof ClusterError && error.kind === 'forbidden') return { kind: 'refused' };
  if (error instanceof ClusterError && error.kind === 'notFound') return { kind: 'absent' };
  return { kind: 'failed', error };
}

/** Shows the parts of a first reading as they come. What was read before stays until the next reading is whole. */
export function partsInto(queries: QueryClient, key: QueryKey, signal: AbortSignal): (part: unknown) => void {
  const isFirst = queries.getQueryData(key) === undefined;
  return (part) => {
    if (isFirst && !signal.aborted) queries.setQueryData(key, part);
  };
}
