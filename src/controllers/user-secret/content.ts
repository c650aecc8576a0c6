/** The part of a native Secret that depends on its value, for each kind of write. */
import {
  ANNOTATION_COPIED_FROM,
  ANNOTATION_COPIED_VERSION,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_PARTS,
  ANNOTATION_REGENERATED,
  ANNOTATION_ROTATE,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SEALED_WITH,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_USED_REPLACEMENT,
  ANNOTATION_VERSION,
  ownValue,
  rfc3339,
} from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { KernelError, SecretValue, keyOf, type Clock } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { nextName, nextValueOf, type NextPurpose } from '../next-value.ts';
import type { Secret } from '../resources.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import type { Content, HeldValues } from './held-values.ts';
import { companionKeys, longestDataKey } from './native.ts';
import type { ReturnedValue, ReturnedValues } from './returned-values.ts';
import type { WriteStep } from './steps.ts';
import { pairData } from './tls-pair.ts';
import type { ObtainedValue } from './value.ts';

export interface ContentDependencies {
  readonly watched: Pick<Watched, 'secrets'>;
  readonly fingerprint: Fingerprint;
  readonly clock: Clock;
  readonly values: HeldValues;
  readonly returned: ReturnedValues;
}

/** Returns undefined where the native Secret does not hold the value that it should keep. */
export async function contentOf(
  deps: ContentDependencies,
  { value, cause }: WriteStep,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const key = keyOf(userSecret.metadata);
  switch (value) {
    case 'none':
      return { data: {}, annotations: {} };
    case 'obtained':
      return newContent(deps, userSecret, deps.values.obtained(key, userSecret.sourceHash));
    case 'replacement':
      return replacementContent(deps, userSecret, signal);
    case 'returned': {
      const returned = deps.returned.of(userSecret);
      if (returned === undefined) throw new KernelError('Conflict', `the value of ${key} is no longer held`);
      return contentAgain(deps, userSecret, returned);
    }
    case 'next':
      return nextContent(deps, userSecret, signal);
    case 'standing':
      return standingContent(deps, cause, userSecret, native, signal);
    default:
      return value satisfies never;
  }
}

function newContent(
  { fingerprint, clock }: ContentDependencies,
  userSecret: UserSecretView,
  { value, publicKey, sealedWith, copied, partsHash }: ObtainedValue,
): Content {
  const base64 = value.revealBase64();
  const publicKeyName = `${userSecret.key}.pub`;
  const hasRoom = publicKeyName.length <= longestDataKey;
  const rotatedFor = userSecret.metadata.annotations?.[ANNOTATION_ROTATE];
  return {
    data: {
      ...pairData(userSecret, base64),
      [userSecret.key]: base64,
      ...(publicKey === undefined || !hasRoom ? {} : { [publicKeyName]: Buffer.from(publicKey).toString('base64') }),
    },
    annotations: {
      [ANNOTATION_SOURCE_HASH]: userSecret.sourceHash,
      [ANNOTATION_VERSION]: fingerprint.version(userSecret.metadata.uid, base64),
      ...defined({
        [ANNOTATION_SEALED_WITH]: sealedWith?.keyId,
        [ANNOTATION_COPIED_FROM]: copied?.from,
        [ANNOTATION_COPIED_VERSION]: copied?.version,
        [ANNOTATION_PARTS]: partsHash,
      }),
      ...(userSecret.sourceKind === 'generate' ? { [ANNOTATION_GENERATED_AT]: rfc3339(clock.now()) } : {}),
      ...defined({ [ANNOTATION_ROTATED_FOR]: rotatedFor }),
    },
  };
}

/** The value that the hook has prepared for. */
async function nextContent(
  deps: ContentDependencies,
  userSecret: UserSecretView,
  signal: AbortSignal,
): Promise<Content> {
  const { base64, data } = await readNext(deps, userSecret, 'next', signal);
  const publicKey = ownValue(data, `${userSecret.key}.pub`);
  return newContent(deps, userSecret, {
    value: SecretValue.fromBase64(base64),
    publicKey: publicKey === undefined ? undefined : Buffer.from(publicKey, 'base64').toString(),
  });
}

