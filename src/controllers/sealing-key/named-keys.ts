/**
 * Key Secrets of sealed-secrets that the operator's configuration names: read where they are, and used for opening alone,
 * so that what was sealed before a migration goes on working while new values are sealed for our own keys.
 *
 * Nothing is watched: each is read until it can be used, and then no more. A renewed pair has another name, which must be added. One that
 * cannot be used does not keep the others from being used.
 */
import { asError, isKernelError, keyOf, type KubeClient, type ObjectRef } from '../../kernel/index.ts';
import { SealingError, type RsaKeyPair } from '../../sealing/index.ts';
import { secretType, type Secret } from '../resources.ts';
import { importPair } from './key-secrets.ts';

/** Sealed-secrets' own label; any value but "active" means that its owner takes the key out of use. */
const sealedSecretsLabel = 'sealedsecrets.bitnami.com/sealed-secrets-key';

interface NamedKeysOptions {
  readonly client: KubeClient;
  readonly refs: readonly (ObjectRef & { readonly namespace: string })[];
  /** Called once for each reason why a Secret cannot be used, also because it does not exist yet. */
  readonly onBadKey: (secretName: string, error: Error) => void;
}

export class NamedKeys {
  readonly #options: NamedKeysOptions;
  /** Pairs by `namespace/name` of their Secret. */
  readonly #pairs = new Map<string, RsaKeyPair>();
  /** The last reason why one cannot be used, by `namespace/name`. */
  readonly #problems = new Map<string, string>();

  constructor(options: NamedKeysOptions) {
    this.#options = options;
  }

  get pairs(): readonly RsaKeyPair[] {
    return [...this.#pairs.values()];
  }

  /** True while one that is named is not there, or cannot be used. */
  get areMissing(): boolean {
    return this.#pairs.size < this.#options.refs.length;
  }

  async load(signal: AbortSignal): Promise<void> {
    for (const ref of this.#options.refs) {
      const key = keyOf(ref);
      if (this.#pairs.has(key)) continue;
      const secret = await this.#options.client.get<Secret>(secretType, ref, { signal }).catch((error: unknown) => {
        if (isKernelError(error, 'Forbidden')) return error;
        throw error;
      });
      if (secret === undefined) this.#report(key, new SealingError('InvalidKey', `The Secret ${key} is not there.`));
      else if (secret instanceof Error) this.#report(key, secret);
      else await this.#import(secret, key);
    }
  }

  async #import(secret: Secret, key: string): Promise<void> {
    try {
      this.#pairs.set(key, await usablePair(secret, key));
    } catch (error) {
      this.#report(key, asError(error));
    }
  }

  #report(key: string, error: Error): void {
    if (this.#problems.get(key) !== error.message) this.#options.onBadKey(key, error);
    this.#problems.set(key, error.message);
  }
}

async function usablePair(secret: Secret, key: string): Promise<RsaKeyPair> {
  const state = secret.metadata.labels?.[sealedSecretsLabel] ?? 'active';
  if (state !== 'active') throw new SealingError('InvalidKey', `The Secret ${key} is out of use: its label says so.`);
  const imported = await importPair(secret);
  if (imported.kind === 'rsa') return imported.pair;
  throw new SealingError(
    'InvalidKey',
    `The Secret ${key} is not of type kubernetes.io/tls, as sealed-secrets' keys are.`,
  );
}
