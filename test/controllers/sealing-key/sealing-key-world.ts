/** The operator's namespace and the controller of sealing keys. Pairs of RSA take seconds, so they are made once for all tests. */
import { parsePublicKeys } from '../../../src/sealing/index.ts';
import { newKeySecret } from '../../../src/controllers/sealing-key/key-secrets.ts';
import { createSealingKeyReconciler } from '../../../src/controllers/sealing-key/reconciler.ts';
import { SealingKeys } from '../../../src/controllers/sealing-key/sealing-keys.ts';
import { sealingKeysKey, sealingKeyWakes } from '../../../src/controllers/sealing-key/wake.ts';
import { configMapType, secretType, type ConfigMap, type Secret } from '../../../src/controllers/resources.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { settle } from '../../support/manual-clock.ts';
import { untilTrue } from '../../support/until.ts';

export const namespace = 'neuro-system';
const rsaPairs: Promise<Secret>[] = [];

/** The nth RSA pair of the tests, as a Secret. */
export function rsaSecret(index: number, nowMs: number): Promise<Secret> {
  rsaPairs[index] ??= newKeySecret('rsa', namespace, nowMs) as Promise<Secret>;
  return rsaPairs[index].then((secret) => ({
    ...secret,
    metadata: { ...secret.metadata, annotations: { 'neu.ro/created-at': new Date(nowMs).toISOString() } },
  }));
}

interface StartOptions {
  readonly renewEveryMs?: number;
  readonly sealedSecretsKeys?: readonly { readonly namespace: string; readonly name: string }[];
  /** False: a replica that stands by. */
  readonly leads?: boolean;
}

export class SealingKeyWorld extends ControllerWorld {
  readonly badKeys: string[] = [];
  keys!: SealingKeys;
  /** Times that the keyring changed. */
  changes = 0;
  #made = 0;
  #working = 0;

  async start({ renewEveryMs = 0, sealedSecretsKeys = [], leads = true }: StartOptions = {}): Promise<void> {
    this.changes = 0;
    await this.startControllers((parts) => {
      const sealingKeys = new SealingKeys({
        ...parts,
        namespace,
        sealedSecretsKeys,
        defaults: { clock: parts.clock },
        onBadKey: (name, error) => this.badKeys.push(`${name}: ${error.message}`),
        onError: () => undefined,
      });
      this.keys = sealingKeys;
      sealingKeys.onChange(() => (this.changes += 1));
      const reconcile = createSealingKeyReconciler({
        ...parts,
        sealingKeys,
        namespace,
        renewEveryMs,
        newSecret: (kind, where, nowMs) =>
          this.#counted(kind === 'rsa' ? rsaSecret((this.#made += 1) % 2, nowMs) : newKeySecret(kind, where, nowMs)),
      });
      return [
        {
          name: 'sealing-keys',
          reconcile: leads ? (key, context) => this.#counted(reconcile(key, context)) : () => Promise.resolve('done'),
          wakes: sealingKeyWakes({ sealingKeys, watched: parts.watched, namespace }),
          startKeys: () => [sealingKeysKey],
          watch: sealingKeys.informer.reflector,
          beside: (signal) => sealingKeys.follow(signal),
        },
      ];
    });
    await this.rest();
  }

  /** Keys are made and imported off the main thread, which takes as long as it takes. */
  async rest(): Promise<void> {
    const rests = (): boolean => this.#working === 0 && this.keys.isLoaded;
    do {
      await settle();
      await untilTrue(rests, 'all keys are made and imported');
      await settle();
    } while (!rests());
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.rest();
  }

  get secrets(): readonly (Secret & { readonly metadata: { readonly uid?: string } })[] {
    return this.model.all(secretType).filter(({ metadata }) => metadata.namespace === namespace);
  }

  get published(): ConfigMap | undefined {
    return this.model.get(configMapType, { namespace, name: 'neuro-sealing-keys' });
  }

  async publishedIds(): Promise<readonly string[]> {
    return (await parsePublicKeys(this.published?.data?.['keys.json'] ?? '')).map(
      ({ keyId, active }) => `${keyId}${active ? ' active' : ''}`,
    );
  }

  async #counted<T>(work: Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
    }
  }
}
