/** The key to seal with: the cluster's own word, from the ConfigMap that every authenticated user may read. */
import { SEALING_KEYS_CONFIG_MAP } from '../../api/index.ts';
import { OPERATOR_BINDING } from '../../client/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import { chooseSealingKey, parsePublicKeys, type PublishedKey } from '../../sealing/index.ts';
import { CliError } from '../errors.ts';
import { knownOperatorNamespace } from '../operator/operator-namespace.ts';
import type { GlobalOptions } from '../options.ts';
import type { Connection } from '../connect/connection.ts';
import { configMaps } from '../connect/kinds.ts';

/** Entry of the ConfigMap that holds the public key document. */
const keysEntry = 'keys.json';

/** One command seals many values with the key that it has read once. */
const chosen = new WeakMap<Connection, Promise<PublishedKey>>();

/** The key of the cluster of that connection. */
export function ownKey(connection: Connection, options: GlobalOptions): Promise<PublishedKey> {
  const known = chosen.get(connection) ?? chooseKey(connection, options);
  chosen.set(connection, known);
  return known;
}

async function chooseKey(connection: Connection, options: GlobalOptions): Promise<PublishedKey> {
  return chooseSealingKey(await parsePublicKeys(await publicKeys(connection, options)));
}

/** Never from a namespace that only has the usual name: anybody may have made it, to have values sealed for themselves. */
export async function publicKeys(connection: Connection, options: GlobalOptions): Promise<string> {
  const namespace = await knownOperatorNamespace(connection, options);
  if (namespace === undefined)
    throw new CliError(
      'notFound',
      `The cluster does not say in which namespace the operator runs (ClusterRoleBinding ${OPERATOR_BINDING}), so there is no ` +
        'sealing key to trust: the operator is not installed, or it is older than this command. ' +
        'Ask the administrator for the namespace, and give --operator-namespace.',
    );
  const map = await connection.client
    .get(configMaps, { namespace, name: SEALING_KEYS_CONFIG_MAP })
    .catch((error: unknown) => {
      // RBAC answers so for a namespace that does not exist, too.
      if (isKernelError(error, 'Forbidden')) return undefined;
      throw error;
    });
  const text = map?.data?.[keysEntry];
  if (text !== undefined) return text;
  throw new CliError(
    'notFound',
    `The cluster shows no sealing keys (ConfigMap ${SEALING_KEYS_CONFIG_MAP} in ${namespace}): the operator is not ` +
      'installed there or has not started yet; --operator-namespace names another place.',
  );
}
