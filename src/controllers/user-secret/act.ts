/**
 * Takes one step for a UserSecret. Native Secrets are created by POST, so that nothing foreign is ever overwritten, and changed
 * by merge patch with the resourceVersion that was decided on, so that a change in between is a conflict and never lost.
 */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_GENERATED_FOR,
  ANNOTATION_ORPHAN,
  ANNOTATION_OWNER_UID,
  ANNOTATION_REGENERATED,
  ANNOTATION_VERSION,
  FIELD_MANAGERS,
} from '../../api/index.ts';
import { KernelError, isKernelError, keyOf } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import { sentenceOf } from '../failure.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import { sourceOf, type SecretView, type UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { desiredText } from './gather.ts';
import { contentOf, previousData, type ContentDependencies } from './content.ts';
import type { Content } from './held-values.ts';
import { keep, tidy } from './keep.ts';
import { labelsFor, ownerOf, surplusOf } from './native.ts';
import { nativeOf, type UserSecretInput } from './plan.ts';
import { isLoss, type Problem, type UserSecretStep, type WriteStep } from './steps.ts';
import { obtainValue, ValueError } from './value.ts';

export interface ActDependencies extends ContentDependencies {
  readonly watched: Pick<Watched, 'userSecrets' | 'secrets' | 'foreignSecrets'>;
  /** The sealing keys of now. */
  readonly keyring: () => SealingKeyring;
  readonly repairs: RepairLimiter;
}

type Learned = Partial<UserSecretInput>;

export function act(
  deps: ActDependencies,
  step: UserSecretStep,
  input: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  switch (step.do) {
    case 'look':
      return look(deps, input, signal);
    case 'obtain':
      return obtain(deps, input, signal);
    case 'mark':
      return mark(deps, step.text, input, signal);
    case 'keep':
      return keep(deps, step.version, input, signal);
    case 'tidy':
      return tidy(deps, step.changes, input, signal);
    case 'create':
    case 'patch':
    case 'replace':
      return write(deps, step, input, signal);
    default:
      return step satisfies never;
  }
}

export function describe(step: UserSecretStep): string {
  switch (step.do) {
    case 'look':
      return 'reading the native Secret';
    case 'obtain':
      return 'reading the value';
    case 'mark':
      return 'recording on the UserSecret that its value was generated';
    case 'keep':
      return 'keeping the former value';
    case 'tidy':
      return 'putting former values right';
    case 'create':
      return 'creating the native Secret';
    case 'patch':
      return 'changing the native Secret';
    case 'replace':
      return 'replacing the native Secret';
    default:
      return step satisfies never;
  }
}

async function look({ watched }: ActDependencies, { userSecret }: UserSecretInput, signal: AbortSignal) {
  const secret = await watched.foreignSecrets.refresh(refOf(userSecret), signal);
  const found = secret === undefined ? undefined : watched.secrets.project(secret);
  return { looked: { found, keys: Object.keys(secret?.data ?? {}) } };
}

async function obtain(deps: ActDependencies, { userSecret }: UserSecretInput, signal: AbortSignal): Promise<Learned> {
  const { watched, fingerprint, keyring, values } = deps;
  const { sourceHash, metadata } = userSecret;
  try {
    const value = await obtainValue(
      userSecret,
      userSecret.source ?? (await readSource(deps, userSecret, signal)),
      { keyring: keyring(), readSecret: (ref) => watched.foreignSecrets.refresh(ref, signal) },
      signal,
    );
    values.hold(keyOf(metadata), { ...value, sourceHash });
    return { obtained: { sourceHash, version: fingerprint.version(metadata.uid, value.value.revealBase64()) } };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { reason, message, isStalled } = error;
    return { obtained: { sourceHash, version: undefined, problem: { reason, message, isStalled } } };
  }
}

async function mark(
  { watched }: ActDependencies,
  text: string,
  { userSecret }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { resourceVersion } = userSecret.metadata;
  const patch = { metadata: { resourceVersion, annotations: { [ANNOTATION_GENERATED_FOR]: text } } };
  await watched.userSecrets.patch(userSecret.metadata, patch, { fieldManager: FIELD_MANAGERS.userSecret, signal });
  return { isMarked: true };
}

async function readSource(
  { watched }: ActDependencies,
  { metadata }: UserSecretView,
  signal: AbortSignal,
): Promise<ReturnType<typeof sourceOf>> {
  const current = await watched.userSecrets.read(metadata, signal);
  if (current?.metadata.uid !== metadata.uid || current.metadata.generation !== metadata.generation)
    throw new KernelError('Conflict', `UserSecret ${keyOf(metadata)} has just changed`);
  return sourceOf(current.spec);
}

