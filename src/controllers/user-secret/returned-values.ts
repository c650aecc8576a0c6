/**
 * Generated values of native Secrets that came back from a dump with the owner reference of a former UserSecret. The garbage collector
 * deletes such a Secret within milliseconds, often before it can be taken over, and often before its UserSecret comes back.
 *
 * Promises: the value is held from its arrival until it is written again, for `heldMs` at most, and only where the operator itself made
 * its version: that is a keyed hash. Both limits of bytes hold.
 * Not promised: values of Secrets that came and went while no operator watched. Their UserSecrets report `ValueLost`.
 */
import {
  ANNOTATION_GENERATED_AT,
  ANNOTATION_OWNER_UID,
  ANNOTATION_VERSION,
  API_VERSION,
  KINDS,
  ownValue,
} from '../../api/index.ts';
import { keyOf, type Clock, type KubeObject, type ObjectKey } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { controllerOf } from '../ownership.ts';
import type { Secret } from '../resources.ts';
import { nativeKeyOf, type UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import { companionKeys, generatedFor, wantsFormerValue } from './native.ts';

/** A restore that somebody watches; a Secret that is applied again later is held again. */
export const heldMs = 600_000;
/** Bytes of one Secret: a generated value has some 100, an SSH key pair some 2,000 with its former one. */
const mostBytes = 8_192;
/** Bytes for one namespace: some 1,000 passwords. */
export const mostBytesOfNamespace = 128 * 1024;
/** Bytes in all. */
const mostBytesOfAll = 8 * 1024 * 1024;

export interface ReturnedValue {
  /** Values by key, in base64. */
  readonly data: Readonly<Record<string, string>>;
  /** The annotations of the Secret that came back. */
  readonly annotations: Readonly<Record<string, string>>;
}

interface Held extends ReturnedValue {
  readonly namespace: string;
  readonly formerUid: string;
  readonly bytes: number;
  /** Stops the timer. */
  readonly cancel: () => void;
}

interface ReturnedValuesOptions {
  readonly watched: Pick<Watched, 'userSecrets' | 'secrets'>;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
}

export class ReturnedValues {
  readonly #options: ReturnedValuesOptions;
  /** Values by the key of the native Secret. */
  readonly #held = new Map<ObjectKey, Held>();
  readonly #bytesOf = new Map<string, number>();
  #bytes = 0;

  constructor(options: ReturnedValuesOptions) {
    this.#options = options;
    options.watched.secrets.onSeen((secret) => this.#see(secret));
  }

  /** The value that the UserSecret waits for, if it came back. */
  of(userSecret: UserSecretView): ReturnedValue | undefined {
    if (userSecret.sourceKind !== 'generate' || !wantsFormerValue(userSecret)) return undefined;
    const held = this.#held.get(nativeKeyOf(userSecret));
    if (held === undefined || held.formerUid !== generatedFor(userSecret)?.uid) return undefined;
    const base64 = ownValue(held.data, userSecret.key);
    if (base64 === undefined || !this.#isOurs(held, base64)) return undefined;
    const names = [userSecret.key, ...companionKeys(userSecret)];
    const data = Object.fromEntries(Object.entries(held.data).filter(([name]) => names.includes(name)));
    return { data, annotations: held.annotations };
  }

  /** It is written again, or its UserSecret is gone. */
  forget(userSecret: UserSecretView): void {
    this.#drop(nativeKeyOf(userSecret));
  }

  #see(secret: Secret & KubeObject): void {
    const { metadata, data = {} } = secret;
    const { annotations = {}, namespace = '' } = metadata;
    const formerUid = annotations[ANNOTATION_OWNER_UID];
    const key = keyOf(metadata);
    if (annotations[ANNOTATION_GENERATED_AT] === undefined || !this.#isArrival(secret, formerUid)) return;
    const bytes = JSON.stringify([data, annotations]).length;
    if (bytes > mostBytes || formerUid === undefined) return;
    const found = { data, annotations, formerUid };
    if (!Object.values(data).some((base64) => this.#isOurs(found, base64))) return;
    this.#drop(key);
    const ofNamespace = (this.#bytesOf.get(namespace) ?? 0) + bytes;
    if (ofNamespace > mostBytesOfNamespace || this.#bytes + bytes > mostBytesOfAll) return;
    this.#bytesOf.set(namespace, ofNamespace);
    this.#bytes += bytes;
    const cancel = this.#options.clock.schedule(() => this.#drop(key), heldMs);
    this.#held.set(key, { ...found, namespace, bytes, cancel });
  }

  /** It was not there before, and belongs to a UserSecret that is not there. */
  #isArrival({ metadata }: Secret & KubeObject, formerUid: string | undefined): boolean {
    const { secrets, userSecrets } = this.#options.watched;
    const owner = controllerOf(metadata);
    if (owner?.apiVersion !== API_VERSION || owner.kind !== KINDS.UserSecret.kind || owner.uid !== formerUid)
      return false;
    // Until all UserSecrets are known, every one would look like a former one.
    if (!userSecrets.reflector.hasSynced || secrets.store.get(keyOf(metadata))?.metadata.uid === metadata.uid)
      return false;
    return userSecrets.store.get(keyOf({ ...metadata, name: owner.name }))?.metadata.uid !== owner.uid;
  }

  #isOurs({ formerUid, annotations }: Pick<Held, 'formerUid' | 'annotations'>, base64: string): boolean {
    return this.#options.fingerprint.version(formerUid, base64) === annotations[ANNOTATION_VERSION];
  }

  #drop(key: ObjectKey): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.cancel();
    this.#held.delete(key);
    this.#bytes -= held.bytes;
    const left = (this.#bytesOf.get(held.namespace) ?? 0) - held.bytes;
    if (left > 0) this.#bytesOf.set(held.namespace, left);
    else this.#bytesOf.delete(held.namespace);
  }
}
