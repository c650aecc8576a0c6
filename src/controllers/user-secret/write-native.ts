/**
 * Writes the native Secret: by POST, so that nothing foreign is ever overwritten, and by merge patch with the resourceVersion that was decided
 * on, so that a change in between is a conflict and never lost.
 */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_ORPHAN,
  ANNOTATION_OWNER_UID,
  ANNOTATION_REGENERATED,
  ANNOTATION_VERSION,
  ANNOTATION_ON_REVOKE,
  ANNOTATION_SECRET_METADATA,
  FIELD_MANAGERS,
} from '../../api/index.ts';
import { isKernelError, keyOf } from '../../kernel/index.ts';
import { sentenceOf } from '../failure.ts';
import { ownerReferenceTo } from '../ownership.ts';
import { metadataPatch, recordOf } from '../secret-metadata.ts';
import type { SecretView } from '../secret-view.ts';
import { refOf, type ActDependencies, type Learned } from './act-dependencies.ts';
import { contentOf, previousData } from './content.ts';
import { desiredText } from './desired-text.ts';
import type { Content } from './held-values.ts';
import { nativeOf, type UserSecretInput } from './input.ts';
import { labelsFor, ownerOf, surplusOf } from './native.ts';
import { isReplacementKept, keepReplacement } from './replacement.ts';
import { pairKeys } from './tls-pair.ts';
import { isLoss, type Problem, type WriteStep } from './steps.ts';

/** Reads what has the name now; the watch shows only what is labelled. */
export async function look(
  { watched }: ActDependencies,
  { userSecret }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const secret = await watched.foreignSecrets.refresh(refOf(userSecret), signal);
  const found = secret === undefined ? undefined : watched.secrets.project(secret);
  return { looked: { found, keys: Object.keys(secret?.data ?? {}) } };
}

export async function write(
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
    if (native === undefined) await create(deps, input, written, signal);
    else if (step.do === 'replace') await replace(deps, input, native, written, signal);
    else await patch(deps, input, native, written, signal);
  } catch (error) {
    // Somebody's Secret has the name and no label of ours: decide again, with what is really there.
    if (isKernelError(error, 'AlreadyExists') && input.looked === undefined) return look(deps, input, signal);
    const refused = refusalOf(error);
    if (refused === undefined) throw error;
    return { refused };
  }
  deps.returned.forget(userSecret);
  const desired = desiredText(userSecret, input.copied, input.parts);
  if (input.written === undefined) deps.repairs.wrote(key, desired);
  return {
    written: [
      ...(input.written ?? []),
      { cause: step.cause, value: step.value, isAfterLoss: step.isAfterLoss === true, desired },
    ],
  };
}

/** The API server says no, and a retry at once would not help. All other failures are retried by the queue. */
function refusalOf(error: unknown): Problem | undefined {
  if (isKernelError(error, 'Invalid')) {
    const why = /metadata\.(labels|annotations)/.test(error.message)
      ? 'spec.secretMetadata has a label or an annotation that Kubernetes does not take'
      : 'the value is too large (1 MiB at most) or not what spec.type demands';
    const message = `the API server refuses the Secret: ${why} (${sentenceOf(error.message)})`;
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

async function create(
  deps: ActDependencies,
  input: UserSecretInput,
  content: Content,
  signal: AbortSignal,
  dryRun = false,
): Promise<void> {
  const { userSecret } = input;
  const { labels, annotations, ownerReferences } = metadataOf(input, content, undefined);
  const metadata = {
    ...refOf(userSecret),
    labels: present(labels),
    annotations: present(annotations),
    ownerReferences,
  };
  const secret = { metadata, type: userSecret.type, data: content.data };
  await deps.watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, dryRun, signal });
}

async function replace(
  deps: ActDependencies,
  input: UserSecretInput,
  native: SecretView,
  content: Content,
  signal: AbortSignal,
) {
  const { userSecret } = input;
  const { uid, resourceVersion } = native.metadata;
  // A copy's value is at its source, for as long as the copy may have it.
  const isCopy = userSecret.sharedFrom !== undefined;
  if (isCopy || !(await isReplacementKept(deps, userSecret, content, signal))) {
    // What the API server would not take does not cost the Secret that is there.
    await wouldBeCreated(deps, input, content, signal);
    if (!isCopy) await keepReplacement(deps, userSecret, content, signal);
  }
  await deps.watched.secrets.delete(refOf(userSecret), { uid, resourceVersion, signal });
  await create(deps, input, content, signal);
}

/** Throws what the API server would say to the new Secret, except that the former one is still there. */
async function wouldBeCreated(...[deps, input, content, signal]: Parameters<typeof create>): Promise<void> {
  try {
    await create(deps, input, content, signal, true);
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
  }
}

async function patch(
  deps: ActDependencies,
  input: UserSecretInput,
  native: SecretView,
  content: Content,
  signal: AbortSignal,
) {
  const { userSecret } = input;
  const { annotations, ...metadata } = metadataOf(input, content, native);
  // A new value that was asked for ends what was said of the one before.
  const { [ANNOTATION_VERSION]: version, [ANNOTATION_REGENERATED]: mark = null } = annotations;
  const regenerated = version === undefined ? {} : { [ANNOTATION_REGENERATED]: mark };
  const { resourceVersion } = native.metadata;
  // A new pair removes the parts that it does not have. Without a new value, everything in the Secret stays.
  const formerParts = content.data[userSecret.key] === undefined ? [] : pairKeys(userSecret);
  const surplus = Object.fromEntries(
    [...surplusOf(userSecret, Object.keys(native.versions)), ...formerParts].map((name) => [name, null]),
  );
  await deps.watched.secrets.patch(
    refOf(userSecret),
    {
      metadata: {
        ...metadata,
        annotations: { ...annotations, ...regenerated, [ANNOTATION_ADOPT]: null },
        resourceVersion,
      },
      data: { ...surplus, ...content.data },
    },
    { fieldManager: FIELD_MANAGERS.userSecret, signal },
  );
}

/** The metadata as a merge patch: null removes what does not belong there any more. */
function metadataOf({ userSecret, copied }: UserSecretInput, content: Content, native: SecretView | undefined) {
  const isOrphan = userSecret.deletionPolicy === 'Orphan';
  const own = metadataPatch(userSecret.secretMetadata, native?.metadata.annotations?.[ANNOTATION_SECRET_METADATA]);
  const annotations: Readonly<Record<string, string | null>> = {
    ...own.annotations,
    [ANNOTATION_OWNER_UID]: userSecret.metadata.uid,
    ...content.annotations,
    [ANNOTATION_SECRET_METADATA]: recordOf(userSecret.secretMetadata) ?? null,
    [ANNOTATION_ON_REVOKE]: copied?.keepsCopies === true ? 'Continue' : null,
    [ANNOTATION_ORPHAN]: isOrphan ? 'true' : null,
  };
  return {
    labels: { ...own.labels, ...labelsFor(userSecret) },
    annotations,
    ownerReferences: isOrphan ? [] : [ownerReferenceTo(ownerOf(userSecret))],
  };
}

function present(texts: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
}
