/** Where something is done to many rows: which list, of which namespace and cluster. */
import { useParams, useRouter } from '@tanstack/react-router';
import { useEffect, useSyncExternalStore } from 'react';
import { useCluster } from '../cluster/use-cluster.ts';

export type BulkList = 'secrets' | 'grants' | 'jobs' | 'schedules';

const listeners = new Set<() => void>();
/** Those whose list is on the page. */
let shown: readonly string[] = [];

/** The place of a list that is on the page, and its address. */
export function useBulkPlace(list: BulkList): { readonly place: string; readonly hrefNow: () => string } {
  const { connection } = useCluster();
  const { namespace = '' } = useParams({ strict: false });
  const { history } = useRouter();
  const place = `${connection.context}/${namespace}/${list}`;
  useEffect(() => {
    change([...shown, place]);
    return () => change(shown.filter((other) => other !== place));
  }, [place]);
  return { place, hrefNow: () => history.location.href };
}

/** The same list until it changes. */
export function useShownPlaces(): readonly string[] {
  return useSyncExternalStore(subscribe, () => shown);
}

function change(next: readonly string[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
