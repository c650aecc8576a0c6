/**
 * Keeps what a native Secret is to have while that is deleted and created again: in a Secret beside it, under a name that one UserSecret has
 * once.
 *
 * Promise: from before the delete until after the create, the value is in the cluster, for a process that ends at any point too. Where the
 * API server refuses to delete it after that, it loses its proof, so that it is not taken for a value later; where it refuses that too, the
 * UserSecret records that it is used up.
 * Not promised: that the native Secret is there all the time. With the policy Orphan, that the value stays where the UserSecret is deleted
 * between the two. Of a copy nothing is kept, because nothing would end it with the access: one that outlasts the access (onRevoke: Continue)
 * is lost where its source goes between the two as well.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  ANNOTATION_NEXT_PROOF,
  ANNOTATION_SOURCE_HASH,
  ANNOTATION_USED_REPLACEMENT,
  ANNOTATION_VERSION,
  FIELD_MANAGERS,
  NEXT_VALUE_TYPE,
} from '../../api/index.ts';
import { isKernelError, KernelError } from '../../kernel/index.ts';
import { sentenceOf } from '../failure.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { isMadeFor, nextMetadata, nextName, nextValueOf } from '../next-value.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { refOf, type ActDependencies, type Learned } from './act-dependencies.ts';
import type { Content } from './held-values.ts';
import type { UserSecretInput } from './input.ts';
import { ownerOf } from './native.ts';
import type { UserSecretStep } from './steps.ts';

type Dependencies = Pick<ActDependencies, 'watched' | 'fingerprint'>;

/**
 * Whether a try before has kept the same: that has passed what the API server says to the new Secret, and a quota may have no room now to ask
 * again. What else was kept goes.
 */
export async function isReplacementKept(
  { watched, fingerprint }: Dependencies,
  userSecret: UserSecretView,
  content: Content,
  signal: AbortSignal,
): Promise<boolean> {
  const { metadata, data } = replacementOf(fingerprint, userSecret, content);
  const { namespace, name, annotations } = metadata;
  const found = await watched.secrets.refresh({ namespace, name }, signal);
  const native = found === undefined ? undefined : watched.secrets.project(found);
  const { uid: ownUid, annotations: { [ANNOTATION_USED_REPLACEMENT]: used } = {} } = userSecret.metadata;
  const own = { uid: ownUid, key: userSecret.key, used };
  if (found === undefined || native === undefined || !isMadeFor(native, own)) return false;
  const isProved = nextValueOf(native, own, fingerprint, 'replacement') !== undefined;
  const marks = Object.entries(annotations);
  const isSame =
    isDeepStrictEqual(found.data, data) && marks.every(([mark, text]) => found.metadata.annotations?.[mark] === text);
  if (isProved && isSame) return true;
  const { uid } = native.metadata;
  const refusal = await refusalOf(() => watched.secrets.delete({ namespace, name }, { uid, signal }));
  if (refusal === undefined) return false;
  throw new KernelError('Forbidden', `the Secret '${name}', kept before, cannot be deleted: ${refusal}`);
}

export async function keepReplacement(
  { watched, fingerprint }: Dependencies,
  userSecret: UserSecretView,
  content: Content,
  signal: AbortSignal,
): Promise<void> {
  const secret = replacementOf(fingerprint, userSecret, content);
  try {
    await watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, signal });
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    const message = `the Secret '${secret.metadata.name}' exists, and the operator needs the name to replace '${userSecret.secretName}': delete it`;
    throw new KernelError('Conflict', message);
  }
}

function replacementOf(fingerprint: Fingerprint, userSecret: UserSecretView, { data, annotations }: Content) {
  const { namespace, name: userSecretName, uid } = userSecret.metadata;
  const name = nextName(fingerprint, uid, userSecretName, 'replacement');
  const { [ANNOTATION_VERSION]: version = '', [ANNOTATION_SOURCE_HASH]: sourceHash = '' } = annotations;
  const own = nextMetadata(fingerprint, uid, name, { version, sourceHash }, 'replacement');
  // A policy of the cluster that demands a label of the native Secret demands it of this one too.
  const { secretMetadata: asked } = userSecret;
  const metadata = {
    namespace,
    name,
    labels: { ...asked?.labels, ...own.labels },
    annotations: { ...asked?.annotations, ...annotations, ...own.annotations },
    ownerReferences: [ownerReferenceTo(ownerOf(userSecret))],
  };
  return { metadata, type: NEXT_VALUE_TYPE, immutable: true, data };
}

/** Deletes what was kept, but only while the native Secret exists for certain: the store may be behind a process that has just deleted it. */
export async function dropReplacement(
  { watched }: Pick<Dependencies, 'watched'>,
  { replacement, native }: Extract<UserSecretStep, { readonly do: 'drop-replacement' }>,
  { userSecret, handled = [] }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { uid, namespace, name } = replacement.native.metadata;
  const found = await watched.secrets.refresh(refOf(userSecret), signal);
  if (found?.metadata.uid !== native.metadata.uid || found.metadata.deletionTimestamp !== undefined)
    throw new KernelError('Conflict', `the Secret '${userSecret.secretName}' has just gone`);
  const learned = { handled: [...handled, name] };
  const refusal = await refusalOf(() => watched.secrets.delete({ namespace, name }, { uid, signal }));
  if (refusal === undefined) return learned;
  // A policy of the cluster: the secret itself is as usable as before. What is left is not to be taken for its value later.
  const patch = { metadata: { uid, annotations: { [ANNOTATION_NEXT_PROOF]: null } } };
  const options = { fieldManager: FIELD_MANAGERS.userSecret, signal };
  const isProved = (await refusalOf(() => watched.secrets.patch({ namespace, name }, patch, options))) !== undefined;
  if (isProved) await recordUsed(watched, userSecret, uid, signal);
  return { ...learned, left: { name, refusal } };
}

async function recordUsed(
  { userSecrets }: Dependencies['watched'],
  { metadata }: UserSecretView,
  uid: string,
  signal: AbortSignal,
): Promise<void> {
  const { resourceVersion } = metadata;
  const patch = { metadata: { resourceVersion, annotations: { [ANNOTATION_USED_REPLACEMENT]: uid } } };
  await userSecrets.patch(metadata, patch, { fieldManager: FIELD_MANAGERS.userSecret, signal });
}

/** Returns the sentence with which the API server or a policy refuses the request; undefined where it is accepted. */
async function refusalOf(request: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await request();
    return undefined;
  } catch (error) {
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
    return sentenceOf(error.message);
  }
}
