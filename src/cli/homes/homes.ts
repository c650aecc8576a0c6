/** Homes: the namespaces that say whose they are. */
import { ANNOTATION_GROUPS, ANNOTATION_USER, parseGroups } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { KubeObject } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { listAll, namespaces } from '../connect/kinds.ts';

export interface Home {
  readonly user: string;
  readonly namespace: string;
  readonly groups: readonly string[];
  readonly createdAt?: string;
}

/** The ClusterRole of Kubernetes that makes somebody the owner of a namespace, and the binding that a home has. */
export const ownerRole = 'admin';
export const ownerBinding = 'owner';

export async function listHomes({ client }: Connection): Promise<readonly Home[]> {
  const all = await listAll(client.list(namespaces));
  return all.flatMap((namespace) => homeIn(namespace) ?? []).sort((a, b) => (a.user < b.user ? -1 : 1));
}

export function homeIn({ metadata }: KubeObject): Home | undefined {
  const user = metadata.annotations?.[ANNOTATION_USER];
  // One that is going is nobody's any more.
  if (user === undefined || metadata.deletionTimestamp !== undefined) return undefined;
  return {
    user,
    namespace: metadata.name,
    groups: parseGroups(metadata.annotations?.[ANNOTATION_GROUPS]),
    ...defined({ createdAt: metadata.creationTimestamp }),
  };
}
