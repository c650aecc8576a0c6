/**
 * Opens what seal-hpke.ts has sealed. In Node alone, with a pair of `importHpkeKeyPair`.
 */
import { DecapError, DeserializeError, OpenError } from 'hpke';
import type { Bytes } from './bytes.ts';
import { bindingOf, checkContext, describeContext, type SealingContext } from './context.ts';
import { SealingError } from './errors.ts';
import { HPKE_INFO } from './seal-hpke.ts';
import type { HpkeKeyPair } from './hpke-key-pair.ts';
import { openingSuite } from './opening-suite.ts';
import { parseSealedHpke, SEALED_TEXT_VERSION, type SealedHpke } from './sealed-text.ts';
import { asUnsupported } from './suites.ts';

/** Throws what `parseSealedHpke` throws, `InvalidContext`, `UnknownKey` or `NotForThisObject`. */
export async function openHpke(pairs: readonly HpkeKeyPair[], context: SealingContext, text: string): Promise<Bytes> {
  return openParsedHpke(pairs, context, parseSealedHpke(text));
}

/** The same for a parsed text, for callers that also need its key id. */
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
    const plaintext = await openingSuite(suite).Open(pair.keys, enc, ciphertext, { info: HPKE_INFO, aad });
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

/** An encapsulated key that is no point, or gives the zero secret, is one more way in which the text was changed. */
function isAuthenticationFailure(error: unknown): boolean {
  return error instanceof OpenError || error instanceof DecapError || error instanceof DeserializeError;
}
