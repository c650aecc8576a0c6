/**
 * One reading of the cluster for a card: with the user's own rights, when the page opens, by the button **Refresh**, and, where the card asks for it,
 * every few seconds while the page is looked at.
 */
import { useQuery } from '@tanstack/react-query';
import { ClusterError } from '../cluster/errors.ts';
import type { Connection } from '../cluster/connection.ts';
import type { ClusterObject, Resource } from '../cluster/object.ts';
import { useCluster } from '../cluster/use-cluster.ts';

export type Reading<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly error: Error };

export interface Listed<Row> {
  readonly rows: readonly Row[];
  /** There are more objects. */
  readonly isCut: boolean;
}

/** Objects of a request. An object can have more than 1 MiB, and anybody can make them large. */
const pageSize = 100;
/** Objects of one kind that are read; a larger cluster is for kubectl. */
export const mostObjects = 5_000;

export function useReading<T>(
  name: string,
  read: (connection: Connection, signal: AbortSignal) => Promise<T>,
  { everyMs }: { readonly everyMs?: number } = {},
): Reading<T> {
  const { connection } = useCluster();
  const { data, error, isPending } = useQuery({
    queryKey: ['admin', connection.context, name],
    queryFn: ({ signal }) => read(connection, signal),
    staleTime: 0,
    refetchInterval: everyMs ?? false,
  });
  if (isPending) return { kind: 'loading' };
  if (error === null) return { kind: 'read', value: data };
  if (error instanceof ClusterError && error.kind === 'forbidden') return { kind: 'refused' };
  if (error instanceof ClusterError && error.kind === 'notFound') return { kind: 'absent' };
  return { kind: 'failed', error };
}

/** Of all namespaces. Only the rows stay in memory, never the objects. */
export async function listAll<T extends ClusterObject, Row>(
  connection: Connection,
  resource: Resource<T>,
  rowsOf: (objects: readonly T[]) => readonly Row[],
  signal: AbortSignal,
): Promise<Listed<Row>> {
  const rows: Row[] = [];
  let count = 0;
  let token: string | undefined;
  do {
    const page = await connection.page(resource, {}, { limit: pageSize, continue: token }, signal);
    count += page.items.length;
    rows.push(...rowsOf(page.items.map(resource.keep)));
    token = page.continueToken;
  } while (token !== undefined && count < mostObjects);
  return { rows, isCut: token !== undefined };
}
