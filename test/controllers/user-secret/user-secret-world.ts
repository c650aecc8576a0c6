/**
 * Alice and the controller of secrets. A test plays everybody else: people, other controllers, the garbage collector, and
 * the controller of sealing keys.
 */
import type { Condition, UserSecretSpec, UserSecretStatus } from '../../../src/api/index.ts';
import { AccessReviews } from '../../../src/controllers/access-reviews.ts';
import { valuesInFlight } from '../../../src/controllers/byte-budget.ts';
import { secretType, userSecretType, type Secret } from '../../../src/controllers/resources.ts';
import { createUserSecretReconciler } from '../../../src/controllers/user-secret/reconciler.ts';
import { Sharing } from '../../../src/controllers/user-secret/sharing.ts';
import { Uses } from '../../../src/controllers/user-secret/uses.ts';
import { userSecretWakes } from '../../../src/controllers/user-secret/wake.ts';
import { pathOf, type KubeObject, type ObjectMeta, type ResourceType } from '../../../src/kernel/index.ts';
import {
  generateHpkeKeyPair,
  importHpkeKeyPair,
  newSealingKeyring,
  sealHpke,
  type HpkeKeyPair,
  type SealingKeyring,
} from '../../../src/sealing/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { settle } from '../../support/manual-clock.ts';

export const namespace = 'alice';
export const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64');

export interface FoundUserSecret {
  readonly metadata: ObjectMeta & { readonly uid: string };
  readonly spec: UserSecretSpec;
  readonly status: UserSecretStatus;
}

export class UserSecretWorld extends ControllerWorld {
  #keyring: SealingKeyring = newSealingKeyring({ hpke: [], rsa: [] });
  readonly #onKeys: (() => void)[] = [];
  readonly #pairs: HpkeKeyPair[] = [];
  readonly #opening = new Set<Promise<unknown>>();
  /** Sealed values that were opened since the start. */
  opened = 0;

  /** Starts the controller, as a new process that knows nothing. */
  async start(): Promise<void> {
    this.opened = 0;
    await this.startControllers((parts) => {
      const { watched, clock } = parts;
      const sharing = new Sharing(watched.secretGrants.store);
      const uses = new Uses(watched);
      const onSealingKeys = (listener: () => void): void => void this.#onKeys.push(listener);
      return [
        {
          name: 'user-secret',
          reconcile: createUserSecretReconciler({
            ...parts,
            sharing,
            uses,
            reviews: new AccessReviews(parts),
            budget: valuesInFlight(),
            keyring: () => this.#keyring,
            defaultKeep: 3,
            areAuthorsChecked: () => true,
          }),
          own: watched.userSecrets,
          startKeys: () => watched.userSecrets.store.keys(),
          wakes: userSecretWakes({ watched, sharing, uses, clock, onSealingKeys }),
        },
      ];
    });
    await this.rest();
  }

  /** What is due now is done. */
  async rest(): Promise<void> {
    await settle();
    // Sealed values are opened off the main thread, which takes as long as it takes.
    while (this.#opening.size > 0) {
      await Promise.allSettled(this.#opening);
      await settle();
    }
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.rest();
  }

  // People.

  /** Creates the UserSecret, or changes its spec as `kubectl replace` does. */
  async apply(name: string, spec: UserSecretSpec, metadata: Partial<ObjectMeta> = {}): Promise<FoundUserSecret> {
    const former = this.model.get(userSecretType, { namespace, name });
    const generation = (former?.metadata.generation ?? 0) + 1;
    this.model.put(userSecretType, {
      ...former,
      metadata: { creationTimestamp: this.now, ...former?.metadata, ...metadata, namespace, name, generation },
      spec,
    });
    await this.rest();
    return this.userSecret(name);
  }

  async annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    await this.patch(userSecretType, name, { metadata: { annotations } });
  }

  async patch(type: ResourceType, name: string, patch: unknown): Promise<void> {
    const answer = this.model.handle({
      method: 'PATCH',
      path: pathOf(type, { namespace, name }),
      query: {},
      body: patch,
    });
    if (!('status' in answer) || answer.status !== 200) throw new Error(`${name} could not be changed`);
    await this.rest();
  }

