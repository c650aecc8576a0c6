/** What `acl` is about: a `secret:` URI, as the secret (or all secrets) of a namespace. */
import { formatSecretUri, objectNameForKey, parseSecretUri } from '../../../api/index.ts';
import type { GrantTarget } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import type { Invocation } from '../../factory.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { checkCluster, findSecret } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';

export interface AclTarget extends GrantTarget {
  readonly key: string | undefined;
  /** The secret in the form that people type: `secret:key`, or `secret:/owner/key` for one of somebody else. */
  readonly shown: string;
  /** The owner is the caller, who named no owner. */
  readonly isHome: boolean;
  /** `unknown`: the caller may not look. */
  readonly presence: 'there' | 'missing' | 'unknown';
}

/** `neuro share bob secret:db`: the words are right, and their order is not. */
export function isSwapped(uri: string, who: string): boolean {
  return /^secret:/i.test(who) && !/^[a-z]+:/i.test(uri);
}

/** A text that is no URI is refused before anything is connected. */
export async function resolveTarget(run: Invocation, text: string): Promise<AclTarget> {
  const uri = parseSecretUri(text);
  const connection = await run.connect();
  checkCluster(uri, connection.clusterName);
  const home = uri.owner === undefined ? await homeOf(connection, run.options) : undefined;
  const namespace = uri.owner ?? home ?? '';
  const isHome = uri.owner === undefined;
  const shown = formatSecretUri(defined({ owner: uri.owner, key: uri.key }));
  if (uri.key === undefined) return { namespace, isHome, key: undefined, secret: undefined, shown, presence: 'there' };
  const { key } = uri;
  try {
    const found = await findSecret(connection, { namespace, key });
    const presence = found === undefined ? 'missing' : 'there';
    return { namespace, isHome, key, secret: found?.metadata.name ?? objectNameForKey(key), shown, presence };
  } catch (error) {
    if (!isKernelError(error, 'Forbidden')) throw error;
    return { namespace, isHome, key, secret: objectNameForKey(key), shown, presence: 'unknown' };
  }
}
