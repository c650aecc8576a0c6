/** The recovery keys that the administrator has every value sealed for, from the operator's own namespace and from no other. */
import { SEALING_RECIPIENTS_CONFIG_MAP } from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import { recoveryRecipients, retiredRecipients, type PublishedKey } from '../../sealing/index.ts';
import type { Connection } from '../connect/connection.ts';
import { configMaps } from '../connect/kinds.ts';
import { knownOperatorNamespace } from '../operator/operator-namespace.ts';
import type { GlobalOptions } from '../options.ts';

export interface RecoveryOptions {
  /** `--no-recovery` */
  readonly recovery?: boolean;
}

/** One command seals many values for the keys that it has read once. */
const read = new WeakMap<Connection, Promise<ListData>>();

type ListData = Readonly<Record<string, string>> | undefined;

/** None where the chart is of a version before recovery keys. A list that cannot be used is an error: its values could not be restored. */
export async function recoveryKeys(connection: Connection, options: GlobalOptions): Promise<readonly PublishedKey[]> {
  return recoveryRecipients(await listData(connection, options));
}

/** Former ones, which the list keeps as not active. */
export async function retiredKeys(connection: Connection, options: GlobalOptions): Promise<readonly PublishedKey[]> {
  return retiredRecipients(await listData(connection, options));
}

function listData(connection: Connection, options: GlobalOptions): Promise<ListData> {
  const known = read.get(connection) ?? readList(connection, options);
  read.set(connection, known);
  return known;
}

async function readList(connection: Connection, options: GlobalOptions): Promise<ListData> {
  const namespace = await knownOperatorNamespace(connection, options);
  if (namespace === undefined) return undefined;
  const place = { namespace, name: SEALING_RECIPIENTS_CONFIG_MAP };
  const map = await connection.client.get(configMaps, place).catch((error: unknown) => {
    // The role of an older chart does not name it.
    if (isKernelError(error, 'Forbidden')) return undefined;
    throw error;
  });
  return map?.data;
}
