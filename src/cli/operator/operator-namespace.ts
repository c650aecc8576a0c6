/** The namespace of the operator: the one that was given, or the one that its ClusterRoleBinding names. */
import { OPERATOR_BINDING, operatorNamespaceOf } from '../../client/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { clusterRoleBindings } from '../connect/kinds.ts';
import { defaultOperatorNamespace, type GlobalOptions } from '../options.ts';

/** One command asks once. */
const asked = new WeakMap<Connection, Promise<string | undefined>>();

/** Undefined where nobody says: there is no operator, or one of before this binding could be read. */
export function knownOperatorNamespace(
  connection: Connection,
  { operatorNamespace }: Pick<GlobalOptions, 'operatorNamespace'>,
): Promise<string | undefined> {
  if (operatorNamespace !== undefined) return Promise.resolve(operatorNamespace);
  const known = asked.get(connection) ?? askNamespace(connection);
  asked.set(connection, known);
  return known;
}

/** The operator's namespace for what is only shown. Nothing is trusted because it comes from there. */
export async function shownOperatorNamespace(connection: Connection, options: GlobalOptions): Promise<string> {
  return (await knownOperatorNamespace(connection, options)) ?? defaultOperatorNamespace;
}

async function askNamespace({ client }: Connection): Promise<string | undefined> {
  const binding = await client.get(clusterRoleBindings, { name: OPERATOR_BINDING }).catch((error: unknown) => {
    // RBAC answers so for one that does not exist, too.
    if (isKernelError(error, 'Forbidden')) return undefined;
    throw error;
  });
  return binding === undefined ? undefined : operatorNamespaceOf(binding);
}
