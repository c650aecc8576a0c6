/**
 * The public interface of the sealing layer: HPKE and kubeseal formats, key pairs, certificates, the public key document.
 *
 * Knows no Kubernetes. A browser imports `browser.ts` instead, which needs nothing of Node. The formats: docs/sealing.md.
 */
export { selfSignedCertificate, parseCertificatePem } from './certificate.ts';
export type { CertificateOptions, SealingCertificate } from './certificate.ts';
export { checkContext, checkValueLength, MAX_VALUE_BYTES } from './context.ts';
export type { SealingContext, SealingScope } from './context.ts';
export { SealingError } from './errors.ts';
export type { SealingErrorCode } from './errors.ts';
export { sealHpke } from './seal-hpke.ts';
export type { SealHpkeOptions } from './seal-hpke.ts';
export { deriveHpkeKeyPair, formatHpkeKeyPair, generateHpkeKeyPair, parseHpkeKeyPair } from './hpke-key-pair.ts';
export type { HpkeKeyMaterial, HpkeKeyPair, SealingPublicKey } from './hpke-key-pair.ts';
export { importHpkeKeyPair } from './import-hpke-key-pair.ts';
export { isKeyId } from './key-id.ts';
export { newSealingKeyring } from './keyring.ts';
export type { Dated, OpenedValue, SealedValue, SealingKeyring } from './keyring.ts';
export { openKubeseal, sealKubeseal } from './kubeseal.ts';
export type { OpenedKubeseal, OpenKubesealOptions } from './kubeseal.ts';
export { openHpke } from './open-hpke.ts';
export { chooseSealingKey, formatPublicKeys, parsePublicKeys } from './public-keys.ts';
export type { PublishedKey } from './public-keys.ts';
export { MAX_RECOVERY_RECIPIENTS, recoveryRecipients, retiredRecipients } from './recovery-recipients.ts';
export { DEFAULT_RSA_BITS, generateRsaKeyPair, importRsaKeyPair } from './rsa-key-pair.ts';
export type { RsaKeyMaterial, RsaKeyPair, RsaPublicKey } from './rsa-key-pair.ts';
export { parseSealedHpke } from './sealed-text.ts';
export type { SealedHpke } from './sealed-text.ts';
export { DEFAULT_SEALING_SUITE, isSealingSuite, isSuiteSupported, SEALING_SUITES } from './suites.ts';
export type { SealingSuite } from './suites.ts';
