/**
 * The namespace that a command works in: what was typed, else the context's, else the user's home, which is the namespace
 * whose annotation `neu.ro/user` says their name.
 */
import { ANNOTATION_USER, isNamespaceName } from '../../api/index.ts';
import { isKernelError, selfSubjectReviews } from '../../kernel/index.ts';
import { CliError } from '../errors.ts';
import type { GlobalOptions } from '../options.ts';
import type { Connection } from '../connect/connection.ts';
import { listAll, namespaces } from '../connect/kinds.ts';

export class NoHome extends CliError {
  constructor(user: string) {
    super(
      'usage',
      `No home was found for the user '${user}': give --namespace NAMESPACE, or set it once with ` +
        '`kubectl config set-context --current --namespace=NAMESPACE`.',
    );
  }
}

export async function homeOf(connection: Connection, options: GlobalOptions): Promise<string> {
  return options.namespace ?? connection.contextNamespace ?? (await annotatedHome(connection));
}

/** The name by which the API server knows the caller. */
export async function userName({ client }: Connection): Promise<string> {
  const { userInfo } = await client.review(selfSubjectReviews, undefined);
  return userInfo?.username ?? '';
}

async function annotatedHome(connection: Connection): Promise<string> {
  const user = await userName(connection);
  // Most people may not list namespaces, but see their own, and most homes have the name of the user.
  const own = isNamespaceName(user) ? await visibleNamespace(connection, user) : undefined;
  if (own?.metadata.annotations?.[ANNOTATION_USER] === user) return own.metadata.name;
  const found = (await visibleNamespaces(connection)).filter(
    ({ metadata }) => metadata.annotations?.[ANNOTATION_USER] === user,
  );
  const [first, ...more] = found;
  if (first !== undefined && more.length === 0) return first.metadata.name;
  const names = found.map(({ metadata }) => metadata.name).join(', ');
  if (first === undefined) throw new NoHome(user);
  throw new CliError('usage', `The user '${user}' has several homes (${names}): choose one with --namespace.`);
}

/** Undefined where it is missing, or not for the caller to see. */
export async function visibleNamespace({ client }: Connection, name: string): ReturnType<typeof client.get> {
  try {
    return await client.get(namespaces, { name });
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return undefined;
    throw error;
  }
}

async function visibleNamespaces({ client }: Connection): ReturnType<typeof listAll> {
  try {
    return await listAll(client.list(namespaces));
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return [];
    throw error;
  }
}
