/**
 * The door of the sealing layer. Signatures first; each moves to a file of its own as it is built.
 * Runs in Node and in browsers alike: Web Crypto only. Knows no Kubernetes.
 */

/** What a sealed value is bound to: the UserSecret's namespace, `metadata.name` and `spec.key`. */
export interface SealingContext {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

export type SealingSuite = 'mlkem768-x25519' | 'x25519';
export type SealingScope = 'strict' | 'namespace-wide' | 'cluster-wide';
export type SealingErrorCode =
  | 'Malformed' // not of the format at all
  | 'UnsupportedVersion'
  | 'UnsupportedSuite' // unknown here, or this runtime lacks its algorithms
  | 'UnknownKey' // sealed for a key pair that is not in the keyring
  | 'NotForThisObject' // authentication failed: flipped bit, or another namespace, name, key or scope
  | 'Empty'
  | 'TooLarge'
  | 'InvalidContext' // namespace, name or key missing, too long, or not to be had in Kubernetes
  | 'InvalidKey'; // a public key, key pair, certificate or key document that cannot be used

/** A public half as the clients get it; plain data. `publicKey` is the KEM's raw encoding. */
export interface SealingPublicKey {
  readonly suite: SealingSuite;
  readonly keyId: string;
  readonly publicKey: Uint8Array;
}

/** One line of the public key document: what ConfigMap `neuro-sealing-keys` lists. */
export interface PublishedKey extends SealingPublicKey {
  readonly createdAt: string;
  readonly active: boolean;
}

/** Plain bytes of a pair, to be kept in a Secret (`formatHpkeKeyPair`, `parseHpkeKeyPair`). */
export interface HpkeKeyMaterial extends SealingPublicKey {
  readonly privateKey: Uint8Array;
}

/** An imported pair; its private half cannot be exported. Import once, use for every value. */
export interface HpkeKeyPair extends SealingPublicKey {
  readonly handle: unknown;
}

/** `tls.key` is PEM: PKCS#1 is written, PKCS#1 and PKCS#8 are read. */
export interface RsaKeyMaterial {
  readonly keyId: string;
  readonly bits: number;
  readonly privateKeyPem: string;
}
export interface RsaPublicKey {
  readonly keyId: string;
  readonly bits: number;
  readonly publicKey: CryptoKey;
}
export interface RsaKeyPair extends RsaPublicKey {
  readonly privateKey: CryptoKey;
}
export interface SealingCertificate extends RsaPublicKey {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface OpenedValue {
  readonly plaintext: Uint8Array;
  readonly keyId: string;
  /** Sealed with a pair that is not the newest of its suite: worth resealing. */
  readonly isOldKey: boolean;
}
/** Mirrors `spec.sealed`. */
export interface SealedValue {
  readonly format: 'hpke' | 'kubeseal';
  readonly value: string;
  readonly scope?: SealingScope;
}
export interface SealingKeyring {
  open(sealed: SealedValue, context: SealingContext, options?: { preferredKeyId?: string }): Promise<OpenedValue>;
  /** Public halves of the HPKE pairs, newest first, for the key document. */
  publishedKeys(): readonly PublishedKey[];
}

export interface SealingFunctions {
  sealHpke(publicKey: SealingPublicKey, context: SealingContext, plaintext: Uint8Array): Promise<string>;
  openHpke(pairs: readonly HpkeKeyPair[], context: SealingContext, text: string): Promise<Uint8Array>;
  parseSealedHpke(text: string): {
    suite: SealingSuite;
    keyId: string;
    enc: Uint8Array<ArrayBuffer>;
    ciphertext: Uint8Array<ArrayBuffer>;
  };
  generateHpkeKeyPair(suite?: SealingSuite): Promise<HpkeKeyMaterial>;
  importHpkeKeyPair(material: HpkeKeyMaterial): Promise<HpkeKeyPair>;
  formatHpkeKeyPair(material: HpkeKeyMaterial): string;
  parseHpkeKeyPair(text: string): HpkeKeyMaterial;

  sealKubeseal(
    publicKey: RsaPublicKey,
    scope: SealingScope,
    context: SealingContext,
    plaintext: Uint8Array,
  ): Promise<string>;
  openKubeseal(
    pairs: readonly RsaKeyPair[],
    scope: SealingScope,
    context: SealingContext,
    base64: string,
    options?: { preferredKeyId?: string },
  ): Promise<{ plaintext: Uint8Array; keyId: string }>;
  generateRsaKeyPair(bits?: number): Promise<RsaKeyMaterial>;
  importRsaKeyPair(privateKeyPem: string): Promise<RsaKeyPair>;
  selfSignedCertificate(material: RsaKeyMaterial, options: { notBefore: Date; notAfter: Date }): Promise<string>;
  parseCertificatePem(pem: string): Promise<SealingCertificate>;

  formatPublicKeys(keys: readonly PublishedKey[]): string;
  parsePublicKeys(text: string): Promise<readonly PublishedKey[]>;
  /** The active key that this runtime can seal with, the default suite first. */
  chooseSealingKey(keys: readonly PublishedKey[]): PublishedKey;

  newSealingKeyring(pairs: {
    readonly hpke: readonly { readonly pair: HpkeKeyPair; readonly createdAt: string }[];
    readonly rsa: readonly { readonly pair: RsaKeyPair; readonly createdAt: string }[];
  }): SealingKeyring;
}
