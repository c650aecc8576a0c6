/** Whether the user may create something, asked before it is offered: a button that can only fail is of no use. */
import { useQuery } from '@tanstack/react-query';
import { GROUP } from '../../../api/index.ts';
import { texts } from '../texts.ts';
import { mayI } from './may-i.ts';
import { useCluster } from './use-cluster.ts';

export type Creatable = 'neurojobs' | 'neuroschedules' | 'usersecrets';

/** A right that is given meanwhile is found after this. */
const askAgainMs = 30_000;

/** Why not, as a sentence; undefined where it is allowed, and until that is known. */
export function useMayNotCreate(resource: Creatable, namespace: string): string | undefined {
  const { connection, session } = useCluster();
  const { data } = useQuery({
    queryKey: ['may-create', connection.context, session.user.name, namespace, resource],
    queryFn: () => mayI(connection, { group: GROUP, resource, verb: 'create', namespace }),
    staleTime: askAgainMs,
    refetchInterval: ({ state }) => (state.data === false ? askAgainMs : false),
  });
  const { forbidden, actions, resources } = texts.errors;
  return data === false ? forbidden(actions['create'] ?? '', resources[resource] ?? '', namespace) : undefined;
}
