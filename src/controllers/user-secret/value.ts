/** Gets the value that a UserSecret names from its source. A {@link ValueError} says why it is not available. */
import {
  LABEL_MANAGED_BY,
  MANAGED_BY,
  ownValue,
  TLS_TYPE,
  type SourceKind,
  type UserSecretReason,
  type UserSecretSpec,
  keyWord,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { SecretValue, type ObjectRef } from '../../kernel/index.ts';
import { SealingError, type SealingErrorCode, type SealingKeyring } from '../../sealing/index.ts';
import type { ConfigMap, Secret } from '../resources.ts';
import type { SecretRef } from '../secret-refs.ts';
import { calledAs, type UserSecretView } from '../user-secret-view.ts';
import { unavailable } from './copies.ts';
import { generateValue } from './generate.ts';
import type { Problem } from './steps.ts';
import { compose } from './template.ts';
import { checkPair, pairIn } from './tls-pair.ts';

export interface ObtainedValue {
  readonly value: SecretValue;
  readonly publicKey?: string | undefined;
  readonly sealedWith?: { readonly keyId: string; readonly isOld: boolean } | undefined;
  /** For a template: the hash of the values of its parts. */
  readonly partsHash?: string | undefined;
  /** For a copy: the UserSecret that it follows, and the version of the value there. */
  readonly copied?: { readonly from: string; readonly version: string } | undefined;
}

/** The value is not available. */
export class ValueError extends Error implements Problem {
  override readonly name = 'ValueError';
  readonly reason: UserSecretReason;
  readonly isStalled: boolean;

  constructor(reason: UserSecretReason, message: string, isStalled = true) {
    super(message);
    this.reason = reason;
    this.isStalled = isStalled;
  }
}

interface ValueSources {
  readonly keyring: SealingKeyring;
  /** Reads a Secret that may be someone else's, so that its changes are heard from then on. */
  readonly readSecret: (ref: ObjectRef, signal: AbortSignal) => Promise<Secret | undefined>;
  /** The same of a ConfigMap. */
  readonly readConfigMap: (ref: ObjectRef, signal: AbortSignal) => Promise<ConfigMap | undefined>;
  /** Reads the values of a template's parts, by their names. Throws a {@link ValueError} where one is not available. */
  readonly readParts: (signal: AbortSignal) => Promise<PartValues>;
  /** Reads the value that a copy follows; undefined where there is none now. The caller has asked for the access. */
  readonly readCopied: (ref: SecretRef, signal: AbortSignal) => Promise<ObtainedValue | undefined>;
}

export interface PartValues {
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly hash: string;
}

export async function obtainValue(
  userSecret: UserSecretView,
  source: Pick<UserSecretSpec, SourceKind>,
  sources: ValueSources,
  signal: AbortSignal,
): Promise<ObtainedValue> {
  const obtained = await read(userSecret, source, sources, signal);
  if (obtained.value.byteLength === 0)
    throw new ValueError('ValueInvalid', 'the value is empty; a secret holds at least one byte');
  if (userSecret.type !== TLS_TYPE) return obtained;
  const pair = checkPair(obtained.value);
  if ('problem' in pair) throw new ValueError('ValueInvalid', pair.problem);
  return { ...obtained, value: pair };
}

async function read(
  userSecret: UserSecretView,
  source: Pick<UserSecretSpec, SourceKind>,
  sources: ValueSources,
  signal: AbortSignal,
): Promise<ObtainedValue> {
  if (source.sealed !== undefined) return open(userSecret, source.sealed, sources.keyring);
  if (source.value !== undefined) return { value: SecretValue.fromUtf8(source.value) };
  if (source.valueBase64 !== undefined) return { value: SecretValue.fromBase64(source.valueBase64) };
  if (source.generate !== undefined) {
    return generateValue(source.generate, `${userSecret.key}@${userSecret.metadata.namespace}`);
  }
  if (source.secretKeyRef !== undefined) return follow(userSecret, source.secretKeyRef, sources, signal);
  if (source.configMapKeyRef !== undefined) return followConfigMap(userSecret, source.configMapKeyRef, sources, signal);
  if (source.template !== undefined) {
    const { values, hash } = await sources.readParts(signal);
    const composed = compose(source.template, values);
    if (!(composed instanceof Uint8Array)) throw errorOf(composed);
    return { value: new SecretValue(composed), partsHash: hash };
  }
  if (source.sharedFrom !== undefined) {
    const value = await sources.readCopied(source.sharedFrom, signal);
    if (value !== undefined) return value;
    throw errorOf(unavailable(source.sharedFrom));
  }
  throw new ValueError(
    'Malformed',
    'exactly one of sealed, value, valueBase64, generate, secretKeyRef, configMapKeyRef, template and sharedFrom is needed; found none',
  );
}

export function errorOf({ reason, message, isStalled }: Problem): ValueError {
  return new ValueError(reason, message, isStalled);
}

const reasonOf: Partial<Record<SealingErrorCode, UserSecretReason>> = {
  UnknownKey: 'UnknownSealingKey',
  NotForThisObject: 'CannotOpen',
  Empty: 'ValueInvalid',
  TooLarge: 'ValueInvalid',
};

/** The ciphertext of our key, among those of other clusters. One of ours that does not open is not passed over. */
async function open(
  userSecret: UserSecretView,
  sealed: NonNullable<UserSecretSpec['sealed']>,
  keyring: SealingKeyring,
): Promise<ObtainedValue> {
  const texts = [sealed.value, ...(sealed.values ?? [])];
  // A text of kubeseal does not say whose it is: where there are several, one that does not open may be of another cluster.
  const isOthers = (error: SealingError): boolean =>
    isOfAnotherCluster(error) ||
    (sealed.format === 'kubeseal' && texts.length > 1 && error.code === 'NotForThisObject');
  const problems: SealingError[] = [];
  for (const value of texts) {
    try {
      return await openOne(userSecret, { ...sealed, value }, keyring);
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      problems.push(error);
      if (!isOthers(error)) break;
    }
  }
  const problem = problems.find((error) => !isOthers(error)) ?? problems.find(isUnreadable) ?? problems[0];
  if (problem === undefined) throw new TypeError('there is no ciphertext');
  const { code, message } = problem;
  // A key that we lack may still arrive: restored from a backup, or made by another replica a moment ago.
  throw new ValueError(
    reasonOf[code] ?? 'Malformed',
    code === 'UnknownKey' && texts.length > 1
      ? `the value is sealed for ${String(texts.length)} clusters, and this is none of them: add it with 'neuro secret reseal ${keyWord(calledAs(userSecret))} --for CONTEXT' where the value is`
      : message,
    code !== 'UnknownKey',
  );
}

/** Sealed for a key that is not ours, or in a way that only a newer operator knows: another one may be ours. */
function isOfAnotherCluster({ code }: SealingError): boolean {
  return code === 'UnknownKey' || isUnreadable({ code });
}

function isUnreadable({ code }: Pick<SealingError, 'code'>): boolean {
  return code === 'UnsupportedSuite' || code === 'UnsupportedVersion' || code === 'Malformed';
}

async function openOne(
  userSecret: UserSecretView,
  sealed: NonNullable<UserSecretSpec['sealed']>,
  keyring: SealingKeyring,
): Promise<ObtainedValue> {
  const { namespace, name } = userSecret.metadata;
  const opened = await keyring.open(
    { format: sealed.format ?? 'hpke', value: sealed.value, scope: sealed.scope },
    { namespace, name, key: userSecret.key },
    defined({ preferredKeyId: userSecret.status.sealedWith }),
  );
  return { value: new SecretValue(opened.plaintext), sealedWith: { keyId: opened.keyId, isOld: opened.isOldKey } };
}

async function follow(
  userSecret: UserSecretView,
  ref: NonNullable<UserSecretSpec['secretKeyRef']>,
  { readSecret }: ValueSources,
  signal: AbortSignal,
): Promise<ObtainedValue> {
  const { namespace } = userSecret.metadata;
  if (ref.name === userSecret.secretName) {
    throw new ValueError(
      'SourceNotPermitted',
      `the Secret '${ref.name}' is the one that this object keeps; refer to another, or set another spec.secretName`,
    );
  }
  const secret = await readSecret({ namespace, name: ref.name }, signal);
  const what = ref.key === undefined ? 'with tls.crt and tls.key' : `key '${ref.key}'`;
  const missing = `the Secret '${ref.name}' of this namespace, ${what}, is not there`;
  if (secret === undefined)
    throw new ValueError('SourceNotFound', `${missing}; it is taken as soon as it appears`, false);
  // Snapshots of jobs, sealing keys and other people's values are in our own Secrets: never a way to them.
  if (secret.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY) {
    throw new ValueError(
      'SourceNotPermitted',
      `the Secret '${ref.name}' belongs to the operator; refer to a Secret that something else keeps`,
    );
  }
  const value = ref.key === undefined ? pairIn(secret.data) : valueIn(secret.data, ref.key);
  if (value === undefined)
    throw new ValueError('SourceNotFound', `${missing}; it is taken as soon as it appears`, false);
  return { value };
}

function valueIn(data: Secret['data'], key: string): SecretValue | undefined {
  const base64 = ownValue(data, key);
  return base64 === undefined ? undefined : SecretValue.fromBase64(base64);
}

async function followConfigMap(
  { metadata }: UserSecretView,
  { name, key }: NonNullable<UserSecretSpec['configMapKeyRef']>,
  { readConfigMap }: ValueSources,
  signal: AbortSignal,
): Promise<ObtainedValue> {
  const configMap = await readConfigMap({ namespace: metadata.namespace, name }, signal);
  const text = ownValue(configMap?.data, key);
  if (text !== undefined) return { value: SecretValue.fromUtf8(text) };
  const base64 = ownValue(configMap?.binaryData, key);
  if (base64 !== undefined) return { value: SecretValue.fromBase64(base64) };
  const message = `the ConfigMap '${name}' of this namespace, key '${key}', is not there; it is taken as soon as it appears`;
  throw new ValueError('SourceNotFound', message, false);
}
