/**
 * Seals a value in this browser, for one object: with the cluster's public key, with those of other clusters that were chosen, and with the
 * recovery keys that its administrator publishes. The value leaves the browser only so.
 *
 * A browser without ML-KEM takes the same algorithm from a package instead of a weaker suite.
 */
import { SEALING_RECIPIENTS_CONFIG_MAP } from '../../../api/index.ts';
import {
  chooseSealingKey,
  DEFAULT_SEALING_SUITE,
  isSuiteSupported,
  parsePublicKeys,
  recoveryRecipients,
  sealHpke,
  type PublishedKey,
  type SealingContext,
} from '../../../sealing/browser.ts';
import type { SealingPlace } from '../../contract.ts';
import type { Connection } from '../cluster/connection.ts';
import { ClusterError } from '../cluster/errors.ts';
import { configMaps } from '../cluster/object.ts';
import { texts } from '../texts.ts';

/** What the CRD takes: one text and seven more, of 128 KiB each. */
const mostKeys = 8;
const longestText = 131_072;

interface SealedHere {
  readonly text: string;
  /** The same value for the other keys; undefined where there are none. */
  readonly values?: readonly string[];
  /** Which public key the first was sealed with; the command shows the same. */
  readonly keyId: string;
}

export async function sealValue(
  connection: Connection,
  place: SealingPlace,
  context: SealingContext,
  bytes: Uint8Array,
  others: readonly PublishedKey[] = [],
): Promise<SealedHere> {
  if (!isSecureContext) throw new ClusterError('other', texts.sealing.insecure);
  // This cluster comes first: an operator of an older version opens nothing but the first text.
  const own = await chosenKey(await publicKeys(connection, place));
  const recovery = await recoveryKeys(connection, place);
  const keys = [...new Map([own, ...others, ...recovery].map((key) => [key.keyId, key])).values()];
  if (keys.length > mostKeys) throw new ClusterError('other', texts.sealing.tooManyKeys(mostKeys, keys.length));
  const [text = '', ...values] = await Promise.all(keys.map((key) => sealFor(key, context, bytes)));
  if (values.some(({ length }) => length > longestText))
    throw new ClusterError('other', texts.sealing.tooLong(Math.floor((longestText * 3) / 4096)));
  return { text, keyId: own.keyId, ...(values.length === 0 ? {} : { values }) };
}

/** The key to seal with, of a document of public keys; one of the better suite, although only the package may have it. */
export async function chosenKey(document: string): Promise<PublishedKey> {
  const keys = await parsePublicKeys(document);
  return keys.find(({ active, suite }) => active && suite === DEFAULT_SEALING_SUITE) ?? chooseSealingKey(keys);
}

/** None where the chart is of a version before recovery keys. A list that cannot be used is an error: its values could not be restored. */
export async function recoveryKeys(
  connection: Connection,
  { namespace }: SealingPlace,
): Promise<readonly PublishedKey[]> {
  if (namespace === '') return [];
  return recoveryRecipients(await dataOf(connection, { namespace, name: SEALING_RECIPIENTS_CONFIG_MAP }));
}

async function sealFor(key: PublishedKey, context: SealingContext, bytes: Uint8Array): Promise<string> {
  if (key.suite !== DEFAULT_SEALING_SUITE || (await isSuiteSupported(key.suite))) return sealHpke(key, context, bytes);
  const { KEM_MLKEM768_X25519 } = await import('@panva/hpke-noble');
  return sealHpke(key, context, bytes, { kem: KEM_MLKEM768_X25519 });
}

async function publicKeys(connection: Connection, { namespace, configMap, entry }: SealingPlace): Promise<string> {
  if (namespace === '') throw new ClusterError('notFound', texts.sealing.unknownPlace);
  const text = (await dataOf(connection, { namespace, name: configMap }))?.[entry];
  if (text === undefined) throw new ClusterError('notFound', texts.sealing.noKeys(configMap, namespace));
  return text;
}

async function dataOf(
  connection: Connection,
  place: { readonly namespace: string; readonly name: string },
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return (await connection.get(configMaps, place)).data ?? {};
  } catch (error) {
    if (error instanceof ClusterError && (error.kind === 'forbidden' || error.kind === 'notFound')) return undefined;
    throw error;
  }
}
