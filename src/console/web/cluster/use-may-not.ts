/** Whether the user may do something, asked before it is offered: a button that can only fail is of no use. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { GROUP } from '../../../api/index.ts';
import type { SharedEntry } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { texts } from '../texts.ts';
import { mayI } from './may-i.ts';
import { mayBeAllowedByName, rulesIn } from './named-rights.ts';
import { RightsAgain } from './rights-again.ts';
import { useCluster } from './use-cluster.ts';

type Own = 'neurojobs' | 'neuroschedules' | 'usersecrets' | 'secretgrants';

/** What a button or an item of a menu does. */
export interface Act {
  readonly verb: 'create' | 'patch' | 'delete';
  readonly resource: Own;
  readonly namespace: string;
  /** A right can be for one object alone. */
  readonly name?: string;
}

/** A right that is given meanwhile is found after this. */
const askAgainMs = 30_000;
const rulesKey = 'rules';

/** Why not, as a sentence; undefined where it is allowed, and until that is known. */
export function useMayNot({ verb, resource, namespace, name }: Act): string | undefined {
  const { connection, session } = useCluster();
  const { data } = useQuery({
    queryKey: ['may-i', connection.context, session.user.name, namespace, verb, resource, name ?? ''],
    queryFn: () => mayI(connection, { group: GROUP, resource, verb, namespace, ...defined({ name }) }),
    staleTime: askAgainMs,
    refetchInterval: ({ state }) => (state.data === false ? askAgainMs : false),
  });
  const { forbidden, actions, resources } = texts.errors;
  return data === false ? forbidden(actions[verb] ?? '', resources[resource] ?? '', namespace) : undefined;
}

export function useMayNotCreate(resource: Own, namespace: string): string | undefined {
  return useMayNot({ verb: 'create', resource, namespace });
}

/** Why not, by the name of the object. */
type WhyNot = (name: string) => string | undefined;

/**
 * For each object of a list, with one question for all of them; and one more, for all verbs, where the answer is no, since a right can be for single
 * objects.
 */
export function useMayNotEach({ verb, resource, namespace }: Omit<Act, 'name'>): WhyNot {
  const { connection, session } = useCluster();
  const whyNot = useMayNot({ verb, resource, namespace });
  const { data: rules } = useQuery({
    queryKey: [rulesKey, connection.context, session.user.name, namespace],
    queryFn: () => rulesIn(connection, namespace),
    enabled: whyNot !== undefined,
    staleTime: askAgainMs,
    refetchInterval: askAgainMs,
  });
  return (name) => (mayBeAllowedByName(rules, { verb, resource, name }) ? undefined : whyNot);
}

/** Asks for rights to single objects again when what their owner shares changes: a grant brings a right with it. See `RightsAgain`. */
export function useRightsAgain(shared: readonly SharedEntry[]): void {
  const { connection, session } = useCluster();
  const { context } = connection;
  const { name } = session.user;
  const queries = useQueryClient();
  const again = useMemo(
    () =>
      new RightsAgain(
        (namespace) => void queries.invalidateQueries({ queryKey: [rulesKey, context, name, namespace] }),
      ),
    [queries, context, name],
  );
  useEffect(() => again.see(shared), [again, shared]);
  useEffect(() => () => again.stop(), [again]);
}
