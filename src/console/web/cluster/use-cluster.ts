/** What every page has: the session, the way to the cluster, the namespace that it shows. */
import { createContext, use } from 'react';
import type { ConsoleConfig, Session } from '../../contract.ts';
import type { Connection } from './connection.ts';
import type { LiveLists } from './live-lists.ts';

export interface Cluster {
  readonly session: Session;
  readonly connection: Connection;
  readonly liveLists: LiveLists;
  readonly config: ConsoleConfig;
}

export const ClusterContext = createContext<Cluster | undefined>(undefined);

export function useCluster(): Cluster {
  const cluster = use(ClusterContext);
  if (cluster === undefined) throw new Error('useCluster is used outside of the session');
  return cluster;
}
