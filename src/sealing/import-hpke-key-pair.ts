/**
 * Imports an HPKE key pair once for all opening. In Node alone.
 *
 * Promise: an imported pair's private half cannot be exported, and its two halves belong together.
 */
import { equalBytes, type Bytes } from './bytes.ts';
import {
  checkLength,
  importHpkePublicKey,
  invalidKeyOnFailure,
  type HpkeKeyMaterial,
  type HpkeKeyPair,
} from './hpke-key-pair.ts';
import { openingSuite } from './opening-suite.ts';
import { cipherSuite, suiteParameters } from './suites.ts';

const PROBE: Bytes = Uint8Array.of(1, 2, 3, 4);

/** Throws `InvalidKey` when a half is no key, the halves are of two pairs, or the key id is another's. */
export async function importHpkeKeyPair(material: HpkeKeyMaterial): Promise<HpkeKeyPair> {
  const { suite, keyId, publicKey } = material;
  const opening = openingSuite(suite);
  const importedPublicKey = await importHpkePublicKey(material);
  checkLength(material.privateKey, suiteParameters(suite).privateKeyBytes, `private key of ${keyId}`);
  const keys = await invalidKeyOnFailure(suite, `The private key of ${keyId} is not a key of ${suite}`, async () => {
    return { publicKey: importedPublicKey, privateKey: await opening.DeserializePrivateKey(material.privateKey) };
  });
  // A private half of another pair imports without a complaint and would then open nothing: try it now.
  await invalidKeyOnFailure(suite, `The two halves of ${keyId} do not belong together`, async () => {
    const sealed = await cipherSuite(suite).Seal(keys.publicKey, PROBE);
    const opened = await opening.Open(keys, sealed.encapsulatedSecret, sealed.ciphertext);
    if (!equalBytes(opened, PROBE)) throw new Error('The probe came back different.');
  });
  return { suite, keyId, publicKey, keys };
}