async function write(
  deps: ActDependencies,
  step: WriteStep,
  input: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { userSecret } = input;
  const key = keyOf(userSecret.metadata);
  const native = nativeOf(input);
  try {
    const content = await contentOf(deps, step, userSecret, native, signal);
    if (content === undefined) return { hasNoStanding: true };
    const previous = step.keepsPrevious ? await previousData(deps, userSecret, native, signal) : {};
    const marks = isLoss(step, userSecret.sourceKind === 'generate') ? { [ANNOTATION_REGENERATED]: 'true' } : {};
    const written = {
      data: { ...previous, ...content.data },
      annotations: { ...content.annotations, ...marks },
    };
    if (native === undefined) await create(deps, userSecret, written, signal);
    else if (step.do === 'replace') await replace(deps, userSecret, native, written, signal);
    else await patch(deps, userSecret, native, written, signal);
  } catch (error) {
    // Somebody's Secret has the name and no label of ours: decide again, with what is really there.
    if (isKernelError(error, 'AlreadyExists') && input.looked === undefined) return look(deps, input, signal);
    const refused = refusalOf(error);
    if (refused === undefined) throw error;
    return { refused };
  }
  deps.values.forget(key);
  deps.returned.forget(userSecret);
  if (input.written === undefined) deps.repairs.wrote(key, desiredText(userSecret));
  return {
    written: [
      ...(input.written ?? []),
      { cause: step.cause, value: step.value, isAfterLoss: step.isAfterLoss === true },
    ],
  };
}

/** The API server says no, and a retry at once would not help. All other failures are retried by the queue. */
function refusalOf(error: unknown): Problem | undefined {
  if (isKernelError(error, 'Invalid')) {
    const message = `the API server refuses the Secret: the value is too large (1 MiB at most) or not what spec.type demands (${sentenceOf(error.message)})`;
    return { reason: 'Refused', message };
  }
  if (!isKernelError(error, 'Forbidden')) return undefined;
  const sentence = sentenceOf(error.message);
  if (sentence.includes('exceeded quota')) {
    const message = `the namespace's quota has no room for the Secret: ${sentence}; it is tried again every minute`;
    return { reason: 'QuotaExhausted', message, isStalled: false };
  }
  const message = `the API server does not let the operator write the Secret: an admission policy refuses it, or the operator has no rights in this namespace (${sentence}); it is tried again every minute`;
  return { reason: 'Refused', message, isStalled: false };
}

async function create(deps: ActDependencies, userSecret: UserSecretView, content: Content, signal: AbortSignal) {
  const metadata = { ...refOf(userSecret), ...metadataOf(userSecret, content) };
  const secret = { metadata, type: userSecret.type, data: content.data };
  await deps.watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, signal });
}

async function replace(
  deps: ActDependencies,
  userSecret: UserSecretView,
  native: SecretView,
  content: Content,
  signal: AbortSignal,
) {
  const { uid, resourceVersion } = native.metadata;
  await deps.watched.secrets.delete(refOf(userSecret), { uid, resourceVersion, signal });
  // From here on a generated value exists in this process alone, until it is written.
  const { metadata, sourceKind } = userSecret;
  if (sourceKind === 'generate') deps.values.rescue(keyOf(metadata), metadata.uid, content);
  await create(deps, userSecret, content, signal);
}

async function patch(
  deps: ActDependencies,
  userSecret: UserSecretView,
  native: SecretView,
  content: Content,
  signal: AbortSignal,
) {
  const { annotations, ...metadata } = metadataOf(userSecret, content);
  const orphan = annotations[ANNOTATION_ORPHAN] ?? null;
  // A new value that was asked for ends what was said of the one before.
  const { [ANNOTATION_VERSION]: version, [ANNOTATION_REGENERATED]: mark = null } = annotations;
  const regenerated = version === undefined ? {} : { [ANNOTATION_REGENERATED]: mark };
  const { resourceVersion } = native.metadata;
  const surplus = Object.fromEntries(surplusOf(userSecret, Object.keys(native.versions)).map((name) => [name, null]));
  await deps.watched.secrets.patch(
    refOf(userSecret),
    {
      metadata: {
        ...metadata,
        annotations: { ...annotations, ...regenerated, [ANNOTATION_ADOPT]: null, [ANNOTATION_ORPHAN]: orphan },
        resourceVersion,
      },
      data: { ...surplus, ...content.data },
    },
    { fieldManager: FIELD_MANAGERS.userSecret, signal },
  );
}

function metadataOf(userSecret: UserSecretView, content: Content) {
  const isOrphan = userSecret.deletionPolicy === 'Orphan';
  const annotations: Readonly<Record<string, string>> = {
    [ANNOTATION_OWNER_UID]: userSecret.metadata.uid,
    ...content.annotations,
    ...(isOrphan ? { [ANNOTATION_ORPHAN]: 'true' } : {}),
  };
  return {
    labels: labelsFor(userSecret),
    annotations,
    ownerReferences: isOrphan ? [] : [ownerReferenceTo(ownerOf(userSecret))],
  };
}

/** Of the native Secret. */
function refOf({ metadata, secretName }: UserSecretView): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace, name: secretName };
}
