/**
 * Seals by HPKE in base mode (RFC 9180, section 6.1): one message for each encapsulated key.
 *
 * Promise: a text opens only for the namespace, name and key that it was sealed for, with the pair whose id it names.
 * Version, suite and key id are authenticated too. Not promised: who sealed it; anyone with the public key can.
 */
import { EncapError, type Key, type KEMFactory } from 'hpke';
import { encodeUtf8 } from './bytes.ts';
import { bindingOf, checkContext, checkValueLength, type SealingContext } from './context.ts';
import { SealingError } from './errors.ts';
import { importHpkePublicKey, type SealingPublicKey } from './hpke-key-pair.ts';
import { formatSealedHpke, SEALED_TEXT_VERSION } from './sealed-text.ts';
import { asUnsupported, cipherSuite } from './suites.ts';

export const HPKE_INFO = encodeUtf8('neu.ro/v1 sealed');

/** Imported public keys, by the object that was given: sealing many values imports one key. */
const imported = new WeakMap<SealingPublicKey, Promise<Key>>();

export interface SealHpkeOptions {
  /** Another implementation of the suite's KEM, for a runtime that has none. */
  readonly kem?: KEMFactory;
}

/** Throws `Empty`, `TooLarge`, `InvalidContext`, `InvalidKey` or `UnsupportedSuite`. */
export async function sealHpke(
  publicKey: SealingPublicKey,
  context: SealingContext,
  plaintext: Uint8Array,
  options: SealHpkeOptions = {},
): Promise<string> {
  checkContext(context);
  checkValueLength(plaintext.length);
  const { suite, keyId } = publicKey;
  const recipient = options.kem ? importHpkePublicKey(publicKey, options.kem) : importOnce(publicKey);
  const aad = bindingOf([SEALED_TEXT_VERSION, suite, keyId], context);
  try {
    const sealed = await cipherSuite(suite, options.kem).Seal(await recipient, plaintext, { info: HPKE_INFO, aad });
    return formatSealedHpke(suite, keyId, sealed.encapsulatedSecret, sealed.ciphertext);
  } catch (error) {
    if (error instanceof EncapError)
      throw new SealingError(
        'InvalidKey',
        `The public key ${keyId} is not a key of ${suite}: nobody could open what is sealed for it. Restore it from a backup or make a new pair.`,
        { cause: error },
      );
    throw asUnsupported(suite, error);
  }
}

function importOnce(publicKey: SealingPublicKey): Promise<Key> {
  const existing = imported.get(publicKey) ?? importHpkePublicKey(publicKey);
  imported.set(publicKey, existing);
  return existing;
}
