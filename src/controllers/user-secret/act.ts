/**
 * Takes one step for a UserSecret. Native Secrets are created by POST, so that nothing foreign is ever overwritten, and changed
 * by merge patch with the resourceVersion that was decided on, so that a change in between is a conflict and never lost.
 */
import {
  ANNOTATION_ADOPT,
  ANNOTATION_COPIED_FROM,
  ANNOTATION_GENERATED_FOR,
  ANNOTATION_ORPHAN,
  ANNOTATION_OWNER_UID,
  ANNOTATION_REGENERATED,
  ANNOTATION_VERSION,
  ANNOTATION_ON_REVOKE,
  ANNOTATION_SECRET_METADATA,
  FIELD_MANAGERS,
  MAX_VALUE_BYTES,
  ownValue,
} from '../../api/index.ts';
import { KernelError, SecretValue, isKernelError, keyOf } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import type { AccessReviews } from '../access-reviews.ts';
import type { ByteBudget } from '../byte-budget.ts';
import { sentenceOf } from '../failure.ts';
import { ownerReferenceTo, ownerUid } from '../ownership.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import { metadataPatch, recordOf } from '../secret-metadata.ts';
import { refKey, type SecretRef } from '../secret-refs.ts';
import { sourceOf, type SecretView, type UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import type { WriteRates } from '../write-rates.ts';
import { desiredText, partsOf } from './gather.ts';
import { askCopyAccess } from './copy-access.ts';
import { contentOf, previousData, type ContentDependencies } from './content.ts';
import type { Content } from './held-values.ts';
import { dropNext, makeNext, startRun } from './hook-run.ts';
import { keep, tidy } from './keep.ts';
import { labelsFor, ownerOf, surplusOf } from './native.ts';
import { nativeOf, type UserSecretInput } from './input.ts';
import { isLoss, type Problem, type UserSecretStep, type WriteStep } from './steps.ts';
import { missingPart, partsHash } from './template.ts';
import { errorOf, obtainValue, ValueError, type ObtainedValue, type PartValues } from './value.ts';

export interface ActDependencies extends ContentDependencies {
  readonly watched: Pick<
    Watched,
    | 'userSecrets'
    | 'secrets'
    | 'foreignSecrets'
    | 'configMaps'
    | 'neuroJobs'
    | 'secretGrants'
    | 'roleBindings'
    | 'namespaces'
  >;
  /** The sealing keys of now. */
  readonly keyring: () => SealingKeyring;
  readonly repairs: RepairLimiter;
  readonly reviews: AccessReviews;
  readonly budget: ByteBudget;
  readonly rates: WriteRates;
}

/** Values of parts that are in memory at a time: the value that is composed is no longer, nor are they together. */
const mostPartsBytes = 2 * MAX_VALUE_BYTES;
/** A share so small would only be counted. */
const smallestShareBytes = 16 * 1024;

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
    case 'claim':
      return Promise.resolve(claim(deps, step.bytes, input));
    case 'ask-copy':
      return askCopy(deps, input, signal);
    case 'remove-copy':
      return removeCopy(deps, step.native, signal);
    case 'mark':
      return mark(deps, step.text, input, signal);
    case 'make-next':
      return makeNext(deps, input.userSecret, signal);
    case 'start-run':
      return startRun(deps, step, input.userSecret, signal);
    case 'drop-next':
      return dropNext(deps, step.next, input, signal);
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
    case 'claim':
      return 'waiting until the namespace may have more written';
    case 'ask-copy':
      return 'asking whether this namespace may keep a copy';
    case 'remove-copy':
      return 'deleting the native Secret of a copy whose access has ended';
    case 'mark':
      return 'recording on the UserSecret that its value was generated';
    case 'make-next':
      return 'making the next value';
    case 'start-run':
      return 'running the hook of the rotation';
    case 'drop-next':
      return 'removing the Secret with the next value';
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

function claim({ rates, clock }: ActDependencies, bytes: number, { userSecret }: UserSecretInput): Learned {
  const waitMs = rates.change.take(userSecret.metadata.namespace, bytes);
  return waitMs === 0 ? { isClaimed: true } : { heldBackUntilMs: clock.now() + waitMs };
}

async function askCopy(
  { watched, reviews, clock }: ActDependencies,
  { userSecret }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { sharedFrom, metadata } = userSecret;
  if (sharedFrom === undefined) return {};
  const asking = { reviews, watched, nowMs: () => clock.now() };
  return { access: await askCopyAccess(asking, metadata.namespace, sharedFrom, signal) };
}

async function removeCopy(
  { watched }: ActDependencies,
  { metadata }: SecretView,
  signal: AbortSignal,
): Promise<Learned> {
  await watched.secrets.delete(metadata, { uid: metadata.uid, signal });
  return {};
}

async function obtain(
  deps: ActDependencies,
  { userSecret, copied, parts }: UserSecretInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { watched, fingerprint, keyring, values } = deps;
  const { sourceHash, metadata } = userSecret;
  const bytes = copied?.bytes ?? parts?.bytes;
  if (bytes !== undefined) {
    const release = deps.budget.take(metadata.namespace, Math.max(smallestShareBytes, Math.min(bytes, mostPartsBytes)));
    if (release === undefined) return { isHeldBack: true };
    values.charge(keyOf(metadata), release);
  }
  try {
    const value = await obtainValue(
      userSecret,
      userSecret.source ?? (await readSource(deps, userSecret, signal)),
      {
        keyring: keyring(),
        readSecret: (ref) => watched.foreignSecrets.refresh(ref, signal),
        readConfigMap: ({ namespace = '', name }) => watched.configMaps.refresh({ namespace, name }, signal),
        readParts: () => readParts(deps, userSecret, signal),
        readCopied: (ref) => readCopied(deps, ref, signal),
      },
      signal,
    );
    values.hold(keyOf(metadata), { ...value, sourceHash });
    const base64 = value.value.revealBase64();
    const version = fingerprint.version(metadata.uid, base64);
    return { obtained: { sourceHash, version, bytes: Buffer.byteLength(base64, 'base64') } };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { reason, message, isStalled } = error;
    return { obtained: { sourceHash, version: undefined, problem: { reason, message, isStalled } } };
  }
}

/** The value of a UserSecret that this one copies, as its native Secret has it now. The store learns what was read. */
async function readCopied(
  { watched, fingerprint }: ActDependencies,
  ref: SecretRef,
  signal: AbortSignal,
): Promise<ObtainedValue | undefined> {
  const source = watched.userSecrets.store.get(refKey(ref));
  if (source === undefined) return undefined;
  const { uid } = source.metadata;
  const native = await watched.secrets.refresh(refOf(source), signal);
  const base64 = ownValue(native?.data, source.key);
  if (native === undefined || base64 === undefined || ownerUid(native.metadata) !== uid) return undefined;
  const copied = { from: refKey(ref), version: fingerprint.version(uid, base64) };
  return { value: SecretValue.fromBase64(base64), copied };
}

/** The values of a template's parts as their native Secrets have them now. The store learns what was read. */
async function readParts(
  { watched, fingerprint }: ActDependencies,
  userSecret: UserSecretView,
  signal: AbortSignal,
): Promise<PartValues> {
  const { parts = [], metadata } = userSecret;
  const { problem } = partsOf(watched, userSecret, fingerprint);
  if (problem !== undefined) throw errorOf(problem);
  const values = new Map<string, Uint8Array>();
  const versions: string[] = [];
  let bytes = 0;
  for (const part of parts) {
    const source = watched.userSecrets.store.get(`${metadata.namespace}/${part.secret}`);
    const native = source === undefined ? undefined : await watched.secrets.refresh(refOf(source), signal);
    const base64 = source === undefined ? undefined : ownValue(native?.data, source.key);
    const isOurs = native !== undefined && ownerUid(native.metadata) === source?.metadata.uid;
    // The value of a copy that was one a moment ago ends with its access.
    const isCopied = native?.metadata.annotations?.[ANNOTATION_COPIED_FROM] !== undefined;
    if (source === undefined || base64 === undefined || !isOurs || isCopied) throw errorOf(missingPart(part));
    const value = SecretValue.fromBase64(base64).reveal();
    bytes += value.byteLength;
    if (bytes > MAX_VALUE_BYTES) {
      throw new ValueError(
        'ValueInvalid',
        `the parts together have more than ${String(MAX_VALUE_BYTES)} bytes (1 MiB)`,
      );
    }
    values.set(part.name, value);
    versions.push(part.name, source.metadata.uid, fingerprint.version(source.metadata.uid, base64));
  }
  // Of what was read: a part that changes meanwhile has another one, and the value is composed again.
  return { values, hash: partsHash(fingerprint, userSecret, versions) };
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
  deps.values.forget(key);
  deps.returned.forget(userSecret);
  if (input.written === undefined) deps.repairs.wrote(key, desiredText(userSecret, input.copied, input.parts));
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

async function create(deps: ActDependencies, input: UserSecretInput, content: Content, signal: AbortSignal) {
  const { userSecret } = input;
  const { labels, annotations, ownerReferences } = metadataOf(input, content, undefined);
  const metadata = {
    ...refOf(userSecret),
    labels: present(labels),
    annotations: present(annotations),
    ownerReferences,
  };
  const secret = { metadata, type: userSecret.type, data: content.data };
  await deps.watched.secrets.create(secret, { fieldManager: FIELD_MANAGERS.userSecret, signal });
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
  await deps.watched.secrets.delete(refOf(userSecret), { uid, resourceVersion, signal });
  // From here on a generated value exists in this process alone, until it is written.
  const { metadata, sourceKind } = userSecret;
  if (sourceKind === 'generate') deps.values.rescue(keyOf(metadata), metadata.uid, content);
  await create(deps, input, content, signal);
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
  const surplus = Object.fromEntries(surplusOf(userSecret, Object.keys(native.versions)).map((name) => [name, null]));
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

/** As a merge patch: null takes off what is there and does not belong there any more. */
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

/** Of the native Secret. */
function refOf({ metadata, secretName }: UserSecretView): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace, name: secretName };
}
