/**
 * Keeps the sealing key pairs: makes new ones in time, holds all of them imported, and publishes the public halves.
 * Every replica loads them (each answers /v1/cert.pem); only the leader makes and publishes.
 * Writes: key Secrets (POST only; never changed, never deleted) and ConfigMap `neuro-sealing-keys`.
 */
import {
  FIELD_MANAGERS,
  LABEL_MANAGED_BY,
  LABEL_SEALING_KEY,
  MANAGED_BY,
  SEALING_KEYS_CONFIG_MAP,
} from '../../api/index.ts';
import {
  Informer,
  isKernelError,
  mergePatch,
  type Clock,
  type KubeClient,
  type ObjectKey,
  type ObjectRef,
  type Outcome,
  type ReconcileContext,
} from '../../kernel/index.ts';
import { formatPublicKeys, newSealingKeyring, type SealingKeyring } from '../../sealing/index.ts';
import { configMapType, secretType, type ConfigMap, type Secret } from '../resources.ts';
import type { ReflectorDefaults } from '../watched.ts';
import {
  importPair,
  newKeySecret,
  viewSealingKey,
  type ImportedPair,
  type SealingKeySecretView,
} from './key-secrets.ts';
import { NamedKeys } from './named-keys.ts';
import { planSealingKeys } from './plan.ts';

export interface SealingKeysOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly renewEveryMs: number;
  /** Key Secrets of sealed-secrets, for opening alone. */
  readonly sealedSecretsKeys?: readonly (ObjectRef & { readonly namespace: string })[];
  readonly clock: Clock;
  readonly isLeader: () => boolean;
  readonly defaults: ReflectorDefaults;
  /** A key Secret that cannot be used; the operator goes on with the others. */
  readonly onBadKey: (secretName: string, error: Error) => void;
}

/** The one key of this controller's queue. */
export const sealingKeysKey = 'sealing-keys';
/** How often a key Secret that the configuration names is looked for, while it is not there. */
const missingRetryMs = 60_000;

export class SealingKeys {
  readonly informer: Informer<Secret, SealingKeySecretView>;
  readonly #options: SealingKeysOptions;
  readonly #listeners: (() => void)[] = [];
  readonly #named: NamedKeys;
  /** By UID and resourceVersion of the Secret: a pair is imported once. Undefined: it cannot be used. */
  readonly #imported = new Map<string, ImportedPair | undefined>();
  #keyring: SealingKeyring = newSealingKeyring({ hpke: [], rsa: [] });
  #loaded = '';
  #certificatePem: string | undefined;

  constructor(options: SealingKeysOptions) {
    this.#options = options;
    const { client, onBadKey, sealedSecretsKeys: refs = [] } = options;
    this.#named = new NamedKeys({ client, refs, onBadKey });
    const { callbacks, ...shared } = options.defaults;
    this.informer = new Informer({
      ...shared,
      ...callbacks?.('secrets (sealing keys)'),
      client: options.client,
      type: secretType,
      namespace: options.namespace,
      labelSelector: LABEL_SEALING_KEY,
      project: viewSealingKey,
    });
  }

  get keyring(): SealingKeyring {
    return this.#keyring;
  }

  /** Key of the ConfigMap with the public halves. */
  get publishedKey(): ObjectKey {
    return `${this.#options.namespace}/${SEALING_KEYS_CONFIG_MAP}`;
  }

  /** The certificate that kubeseal seals for; undefined until the first pair is there. */
  get certificatePem(): string | undefined {
    return this.#certificatePem;
  }

  /** True when there is a pair to open what `neuro` seals. */
  get isReady(): boolean {
    return this.#keyring.publishedKeys.length > 0;
  }

