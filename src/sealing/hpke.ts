/**
 * Seals and opens by HPKE in base mode (RFC 9180, section 6.1): one message for each encapsulated key.
 *
 * Promise: a text opens only for the namespace, name and key that it was sealed for, with the pair whose id it names.
 * Version, suite and key id are authenticated too. Not promised: who sealed it; anyone with the public key can.
 */
import { DecapError, DeserializeError, EncapError, OpenError, type Key, type KEMFactory } from 'hpke';
import { encodeUtf8, type Bytes } from './bytes.ts';
import { bindingOf, checkContext, checkValueLength, describeContext, type SealingContext } from './context.ts';
import { SealingError } from './errors.ts';
import { importHpkePublicKey, type HpkeKeyPair, type SealingPublicKey } from './hpke-key-pair.ts';
import { formatSealedHpke, parseSealedHpke, SEALED_TEXT_VERSION, type SealedHpke } from './sealed-text.ts';
import { asUnsupported, cipherSuite } from './suites.ts';

const INFO = encodeUtf8('neu.ro/v1 sealed');

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
    const sealed = await cipherSuite(suite, options.kem).Seal(await recipient, plaintext, { info: INFO, aad });
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

/** Throws what `parseSealedHpke` throws, `InvalidContext`, `UnknownKey` or `NotForThisObject`. */
export async function openHpke(pairs: readonly HpkeKeyPair[], context: SealingContext, text: string): Promise<Bytes> {
  return openParsedHpke(pairs, context, parseSealedHpke(text));
}

/** The same for a text that is already parsed, for who needs its key id too. */
export async function openParsedHpke(
  pairs: readonly HpkeKeyPair[],
  context: SealingContext,
  { suite, keyId, enc, ciphertext }: SealedHpke,
): Promise<Bytes> {
  checkContext(context);
  const pair = pairs.find((candidate) => candidate.keyId === keyId && candidate.suite === suite);
  if (!pair) {
    throw new SealingError(
      'UnknownKey',
      `The value is sealed for the key pair ${keyId} (${suite}), which is none of the ${pairs.length} held here. ` +
        'It was sealed for another cluster, or that pair was removed: seal the value again with the current public key.',
    );
  }
  const aad = bindingOf([SEALED_TEXT_VERSION, suite, keyId], context);
  try {
    const plaintext = await cipherSuite(suite).Open(pair.keys, enc, ciphertext, { info: INFO, aad });
    return plaintext as Bytes;
  } catch (error) {
    if (!isAuthenticationFailure(error)) throw asUnsupported(suite, error);
    throw new SealingError(
      'NotForThisObject',
      `The sealed value does not open for ${describeContext(context)} with its key pair ${keyId} (${suite}). ` +
        'It was sealed for another namespace, name or key, or was changed since. Seal the value again for this object.',
      { cause: error },
    );
  }
}

function importOnce(publicKey: SealingPublicKey): Promise<Key> {
  const existing = imported.get(publicKey) ?? importHpkePublicKey(publicKey);
  imported.set(publicKey, existing);
  return existing;
}

/** An encapsulated key that is no point, or gives the zero secret, is one more way in which the text was changed. */
function isAuthenticationFailure(error: unknown): boolean {
  return error instanceof OpenError || error instanceof DecapError || error instanceof DeserializeError;
}
