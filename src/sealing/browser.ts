/** What a browser seals with: HPKE and the document of public keys, by Web Crypto alone. RSA keys and certificates need Node. */
export type { SealingContext } from './context.ts';
export { sealHpke } from './seal-hpke.ts';
export { chooseSealingKey, parsePublicKeys } from './public-keys.ts';
export type { PublishedKey } from './public-keys.ts';
export { recoveryRecipients } from './recovery-recipients.ts';
export { DEFAULT_SEALING_SUITE, isSuiteSupported } from './suites.ts';
