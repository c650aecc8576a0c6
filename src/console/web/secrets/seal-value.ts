/**
 * Seals a value in this browser, for one object, with the cluster's public key. The value leaves the browser only so.
 *
 * A browser without ML-KEM takes the same algorithm from a package instead of a weaker suite.
 */
import {
  chooseSealingKey,
  DEFAULT_SEALING_SUITE,
  isSuiteSupported,
  parsePublicKeys,
  sealHpke,
  type PublishedKey,
  type SealingContext,
} from '../../../sealing/browser.ts';
import type { SealingPlace } from '../../contract.ts';
import type { Connection } from '../cluster/connection.ts';
import { ClusterError } from '../cluster/errors.ts';
import { configMaps } from '../cluster/object.ts';
import { texts } from '../texts.ts';

interface SealedHere {
  readonly text: string;
  /** Which public key it was sealed with; the command shows the same. */
  readonly keyId: string;
}

export async function sealValue(
  connection: Connection,
  place: SealingPlace,
  context: SealingContext,
  bytes: Uint8Array,
): Promise<SealedHere> {
  if (!isSecureContext) throw new ClusterError('other', texts.sealing.insecure);
  const keys = await parsePublicKeys(await publicKeys(connection, place));
  const preferred = keys.find(({ active, suite }) => active && suite === DEFAULT_SEALING_SUITE);
  if (preferred !== undefined && !(await isSuiteSupported(preferred.suite)))
    return sealByPackage(preferred, context, bytes);
  const key = await chooseSealingKey(keys);
  return { text: await sealHpke(key, context, bytes), keyId: key.keyId };
}

async function sealByPackage(key: PublishedKey, context: SealingContext, bytes: Uint8Array): Promise<SealedHere> {
  const { KEM_MLKEM768_X25519 } = await import('@panva/hpke-noble');
  return { text: await sealHpke(key, context, bytes, { kem: KEM_MLKEM768_X25519 }), keyId: key.keyId };
}

async function publicKeys(connection: Connection, { namespace, configMap, entry }: SealingPlace): Promise<string> {
  if (namespace === '') throw new ClusterError('notFound', texts.sealing.unknownPlace);
  const place = { namespace, name: configMap };
  const map = await connection.get(configMaps, place).catch((error: unknown) => {
    if (error instanceof ClusterError && (error.kind === 'forbidden' || error.kind === 'notFound')) return undefined;
    throw error;
  });
  const text = map?.data?.[entry];
  if (text === undefined) throw new ClusterError('notFound', texts.sealing.noKeys(configMap, namespace));
  return text;
}