/** What an interrupted replacement was about to write. The source may have changed since; the hash names the source that the value came from. */
async function replacementContent(
  deps: ContentDependencies,
  userSecret: UserSecretView,
  signal: AbortSignal,
): Promise<Content> {
  const { base64, data, annotations } = await readNext(deps, userSecret, 'replacement', signal);
  const names = [userSecret.key, ...companionKeys(userSecret)];
  const marks = [ANNOTATION_SOURCE_HASH, ANNOTATION_VERSION, ...keptMarks];
  return {
    data: { ...pairData(userSecret, base64), ...only(data, names) },
    annotations: only(annotations, marks),
  };
}

/** The Secret with the next value, which the operator made; it is there as far as the store knows. */
async function readNext(
  deps: ContentDependencies,
  { metadata, key }: UserSecretView,
  purpose: NextPurpose,
  signal: AbortSignal,
): Promise<ReturnedValue & { readonly base64: string }> {
  const { namespace, name: userSecretName, uid, annotations: { [ANNOTATION_USED_REPLACEMENT]: used } = {} } = metadata;
  const name = nextName(deps.fingerprint, uid, userSecretName, purpose);
  const secret = await deps.watched.secrets.read({ namespace, name }, signal);
  const view = secret === undefined ? undefined : deps.watched.secrets.project(secret);
  const base64 = ownValue(secret?.data, key);
  if (base64 === undefined || nextValueOf(view, { uid, key, used }, deps.fingerprint, purpose) === undefined)
    throw new KernelError('Conflict', `the next value of ${keyOf(metadata)} has just changed`);
  return { base64, data: secret?.data ?? {}, annotations: secret?.metadata.annotations ?? {} };
}

function only(texts: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => names.includes(name)));
}

/** The value as it is in the native Secret, with what belongs to it; undefined where there is none of ours. */
async function standingContent(
  deps: ContentDependencies,
  cause: WriteStep['cause'],
  userSecret: UserSecretView,
  native: SecretView | undefined,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const data = native === undefined ? undefined : (await readDecided(deps, native, signal)).data;
  const base64 = ownValue(data, userSecret.key);
  if (native === undefined || base64 === undefined || base64 === '') return undefined;
  const { annotations = {} } = native.metadata;
  // A value that somebody changed is not put back as if it were ours.
  const version = deps.fingerprint.version(userSecret.metadata.uid, base64);
  if (cause === 'Drift' && version !== annotations[ANNOTATION_VERSION]) return undefined;
  return contentAgain(deps, userSecret, { data: data ?? {}, annotations });
}

/** Annotations of the native Secret that describe its value, and stay as long as the value does. */
const keptMarks = [
  ANNOTATION_COPIED_FROM,
  ANNOTATION_COPIED_VERSION,
  ANNOTATION_GENERATED_AT,
  ANNOTATION_PARTS,
  ANNOTATION_ROTATED_FOR,
  ANNOTATION_SEALED_WITH,
  ANNOTATION_REGENERATED,
];

/** A value that was ours before, under new hashes, with what belongs to it. */
function contentAgain(
  deps: ContentDependencies,
  userSecret: UserSecretView,
  { data, annotations: former }: ReturnedValue,
): Content {
  const base64 = ownValue(data, userSecret.key) ?? '';
  const { annotations, data: own } = newContent(deps, userSecret, { value: SecretValue.fromBase64(base64) });
  return {
    data: { ...only(data, companionKeys(userSecret)), ...own },
    annotations: { ...annotations, ...only(former, keptMarks) },
  };
}

/** The data of the former value under `.previous` names. Read on demand: values are not kept in memory. */
export async function previousData(
  deps: ContentDependencies,
  userSecret: UserSecretView,
  native: SecretView | undefined,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  if (native === undefined) return {};
  const current = await readDecided(deps, native, signal);
  const companions = companionKeys(userSecret);
  const entries = [userSecret.key, `${userSecret.key}.pub`].flatMap((key) => {
    const base64 = ownValue(current.data, key);
    return base64 !== undefined && companions.includes(`${key}.previous`) ? [[`${key}.previous`, base64] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The native Secret with its values, in the state that was decided on. */
export async function readDecided(
  { watched }: Pick<ContentDependencies, 'watched'>,
  { metadata }: SecretView,
  signal: AbortSignal,
): Promise<Secret> {
  const { namespace, name, resourceVersion } = metadata;
  const current = await watched.secrets.read({ namespace, name }, signal);
  if (current?.metadata.resourceVersion === resourceVersion) return current;
  throw new KernelError('Conflict', `the Secret ${namespace}/${name} has just changed`);
}
