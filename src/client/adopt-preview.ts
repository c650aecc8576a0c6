/** What an adoption would save: the keys of a native Secret, each as a secret that follows it. The rules are those of `neuro secret adopt`. Pure. */
import {
  calledName,
  effectiveKey,
  FORMER_VALUE_TYPE,
  isConditionTrue,
  isTlsPart,
  keyProblem,
  NEXT_VALUE_TYPE,
  objectNameForKey,
  TLS_KEY,
  TLS_TYPE,
  type UserSecret,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { Wording } from './wording.ts';

/** A native Secret without its values. */
export interface NativeKeys {
  readonly name: string;
  readonly type: string;
  readonly keys: readonly string[];
  /** Keys without a value. */
  readonly empty: readonly string[];
  /** The UserSecret that it belongs to. */
  readonly owner?: string;
}

export interface AdoptRow {
  readonly line: number;
  /** The key in the native Secret; undefined for its certificate pair. */
  readonly key?: string;
  /** What people will call the secret. */
  readonly called: string;
  /** Why it cannot be adopted, without a full stop. */
  readonly problem?: string;
  /** `metadata.name` of the secret of that key, which would follow the native Secret instead of what it has. */
  readonly former?: string;
}

export interface AdoptPreview {
  readonly rows: readonly AdoptRow[];
  /** Why nothing of it can be adopted, without a full stop. */
  readonly refusal?: string;
}

export const adoptWords = {
  held: (secret: string) => `it holds the value of your secret '${secret}', so it is there already`,
  next: 'it is a value that the operator keeps for a secret',
  former: 'it is a former value that the operator keeps of a secret',
  ofTheCluster: (type: string) => `its type ${type} is for credentials of the cluster itself`,
  nothing: 'there is no value in it',
  empty: 'the value is empty; a secret holds at least one byte',
  badKey: (key: string) => keyProblem(key)?.replace(/\.$/, '') ?? '',
  other: (name: string) => `there is a secret '${name}' of another key or type; remove that one first`,
  namesake: (name: string, key: string) => `it would have the name '${name}', which the secret '${key}' has`,
} as const;
type AdoptWords = Wording<typeof adoptWords>;

/** Credentials of the cluster itself, which are nobody's own. */
const ofTheCluster = /^(kubernetes\.io\/service-account-token|bootstrap\.kubernetes\.io\/token|helm\.sh\/)/;

/** `prefix` is put before each key, or before the name of a pair. `existing`: the secrets of the namespace. */
export function previewAdopt(
  native: NativeKeys,
  existing: readonly UserSecret[],
  prefix = '',
  words: AdoptWords = adoptWords,
): AdoptPreview {
  const refusal = refusalOf(native, words);
  if (refusal !== undefined) return { rows: [], refusal };
  const has = (part: string): boolean => native.keys.includes(part) && !native.empty.includes(part);
  // Both keys of a certificate are one secret, so that they are always of the same renewal.
  const isPair = native.type === TLS_TYPE && has('tls.crt') && has('tls.key');
  const keys = isPair ? [undefined, ...native.keys.filter((key) => !isTlsPart(key))] : native.keys;
  return {
    rows: keys.map((key, index) => {
      const called = `${prefix}${key ?? native.name}`;
      const fate =
        key !== undefined && native.empty.includes(key)
          ? { problem: words.empty }
          : fateOf(called, key === undefined, existing, words);
      return { line: index + 1, called, ...defined({ key }), ...fate };
    }),
  };
}

function refusalOf({ type, keys, owner }: NativeKeys, words: AdoptWords): string | undefined {
  if (owner !== undefined) return words.held(owner);
  if (type === NEXT_VALUE_TYPE) return words.next;
  if (type === FORMER_VALUE_TYPE) return words.former;
  if (ofTheCluster.test(type)) return words.ofTheCluster(type);
  return keys.length === 0 ? words.nothing : undefined;
}

function fateOf(
  called: string,
  isPair: boolean,
  existing: readonly UserSecret[],
  words: AdoptWords,
): Pick<AdoptRow, 'problem' | 'former'> {
  if (keyProblem(called) !== undefined) return { problem: words.badKey(called) };
  const name = objectNameForKey(called);
  const same = existing.filter((secret) => (isPair ? secret.metadata.name === name : calledName(secret) === called));
  // Several can have one key. The one that is ready has it.
  const former = same.find(({ status }) => isConditionTrue(status?.conditions, 'Ready')) ?? same[0];
  if (former === undefined) {
    const namesake = existing.find(({ metadata }) => metadata.name === name);
    return namesake === undefined ? {} : { problem: words.namesake(name, effectiveKey(namesake)) };
  }
  const isSame =
    effectiveKey(former) === (isPair ? TLS_KEY : called) &&
    (former.spec.type ?? 'Opaque') === (isPair ? TLS_TYPE : 'Opaque');
  return isSame ? { former: former.metadata.name } : { problem: words.other(former.metadata.name) };
}
