/**
 * Whether the secrets that a job names are there and may be used, before anything is created. The operator decides at the
 * start of the job; this tells at once, and whom to ask for what.
 */
import {
  GROUP,
  VERB_USE,
  formatSecretUri,
  formatSubject,
  objectNameForKey,
  type SecretReference,
  type SecretUri,
} from '../../api/index.ts';
import { nameOfShared, type SharedEntries } from '../../client/index.ts';
import { allowed } from './allowed.ts';
import type { Connection } from './connection.ts';
import { checkCluster, findSecret } from './find-secret.ts';
import { userName } from './home.ts';
import { sharedWithMe } from './shared-with-me.ts';

export interface UsableSecret {
  readonly uri: string;
  readonly reference: SecretReference;
}
export interface MissingSecret {
  readonly uri: string;
  readonly problem: 'notFound' | 'notPermitted';
  readonly sentence: string;
}
export type CheckedSecret = UsableSecret | MissingSecret;

export interface SecretChecker {
  check(secret: SecretUri): Promise<CheckedSecret>;
}

export function secretChecker(connection: Connection, home: string, now: Date): SecretChecker {
  let shared: Promise<SharedEntries> | undefined;
  const known = new Map<string, Promise<CheckedSecret>>();
  return {
    check: (secret) => {
      checkCluster(secret, connection.clusterName);
      const owner = secret.owner ?? home;
      const key = secret.key ?? '';
      const uri = formatSecretUri(owner === home ? { key } : { owner, key });
      const checked =
        known.get(uri) ??
        (owner === home
          ? checkOwn(connection, home, key, uri)
          : (shared ??= sharedWithMe(connection, home, now)).then((list) =>
              checkForeign(connection, list, { owner, key }, uri),
            ));
      known.set(uri, checked);
      return checked;
    },
  };
}

export function isUsable(checked: CheckedSecret): checked is UsableSecret {
  return 'reference' in checked;
}

async function checkOwn(connection: Connection, home: string, key: string, uri: string): Promise<CheckedSecret> {
  const found = await findSecret(connection, { namespace: home, key });
  if (found !== undefined) return { uri, reference: { name: found.metadata.name } };
  return {
    uri,
    problem: 'notFound',
    sentence: `Secret '${key}' not found in '${home}': add it with \`neuro secret add ${key}\``,
  };
}

async function checkForeign(
  connection: Connection,
  shared: SharedEntries,
  { owner, key }: { readonly owner: string; readonly key: string },
  uri: string,
): Promise<CheckedSecret> {
  const known = nameOfShared(shared, { namespace: owner, key });
  if (known !== undefined) return { uri, reference: { namespace: owner, name: known } };
  // An administrator's own RoleBinding is in no list; the API server knows it.
  const name = objectNameForKey(key);
  if (await allowed(connection, { group: GROUP, resource: 'usersecrets', verb: VERB_USE, namespace: owner, name }))
    return { uri, reference: { namespace: owner, name } };
  const [share, me] = [formatSecretUri({ key }), formatSubject({ kind: 'User', name: await userName(connection) })];
  return {
    uri,
    problem: 'notPermitted',
    sentence: `Not enough permissions: '${uri}' needs read; ask ${owner} to run \`neuro share ${share} ${me}\``,
  };
}
