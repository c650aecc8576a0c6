/**
 * Asks the API server whether the secrets that a job names are there and may be used, before anything is created. The list of
 * what is shared only helps to find names: it may be older than the grants.
 */
import {
  formatSecretUri,
  GROUP,
  KINDS,
  objectNameForKey,
  VERB_USE,
  type SecretReference,
  type SecretUri,
} from '../../api/index.ts';
import {
  checkedForeign,
  checkedOwn,
  granteeOfJobs,
  nameOfShared,
  type CheckedSecret,
  type SharedEntries,
} from '../../client/index.ts';
import { isKernelError, selfSubjectAccessReviews, type KubeClient } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { checkCluster, findSecret } from './find-secret.ts';
import { userName, visibleNamespace } from '../homes/home.ts';
import { sharedWithMe } from './shared-with-me.ts';

export interface SecretChecker {
  check(secret: SecretUri): Promise<CheckedSecret>;
}

/** The one that a job has where its spec names none. */
const defaultServiceAccount = 'default';

/** Asks about each secret once. */
export function secretChecker(connection: Connection, home: string, now: Date): SecretChecker {
  let shared: Promise<SharedEntries> | undefined;
  let account: KubeClient | undefined;
  const known = new Map<string, Promise<CheckedSecret>>();
  const check = async (namespace: string, key: string): Promise<CheckedSecret> => {
    if (namespace === home) {
      const found = await findSecret(connection, { namespace, key });
      return checkedOwn(namespace, key, found?.metadata.name);
    }
    const listed = nameOfShared(await (shared ??= sharedWithMe(connection, home, now)), { namespace, key });
    const name = listed ?? objectNameForKey(key);
    account ??= connection.clientAs(`system:serviceaccount:${home}:${defaultServiceAccount}`);
    const mayUse = await mayJobUse([account, connection.client], { namespace, name }, listed !== undefined);
    const found = mayUse === false ? await visibleNamespace(connection, home) : undefined;
    const caller = mayUse === false && found === undefined ? await userName(connection) : '';
    const grantee = granteeOfJobs(found, caller);
    return checkedForeign({ namespace, name, key }, { mayUse, isListed: listed !== undefined, grantee });
  };
  return {
    check: (secret) => {
      checkCluster(secret, connection.clusterName);
      const { owner = home, key = '' } = secret;
      const uri = formatSecretUri({ owner, key });
      const checked = known.get(uri) ?? check(owner, key);
      known.set(uri, checked);
      return checked;
    },
  };
}

/**
 * A job acts as its service account. People who own its namespace may impersonate it, so the API server says for certain.
 * Others can ask for themselves alone; then a no does not count where the list names the secret, since the grant may be one
 * to the jobs of the namespace.
 */
async function mayJobUse(
  [account, person]: readonly [KubeClient, KubeClient],
  { namespace = '', name }: SecretReference,
  isListed: boolean,
): Promise<boolean | undefined> {
  const resourceAttributes = { group: GROUP, resource: KINDS.UserSecret.plural, verb: VERB_USE, namespace, name };
  const ask = async (client: KubeClient): Promise<boolean> =>
    (await client.review(selfSubjectAccessReviews, { resourceAttributes })).allowed;
  try {
    return await ask(account);
  } catch (error) {
    if (!isKernelError(error, 'Forbidden')) throw error;
  }
  return (await ask(person)) || (isListed ? undefined : false);
}
