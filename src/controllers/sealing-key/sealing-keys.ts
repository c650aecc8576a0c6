/**
 * All sealing key pairs of the operator, imported once, and the keyring of them.
 *
 * Promises: `follow` keeps the keyring at what the Secrets hold, on every replica, so that each serves the certificate and opens
 * values as soon as it leads; a Secret that cannot be used is passed over and reported once. It is tried again now and then, because
 * WebCrypto gives a failure that passes the same error as a damaged key. An import that fails for a reason that is known to be another than
 * the Secret itself is tried again soon. Meanwhile the other pairs are used.
 */
import { LABEL_SEALING_KEY } from '../../api/index.ts';
import {
  backoffDelayMs,
  Informer,
  isAborted,
  pause,
  whenAborted,
  type Clock,
  type KubeClient,
  type ObjectRef,
} from '../../kernel/index.ts';
import { newSealingKeyring, SealingError, type Dated, type SealingKeyring } from '../../sealing/index.ts';
import { isAhead } from '../clock-ahead.ts';
import { secretType, type Secret } from '../resources.ts';
import type { ReflectorDefaults } from '../watched.ts';
import { importPair, viewSealingKey, type ImportedPair, type SealingKeySecretView } from './key-secrets.ts';
import { NamedKeys } from './named-keys.ts';

interface SealingKeysOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Key Secrets of sealed-secrets, for opening alone. */
  readonly sealedSecretsKeys?: readonly (ObjectRef & { readonly namespace: string })[];
  readonly clock: Clock;
  /** The later of the clocks of this machine and of the API server, in epoch milliseconds. */
  readonly latestNow: () => number;
  readonly defaults: ReflectorDefaults;
  /** A key Secret that cannot be used; the operator goes on with the others. */
  readonly onBadKey: (secretName: string, error: Error) => void;
  /** Loading failed; it is retried. */
  readonly onError: (error: unknown) => void;
}

interface Imported {
  readonly resourceVersion: string;
  /** Undefined: no pair of the Secret can be used. */
  readonly pair: ImportedPair | undefined;
  /** Why not. */
  readonly problem?: string;
}

interface ImportedPairs {
  readonly pairs: readonly (Omit<Dated<never>, 'pair'> & {
    readonly imported: ImportedPair;
    /** UID and resourceVersion of the Secret that was imported. */
    readonly version: string;
  })[];
  /** The first import that failed for another reason than its Secret. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** How often a key Secret is tried again that cannot be used, or that the configuration names and that is not there. */
const unusableRetryMs = 60_000;
const backoff = { baseMs: 500, limitMs: 30_000 } as const;

export class SealingKeys {
  readonly informer: Informer<Secret, SealingKeySecretView>;
  readonly #options: SealingKeysOptions;
  readonly #listeners = new Set<() => void>();
  readonly #named: NamedKeys;
  /** By UID of the Secret: each version is imported once, unless it cannot be used. */
  readonly #imported = new Map<string, Imported>();
  #keyring: SealingKeyring = newSealingKeyring({ hpke: [], rsa: [] });
  /** What the Secrets held when all of them were last imported, as text. */
  #loaded = '';
  /** What the keyring was made of, as text. */
  #used = '';
  #loading: Promise<void> | undefined;
  #certificatePem: string | undefined;
  /** Ends the wait of `follow`. */
  #wake = (): void => undefined;

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
    this.informer.store.onChange(() => this.#wake());
  }

  get keyring(): SealingKeyring {
    return this.#keyring;
  }

  /** The certificate that kubeseal seals for; undefined until the first pair is there. */
  get certificatePem(): string | undefined {
    return this.#certificatePem;
  }

  /** Pairs that are in use and can be used. */
  get usable(): readonly SealingKeySecretView[] {
    return [...this.informer.store.values()].filter(
      ({ metadata }) => this.#imported.get(metadata.uid)?.pair !== undefined,
    );
  }

  /** Whether the keyring is made of what the Secrets hold now. */
  get isLoaded(): boolean {
    return this.#state() === this.#loaded;
  }

  /** Called after the keyring changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves when there is a pair to open what `neuro` seals. */
  whenReady(): Promise<void> {
    const isReady = (): boolean => this.#keyring.publishedKeys.length > 0;
    if (isReady()) return Promise.resolve();
    return new Promise((resolve) => {
      const resolveOnce = (): void => {
        if (!isReady()) return;
        this.#listeners.delete(resolveOnce);
        resolve();
      };
      this.onChange(resolveOnce);
    });
  }