  /** Called after the keyring changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Resolves when there is a pair to open what `neuro` seals. */
  whenReady(): Promise<void> {
    return this.isReady
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.onChange(() => {
            if (this.isReady) resolve();
          });
        });
  }

  /** For a replica that does not lead: every replica serves the certificate. */
  async loadAsStandby(signal: AbortSignal, log: { warn(fields: object, message: string): void }): Promise<void> {
    try {
      await this.load(signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ error }, 'loading the sealing keys failed, retrying at the next change');
    }
  }

  async reconcile(_key: string, { signal }: Pick<ReconcileContext, 'signal'>): Promise<Outcome> {
    const { clock, isLeader, renewEveryMs } = this.#options;
    await this.load(signal);
    if (!isLeader()) return 'done';
    for (;;) {
      // A pair that cannot be used is no reason to go without one.
      const usable = [...this.informer.store.values()].filter(
        (view) => this.#imported.get(identityOf(view)) !== undefined,
      );
      const plan = planSealingKeys(usable, renewEveryMs, clock.now());
      const [kind] = plan.due;
      if (kind === undefined) {
        await this.#publish(signal);
        const retryMs = this.#named.areMissing ? missingRetryMs : Infinity;
        const waitMs = Math.min(retryMs, (plan.nextMs ?? Infinity) - clock.now());
        return Number.isFinite(waitMs) ? { requeueAfterMs: waitMs } : 'done';
      }
      const secret = await newKeySecret(kind, this.#options.namespace, clock.now());
      await this.informer.create(secret, { fieldManager: FIELD_MANAGERS.sealingKey, signal });
      await this.load(signal);
      await this.#publish(signal);
    }
  }

  /** Imports what is new and makes the keyring anew where anything changed. */
  async load(signal: AbortSignal): Promise<void> {
    await this.#named.load(signal);
    // Keys may come while others are imported, and two loads may meet: the last word is that of the store.
    for (let state = this.#state(); state !== this.#loaded; state = this.#state()) {
      const pairs = await this.#importAll(signal);
      if (this.#state() !== state) continue;
      const hpke = pairs.flatMap(({ imported, createdAt }) =>
        imported.kind === 'hpke' ? [{ pair: imported.pair, createdAt }] : [],
      );
      const rsa = pairs.flatMap(({ imported, createdAt }) =>
        imported.kind === 'rsa' ? [{ pair: imported.pair, createdAt, certificatePem: imported.certificatePem }] : [],
      );
      this.#keyring = newSealingKeyring({ hpke, rsa, rsaForOpening: this.#named.pairs });
      // Of the pair that the keyring calls active: of two that are of one moment, the same on every replica.
      this.#certificatePem = rsa.find(({ pair }) => pair.keyId === this.#keyring.activeRsaKeyId)?.certificatePem;
      this.#loaded = state;
      for (const listener of this.#listeners) listener();
    }
  }

  /** What the keyring has to be made of, as text. */
  #state(): string {
    return [
      ...[...this.informer.store.values()]
        .filter((view) => view.isActive)
        .map((view) => `${identityOf(view)} ${String(view.createdMs)}`)
        .sort(),
      ...this.#named.pairs.map(({ keyId }) => keyId),
    ].join(' ');
  }

  async #importAll(
    signal: AbortSignal,
  ): Promise<readonly { readonly imported: ImportedPair; readonly createdAt: string }[]> {
    const views = [...this.informer.store.values()];
    const pairs = [];
    for (const view of views.filter(({ isActive }) => isActive)) {
      const imported = await this.#import(view, signal);
      if (imported !== undefined) pairs.push({ imported, createdAt: new Date(view.createdMs).toISOString() });
    }
    const known = new Set(views.map(identityOf));
    for (const identity of this.#imported.keys()) if (!known.has(identity)) this.#imported.delete(identity);
    return pairs;
  }

  async #import(view: SealingKeySecretView, signal: AbortSignal): Promise<ImportedPair | undefined> {
    const identity = identityOf(view);
    if (this.#imported.has(identity)) return this.#imported.get(identity);
    const secret = await this.informer.read(view.metadata, signal);
    if (secret === undefined) return undefined;
    let imported: ImportedPair | undefined;
    try {
      imported = await importPair(secret);
    } catch (error) {
      this.#options.onBadKey(view.metadata.name, error instanceof Error ? error : new Error(String(error)));
    }
    this.#imported.set(identity, imported);
    return imported;
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { client, namespace } = this.#options;
    const ref = { namespace, name: SEALING_KEYS_CONFIG_MAP };
    const options = { fieldManager: FIELD_MANAGERS.sealingKey, signal };
    const data = {
      'keys.json': formatPublicKeys(this.#keyring.publishedKeys),
      ...(this.#certificatePem === undefined ? {} : { 'cert.pem': this.#certificatePem }),
    };
    const existing = await client.get<ConfigMap>(configMapType, ref, { signal });
    const label = { [LABEL_MANAGED_BY]: MANAGED_BY };
    if (existing === undefined) {
      await client.create<ConfigMap>(configMapType, { metadata: { ...ref, labels: label }, data }, options);
      return;
    }
    // With the label, by which its changes are seen: people seal for what stands there.
    const { labels = {} } = existing.metadata;
    const patch = mergePatch(
      { metadata: { labels }, data: existing.data ?? {} },
      { metadata: { labels: { ...labels, ...label } }, data },
    );
    if (patch !== undefined) await client.patch(configMapType, ref, patch, options);
  }
}

/** Bytes; with a guessable key, hashes would tell values. */
const shortestFingerprintKey = 16;

/** The operator's own key for fingerprints: read, or made by whoever is first. */
export async function fingerprintKey(
  client: KubeClient,
  namespace: string,
  random: () => Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const ref = { namespace, name: 'neuro-operator-fingerprint-key' };
  for (;;) {
    const existing = await client.get(secretType, ref, { signal });
    const key = Buffer.from(existing?.data?.['key'] ?? '', 'base64');
    if (key.length >= shortestFingerprintKey) return key;
    if (existing !== undefined) {
      throw new TypeError(
        `the Secret ${namespace}/${ref.name} holds no 'key' of at least ${String(shortestFingerprintKey)} bytes: restore it, or delete it`,
      );
    }
    try {
      const data = { key: Buffer.from(random()).toString('base64') };
      const metadata = { ...ref, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } };
      await client.create<Secret>(
        secretType,
        { metadata, type: 'Opaque', data },
        { fieldManager: FIELD_MANAGERS.sealingKey, signal },
      );
    } catch (error) {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
    }
  }
}

function identityOf({ metadata }: SealingKeySecretView): string {
  return `${metadata.uid}/${metadata.resourceVersion}`;
}