  /** A Secret that somebody else makes. */
  async makeSecret(name: string, data: Readonly<Record<string, string>>, rest: Partial<Secret> = {}): Promise<void> {
    this.model.put(secretType, {
      type: 'Opaque',
      ...rest,
      metadata: { ...rest.metadata, namespace, name },
      data: encoded(data),
    });
    await this.rest();
  }

  async remove(type: ResourceType, name: string): Promise<void> {
    this.model.remove(type, { namespace, name });
    await this.rest();
  }

  /** Takes what is owned by objects that are gone. */
  async collectGarbage(): Promise<void> {
    const uids = new Set(this.model.all(userSecretType).map(({ metadata }) => metadata.uid));
    for (const { metadata } of this.model.all(secretType)) {
      const owners = metadata.ownerReferences ?? [];
      if (owners.length > 0 && owners.every(({ uid }) => !uids.has(uid))) this.model.remove(secretType, metadata);
    }
    await this.rest();
  }

  // The controller of sealing keys.

  /** A new pair, which is the current one from now on. */
  async newSealingKey(): Promise<HpkeKeyPair> {
    const pair = await importHpkeKeyPair(await generateHpkeKeyPair());
    this.#pairs.push(pair);
    await this.#useKeys();
    return pair;
  }

  async loseSealingKey(lost: HpkeKeyPair): Promise<void> {
    this.#pairs.splice(this.#pairs.indexOf(lost), 1);
    await this.#useKeys();
  }

  async findSealingKey(found: HpkeKeyPair): Promise<void> {
    this.#pairs.unshift(found);
    await this.#useKeys();
  }

  /** The value sealed with the current pair, or another one. */
  async sealed(name: string, value: string, pair = this.#pairs.at(-1)): Promise<UserSecretSpec> {
    if (pair === undefined) throw new Error('there is no sealing key');
    return { sealed: { value: await sealHpke(pair, { namespace, name, key: name }, Buffer.from(value)) } };
  }

  // What is there.

  userSecret(name: string): FoundUserSecret {
    const found = this.model.get(userSecretType, { namespace, name });
    if (found === undefined) throw new Error(`there is no UserSecret ${name}`);
    return { status: {}, ...found } as unknown as FoundUserSecret;
  }

  status(name: string): UserSecretStatus {
    return this.userSecret(name).status;
  }

  condition(name: string, type = 'Ready'): Condition | undefined {
    return this.status(name).conditions?.find((condition) => condition.type === type);
  }

  /** As `True Synced`. */
  reason(name: string): string {
    const ready = this.condition(name);
    return ready === undefined ? '' : `${ready.status} ${ready.reason}`;
  }

  native(name: string): (Secret & KubeObject) | undefined {
    return this.model.get(secretType, { namespace, name });
  }

  /** Data of the native Secret, as text. */
  data(name: string): Readonly<Record<string, string>> | undefined {
    const data = this.native(name)?.data;
    return data === undefined ? undefined : decoded(data);
  }

  value(name: string, key = name): string | undefined {
    return this.data(name)?.[key];
  }

  /** Reasons of the events on that object, in order. */
  eventsOf(name: string): readonly string[] {
    return this.events
      .filter(({ regarding }) => regarding.name === name)
      .map(({ text }) => `${text.type} ${text.reason}`);
  }

  /** Writes since the start, as `POST secrets`. */
  get writes(): readonly string[] {
    return this.allWrites.map((write) => write.replace(`namespaces/${namespace}/`, ''));
  }

  async #useKeys(): Promise<void> {
    const inner = newSealingKeyring({
      hpke: this.#pairs.map((pair, index) => ({ pair, createdAt: new Date(index).toISOString() })),
      rsa: [],
    });
    this.#keyring = {
      ...inner,
      open: (...parameters) => {
        this.opened += 1;
        const opening = inner.open(...parameters).finally(() => this.#opening.delete(opening));
        this.#opening.add(opening);
        return opening;
      },
    };
    for (const tell of this.#onKeys) tell();
    await this.rest();
  }
}

function encoded(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)]));
}

function decoded(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]));
}
