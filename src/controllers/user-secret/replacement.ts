/**
 * Keeps what a native Secret is to have while that is deleted and created again: in a Secret beside it, under a name that one UserSecret has
 * once.
 *
 * Promise: from before the delete until after the create, the value is in the cluster, for a process that ends at any point too.
 * Not promised: that the native Secret is there all the time. With the policy Orphan, that the value stays where the UserSecret is deleted
 * between the two. Of a copy nothing is kept, because nothing would end it with the access: one that outlasts the access (onRevoke: Continue)
 * is lost where its source goes between the two as well.
 */
import { ANNOTATION_SOURCE_HASH, ANNOTATION_VERSION, FIELD_MANAGERS, NEXT_VALUE_TYPE } from '../../api/index.ts';
import { isKernelError, KernelError } from '../../kernel/index.ts';
import { nextMetadata, nextName } from '../next-value.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import { refOf, type ActDependencies, type Learned } from './act-dependencies.ts';
import type { Content } from './held-values.ts';
import type { UserSecretInput } from './input.ts';
import { ownerOf } from './native.ts';
import type { UserSecretStep } from './steps.ts';

/** What was kept before goes first: a rule of the plan sees to it. */
export async function keepReplacement(
  { watched, fingerprint }: Pick<ActDependencies, 'watched' | 'fingerprint'>,
  userSecret: UserSecretView,
  { data, annotations }: Content,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name: userSecretName, uid } = userSecret.metadata;
  const name = nextName(fingerprint, uid, userSecretName, 'replacement');
  const { [ANNOTATION_VERSION]: version = '', [ANNOTATION_SOURCE_HASH]: sourceHash = '' } = annotations;
  const own = nextMetadata(fingerprint, uid, name, { version, sourceHash }, 'replacement');
  const metadata = {
    namespace,
    name,
    labels: own.labels,
    annotations: { ...annotations, ...own.annotations },
    ownerReferences: [ownerReferenceTo(ownerOf(userSecret))],
  };
  const secret = { metadata, type: NEXT_VALUE_TYPE, immutable: true, data };
  try {
    await watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, signal });
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    // Ours from before a crash, which the store shows from now on, or something else under its name.
    await watched.secrets.refresh({ namespace, name }, signal);
    const message = `the Secret '${name}' exists, and the operator needs the name to replace '${userSecret.secretName}': delete it`;
    throw new KernelError('Conflict', message);
  }
}

/** Only while the native Secret is there for certain: the store may be behind a process that has just deleted it. */
export async function dropReplacement(
  { watched }: Pick<ActDependencies, 'watched'>,
  { replacement, native }: Extract<UserSecretStep, { readonly do: 'drop-replacement' }>,
  { userSecret, handled = [] }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { uid, namespace, name } = replacement.native.metadata;
  const found = await watched.secrets.refresh(refOf(userSecret), signal);
  if (found?.metadata.uid !== native.metadata.uid || found.metadata.deletionTimestamp !== undefined)
    throw new KernelError('Conflict', `the Secret '${userSecret.secretName}' has just gone`);
  try {
    await watched.secrets.delete({ namespace, name }, { uid, signal });
  } catch (error) {
    // A policy of the cluster: the secret itself is as usable as before.
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
  }
  return { handled: [...handled, name] };
}
