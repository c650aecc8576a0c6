/** The namespace to begin with: the context's, else the one whose annotation says that it is this user's home. */
import { useQuery } from '@tanstack/react-query';
import { ANNOTATION_USER, isNamespaceName } from '../../../api/index.ts';
import { compareText } from '../language/local.ts';
import { ClusterError } from './errors.ts';
import { namespaces, type ClusterObject } from './object.ts';
import { useCluster } from './use-cluster.ts';

export interface Home {
  /** Undefined: none was found; the user names one. */
  readonly home: string | undefined;
  /** All that may be seen; empty for who may not list namespaces. */
  readonly visible: readonly string[];
  /** The same as objects: whose homes they are stands in their annotations. */
  readonly namespaces: readonly ClusterObject[];
}

const mostNamespaces = 1_000;

export function useHome(): Home | undefined {
  const { session, connection } = useCluster();
  const { name } = session.user;
  const { data } = useQuery({
    queryKey: ['home', connection.context, name],
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Home> => {
      const own = await orNothing(connection.get(namespaces, { name: asNamespace(name) }, signal));
      const listed = await orNothing(connection.page(namespaces, {}, { limit: mostNamespaces }, signal));
      const all = listed?.items ?? (own === undefined ? [] : [own]);
      const visible = all.map(({ metadata }) => metadata.name).sort(compareText);
      const isHome = (object: (typeof all)[number] | undefined): boolean =>
        object?.metadata.annotations?.[ANNOTATION_USER] === name;
      const found = isHome(own) ? own : all.find(isHome);
      return { home: session.namespace ?? found?.metadata.name, visible, namespaces: all };
    },
  });
  return data;
}

/** Whether the administration is of use: the user can list namespaces. */
export function canListNamespaces(home: Home | undefined): boolean {
  return (home?.visible.length ?? 0) > 1;
}

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ClusterError && ['forbidden', 'notFound', 'invalid', 'other'].includes(error.kind))
      return undefined;
    throw error;
  }
}

/** Names of users such as an e-mail address are no names of namespaces; then there is nothing to get. */
function asNamespace(user: string): string {
  return isNamespaceName(user) ? user : 'no-such-namespace';
}
