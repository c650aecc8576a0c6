/**
 * From what people type (a key, or a `secret:` URI) to the UserSecret that it names. Objects may have any `metadata.name`;
 * the command's own are named by the key.
 */
import {
  calledName,
  checkKey,
  effectiveKey,
  formatSecretUri,
  isConditionTrue,
  keyWord,
  objectNameForKey,
  parseSecretUri,
  type SecretUri,
  type UserSecret,
} from '../../api/index.ts';
import { quote } from '../../client/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import { listAll, userSecrets } from '../connect/kinds.ts';

export interface NamedSecret {
  readonly namespace: string;
  readonly key: string;
  /** The key or the URI itself, where somebody has typed it. */
  readonly typed?: string;
}

/** `key`, `secret:key`, `secret:/owner/key` or with a cluster; `clusterName` is undefined while it is not known. */
export function parseKeyOrUri(text: string, home: string, clusterName: string | undefined): NamedSecret {
  if (!/^secret:/i.test(text)) {
    // What is typed behind it may be the value: it is not repeated.
    if (text.includes('='))
      throw new CliError(
        'illegalArgument',
        "A key has no '='; the value is a word of its own: `neuro secret add KEY VALUE`.",
      );
    if (text.includes('/')) throw notKey(text);
    checkKey(text);
    return { namespace: home, key: text, typed: text };
  }
  const uri = parseSecretUri(text);
  if (clusterName !== undefined) checkCluster(uri, clusterName);
  if (uri.key === undefined)
    throw new CliError('value', `'${text}' names all secrets of a person; name one, such as secret:db-password.`);
  return { namespace: uri.owner ?? home, key: uri.key, typed: text };
}

/** What people of kubectl type, or the secret of another without its scheme. */
function notKey(text: string): CliError {
  const [first = '', key = '', ...more] = text.split('/');
  const isKind = /^(?:(?:user)?secrets?|usec)$/i.test(first);
  const instead = isKind ? `the key alone is '${key}'` : `a secret of another namespace is secret:/${first}/${key}`;
  return new CliError(
    'illegalArgument',
    `'${text}' is not a key, which has no '/'${more.length === 0 ? `; ${instead}` : ''}.`,
  );
}

/** The secret as the argument of a suggested command: what was typed, so that it names the same secret. */
export function secretWord({ key, typed = key }: NamedSecret): string {
  return quote(keyWord(typed));
}

/** Secrets of another cluster cannot be reached from this one. */
export function checkCluster(uri: SecretUri, clusterName: string): void {
  if (uri.cluster === undefined || uri.cluster === clusterName) return;
  throw new CliError(
    'value',
    `'${formatSecretUri(uri)}' is a secret of the cluster '${uri.cluster}', and this is '${clusterName}': choose --context.`,
  );
}

/**
 * Finds the UserSecret for what people typed. Where several have one key, which the operator reports as a conflict, it is the one that is ready.
 * Where the type fixes the key, secrets are known by their names; the key alone is enough if only one secret has it.
 */
export async function findSecret(connection: Connection, named: NamedSecret): Promise<UserSecret | undefined> {
  const { namespace, key } = named;
  const candidate = await connection.client.get(userSecrets, { namespace, name: objectNameForKey(key) });
  const byName = candidate !== undefined && calledName(candidate) === key ? candidate : undefined;
  if (byName !== undefined && isReady(byName)) return byName;
  const all = await listAll(connection.client.list(userSecrets, { namespace })).catch((error: unknown) => {
    // A grant to write allows the one object by its name, and no list.
    if (byName !== undefined && isKernelError(error, 'Forbidden')) return [byName];
    throw error;
  });
  const same = all.filter((secret) => calledName(secret) === key);
  const typed = all.filter((secret) => effectiveKey(secret) === key && calledName(secret) !== key);
  if (same.length === 0 && typed.length > 1) throw severalOf(key, typed);
  return same.find(isReady) ?? same[0] ?? typed[0];
}

function severalOf(key: string, typed: readonly UserSecret[]): CliError {
  const names = typed.map(({ metadata }) => metadata.name).sort();
  return new CliError(
    'value',
    `Several secrets have the key '${key}', as their type wants it: name one of ${names.join(', ')}.`,
  );
}

export function notFound({ namespace, key }: NamedSecret): CliError {
  return new CliError(
    'notFound',
    `Secret '${key}' not found in the namespace '${namespace}'; \`neuro secret ls -n ${quote(namespace)}\` shows which are there.`,
  );
}

export function isReady(secret: UserSecret): boolean {
  return isConditionTrue(secret.status?.conditions, 'Ready');
}