  /** Loads keys as they come, until the signal is aborted. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !isAborted(signal);) {
      try {
        await this.load(signal);
        attempt = 0;
        await this.#untilChanged(signal);
      } catch (error) {
        if (isAborted(signal)) return;
        this.#options.onError(error);
        await this.#pause(backoffDelayMs(backoff, attempt, Math.random), signal);
        attempt += 1;
      }
    }
  }

  /** Imports what is new and makes another keyring where anything changed. Calls at the same time share one load. */
  load(signal: AbortSignal): Promise<void> {
    this.#loading ??= this.#load(signal).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(signal: AbortSignal): Promise<void> {
    await this.#named.load(signal);
    if (await this.#retryUnusable(signal)) this.#loaded = '';
    // Keys may come while others are imported: the last word is that of the store.
    for (let state = this.#state(); state !== this.#loaded; state = this.#state()) {
      const { pairs, failure } = await this.#importAll(signal);
      if (this.#state() !== state) continue;
      if (failure === undefined) this.#loaded = state;
      const used = [...pairs.map(({ version }) => version), ...this.#named.pairs.map(({ keyId }) => keyId)].join(' ');
      // Another attempt that fails like the former one changes nothing.
      if (failure === undefined || used !== this.#used) this.#use(pairs);
      this.#used = used;
      if (failure !== undefined) throw failure.error;
    }
  }

  #use(pairs: ImportedPairs['pairs']): void {
    const hpke = pairs.flatMap(({ imported, version: _, ...dated }) =>
      imported.kind === 'hpke' ? [{ pair: imported.pair, ...dated }] : [],
    );
    const rsa = pairs.flatMap(({ imported, version: _, ...dated }) =>
      imported.kind === 'rsa' ? [{ pair: imported.pair, ...dated, certificatePem: imported.certificatePem }] : [],
    );
    this.#keyring = newSealingKeyring({ hpke, rsa, rsaForOpening: this.#named.pairs });
    // The certificate is that of the pair that the keyring calls active, so it is the same on every replica.
    this.#certificatePem = rsa.find(({ pair }) => pair.keyId === this.#keyring.activeRsaKeyId)?.certificatePem;
    for (const listener of this.#listeners) listener();
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

  async #importAll(signal: AbortSignal): Promise<ImportedPairs> {
    const views = [...this.informer.store.values()].filter(({ isActive }) => isActive);
    const pairs = [];
    let failure: ImportedPairs['failure'];
    for (const view of views) {
      const secret = await this.#readNew(view, signal);
      try {
        if (secret !== undefined) await this.#import(secret, view);
      } catch (error) {
        // A pair of an older version of the Secret is used until the import succeeds.
        failure ??= { error };
      }
      const { pair: imported, resourceVersion = '' } = this.#imported.get(view.metadata.uid) ?? {};
      if (imported === undefined) continue;
      const isOfWrongClock = isAhead(view.createdMs, this.#options.latestNow());
      const version = `${view.metadata.uid}/${resourceVersion}`;
      pairs.push({ imported, version, createdAt: new Date(view.createdMs).toISOString(), isOfWrongClock });
    }
    const uids = new Set(views.map(({ metadata }) => metadata.uid));
    for (const uid of this.#imported.keys()) if (!uids.has(uid)) this.#imported.delete(uid);
    return { pairs, failure };
  }

  /** Undefined where this version is imported already, or the Secret is gone. */
  #readNew({ metadata }: SealingKeySecretView, signal: AbortSignal): Promise<Secret | undefined> {
    const isImported = this.#imported.get(metadata.uid)?.resourceVersion === metadata.resourceVersion;
    return isImported ? Promise.resolve(undefined) : this.informer.read(metadata, signal);
  }

  /** Whether a Secret can be used now that could not be used before. */
  async #retryUnusable(signal: AbortSignal): Promise<boolean> {
    let canBeUsed = false;
    for (const view of this.informer.store.values()) {
      if (!view.isActive || !this.#isUnusable(view)) continue;
      try {
        const secret = await this.informer.read(view.metadata, signal);
        if (secret !== undefined) await this.#import(secret, view);
      } catch {
        // It stays as it was until the next try, and keeps no other Secret from being imported.
        continue;
      }
      canBeUsed ||= !this.#isUnusable(view);
    }
    return canBeUsed;
  }

  #isUnusable({ metadata }: SealingKeySecretView): boolean {
    const imported = this.#imported.get(metadata.uid);
    return imported?.resourceVersion === metadata.resourceVersion && imported.pair === undefined;
  }

  async #import(secret: Secret, { metadata }: SealingKeySecretView): Promise<void> {
    const { uid, name, resourceVersion } = metadata;
    try {
      this.#imported.set(uid, { resourceVersion, pair: await importPair(secret) });
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      const { message } = error;
      const former = this.#imported.get(uid);
      if (former?.resourceVersion !== resourceVersion || former.problem !== message)
        this.#options.onBadKey(name, error);
      this.#imported.set(uid, { resourceVersion, pair: undefined, problem: message });
    }
  }

  /** Resolves when there may be something to load. */
  #untilChanged(signal: AbortSignal): Promise<void> {
    if (!this.isLoaded) return Promise.resolve();
    const isIncomplete =
      this.#named.areMissing ||
      [...this.informer.store.values()].some((view) => view.isActive && this.#isUnusable(view));
    return this.#pause(isIncomplete ? unusableRetryMs : undefined, signal);
  }

  /** Resolves at the next change of a key Secret, after `delayMs`, or when the signal is aborted. */
  async #pause(delayMs: number | undefined, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const changed = new Promise<void>((resolve) => (this.#wake = resolve));
    const either = AbortSignal.any([signal, over.signal]);
    const { clock } = this.#options;
    const due = delayMs === undefined ? whenAborted(either) : pause(delayMs, { clock, signal: either });
    await Promise.race([changed, due]);
    over.abort();
  }
}

function identityOf({ metadata }: SealingKeySecretView): string {
  return `${metadata.uid}/${metadata.resourceVersion}`;
}
