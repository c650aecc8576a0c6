/**
 * Copies the values of a job's secrets into its snapshot. This and `last-words/` are the only places where the controller of jobs
 * holds values; they hold them within a budget, and nothing of them outlives the call but small values that other jobs may want
 * within moments (shared-reads.ts).
 */
import { FIELD_MANAGERS, MAX_VALUE_BYTES, ownValue } from '../../api/index.ts';
import { KernelError, isKernelError, keyOf } from '../../kernel/index.ts';
import type { ByteBudget } from '../byte-budget.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { nextName, nextValueOf } from '../next-value.ts';
import { ownerUid } from '../ownership.ts';
import { jobSecretRefs, refKey, type SecretRef } from '../secret-refs.ts';
import { mostHeld, type SharedReads } from '../shared-reads.ts';
import { provenSnapshot } from '../snapshot-record.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { isUsable, type UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import type { WriteRates } from '../write-rates.ts';
import { identityOf, isGranted, type Grants } from './access.ts';
import {
  ROTATION_KEYS,
  SnapshotBuilder,
  readSnapshot,
  refuseValue,
  wantedOf,
  type NewSecret,
  type ReadValue,
} from './build-snapshot.ts';
import type { JobFacts, Refusal, Snapshot, WholeJob } from './facts.ts';
import { snapshotName } from './object-names.ts';
import { refusalOf } from './refusal.ts';

export interface SnapshotDependencies {
  readonly watched: Pick<Watched, 'secrets' | 'userSecrets'>;
  readonly fingerprint: Fingerprint;
  readonly budget: ByteBudget;
  readonly sources: SharedReads;
  readonly rates: WriteRates;
}

/** A native Secret that is being read, and one that is being filled. */
const streamedBytes = 2 * MAX_VALUE_BYTES;
/** A share so small would only be counted. */
const smallestShareBytes = 16 * 1024;
/** More is not read before access is known. */
const mostEarlyBytes = 48 * 1024;

type Input = Pick<JobFacts, 'job' | 'userSecrets'> & { readonly whole: WholeJob };
/** The result: a snapshot, a refusal, secrets that differ from what the stores say, or no share of the budget. */
type Outcome = Pick<JobFacts, 'refusal' | 'unreadable' | 'isHeldBack' | 'heldBackForMs'> & {
  readonly snapshot?: JobFacts['snapshot'];
};

export async function takeSnapshot(deps: SnapshotDependencies, input: Input, signal: AbortSignal): Promise<Outcome> {
  const { job, userSecrets } = input;
  const sources = jobSecretRefs(job).map((ref) => ({ ref, userSecret: userSecrets.get(refKey(ref)) }));
  const bytes = sources.reduce((sum, { userSecret }) => sum + sourceBytes(deps.watched, userSecret), 0);
  const release = deps.budget.take(
    job.metadata.namespace,
    Math.max(smallestShareBytes, Math.min(bytes, streamedBytes)),
  );
  if (release === undefined) return { isHeldBack: true };
  try {
    const waitMs = deps.rates.change.take(job.metadata.namespace, bytes);
    if (waitMs > 0) return { isHeldBack: true, heldBackForMs: waitMs };
    return await copy(deps, input, readInOrder(deps, sources, bytes <= MAX_VALUE_BYTES, signal), signal);
  } finally {
    release();
  }
}

/**
 * Begins to read what the job most likely may use, while the API server is asked whether it may: `takeSnapshot` wants the same reads a
 * moment later. Until the answer is yes they go nowhere. Without a grant for each secret of others nothing is read, so that a miss takes
 * the same time whether there is such a secret or not.
 */
export function readEarly(
  deps: SnapshotDependencies & { readonly watched: Grants },
  { job, userSecrets, isBusy, cause }: JobFacts,
  signal: AbortSignal,
): void {
  // Where others wait, they share their reads. A job that waits itself is looked at again and again, and reads nothing for that.
  if (isBusy === true || cause !== 'change' || job.status.phase !== undefined) return;
  const identity = identityOf(job);
  const sources = jobSecretRefs(job).map((ref) => ({ ref, userSecret: userSecrets.get(refKey(ref)) }));
  const { namespace } = job.metadata;
  if (sources.length > mostHeld || !sources.every(({ userSecret }) => isUsable(userSecret))) return;
  if (!sources.every(({ ref }) => ref.namespace === namespace || isGranted(deps.watched, identity, ref))) return;
  const bytes = sources.reduce((sum, { userSecret }) => sum + sourceBytes(deps.watched, userSecret), 0);
  if (bytes > mostEarlyBytes) return;
  const release = deps.budget.tryTake(namespace, Math.max(smallestShareBytes, bytes));
  if (release === undefined) return;
  // A value whose read fails here is read again later.
  void Promise.allSettled(sources.map(({ ref, userSecret }) => readValue(deps, ref, userSecret, signal))).finally(
    release,
  );
}

type Source = { readonly ref: SecretRef; readonly userSecret: UserSecretView | undefined };
type Read = { readonly ref: SecretRef; readonly value: ReadValue | undefined };

async function copy(
  deps: SnapshotDependencies,
  { job, whole, userSecrets }: Input,
  reads: AsyncIterable<Read>,
  signal: AbortSignal,
): Promise<Outcome> {
  const rotation =
    job.rotates === undefined ? {} : await readRotation(deps, job.rotates, job.metadata.namespace, signal);
  if (rotation === undefined) return { refusal: noNextValue(job) };
  const builder = new SnapshotBuilder(job, deps.fingerprint, rotation);
  const unreadable: SecretRef[] = [];
  for await (const { ref, value } of reads) {
    if (value === undefined) unreadable.push(ref);
    // All that are missing are named, but nothing more is copied.
    if (value === undefined || unreadable.length > 0) continue;
    const refusal = refuseValue(job, whole, value);
    if (refusal !== undefined) return { refusal };
    for (const secret of builder.add(value, wantedOf(whole, ref))) {
      const outcome = await keep(deps, job, secret, signal);
      if (outcome !== undefined) return outcome;
    }
  }
  if (unreadable.length > 0) return { unreadable };
  const { snapshot, secret } = builder.finish();
  requireSameTime(deps.watched, userSecrets, snapshot);
  return (await keep(deps, job, secret, signal)) ?? { snapshot };
}

/** The next value of the UserSecret that the job is the hook of, and the value in force; undefined where there is no next one. */
async function readRotation(
  { watched, fingerprint }: SnapshotDependencies,
  { name, uid }: NonNullable<NeuroJobView['rotates']>,
  namespace: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const userSecret = watched.userSecrets.store.get(`${namespace}/${name}`);
  if (userSecret?.metadata.uid !== uid) return undefined;
  const { key, secretName } = userSecret;
  const next = await watched.secrets.read({ namespace, name: nextName(fingerprint, uid, name) }, signal);
  const view = next === undefined ? undefined : watched.secrets.project(next);
  const base64 = ownValue(next?.data, key);
  if (base64 === undefined || nextValueOf(view, { uid, key }, fingerprint) === undefined) return undefined;
  const standing = await watched.secrets.read({ namespace, name: secretName }, signal);
  const previous =
    standing === undefined || ownerUid(standing.metadata) !== uid ? undefined : ownValue(standing.data, key);
  return { [ROTATION_KEYS.next]: base64, ...(previous === undefined ? {} : { [ROTATION_KEYS.previous]: previous }) };
}

function noNextValue({ rotates }: NeuroJobView): Refusal {
  const message = `the job is the hook of a rotation of the UserSecret '${rotates?.name ?? ''}', which has no next value`;
  return { isFinal: true, reason: 'ValueUnusable', message };
}

/** Reads all of them at once where they fit into one native Secret; otherwise one after the other. */
async function* readInOrder(
  deps: SnapshotDependencies,
  sources: readonly Source[],
  isSmall: boolean,
  signal: AbortSignal,
): AsyncGenerator<Read> {
  const read = async ({ ref, userSecret }: Source): Promise<Read> => ({
    ref,
    value: await readValue(deps, ref, userSecret, signal),
  });
  if (isSmall) yield* await Promise.all(sources.map(read));
  else for (const source of sources) yield await read(source);
}

/** The value as it is now, or as the store shows it; undefined where the native Secret is not the one of this UserSecret. */
async function readValue(
  { watched, fingerprint, sources }: SnapshotDependencies,
  ref: SecretRef,
  userSecret: UserSecretView | undefined,
  signal: AbortSignal,
): Promise<ReadValue | undefined> {
  if (userSecret === undefined) return undefined;
  const { key, secretName } = userSecret;
  const { uid } = userSecret.metadata;
  const nativeRef = { namespace: ref.namespace, name: secretName };
  const shown = watched.secrets.store.get(keyOf(nativeRef));
  const native = await sources.read(nativeRef, shown?.metadata.resourceVersion, signal);
  const base64 = ownValue(native?.data, key);
  if (native === undefined || base64 === undefined || base64 === '' || ownerUid(native.metadata) !== uid)
    return undefined;
  return { ref, uid, key, version: fingerprint.version(uid, base64), type: native.type ?? 'Opaque', base64 };
}

/** All values of a job are from the same time: where one has changed since it was read, all are read again. */
function requireSameTime(
  { secrets }: SnapshotDependencies['watched'],
  userSecrets: JobFacts['userSecrets'],
  { taken }: Snapshot,
): void {
  for (const { namespace, name, key, version } of taken) {
    const secretName = userSecrets.get(refKey({ namespace, name }))?.secretName ?? name;
    const now = ownValue(secrets.store.get(`${namespace}/${secretName}`)?.versions, key);
    if (now !== undefined && now !== version)
      throw new KernelError('Conflict', `the Secret ${namespace}/${secretName} changed while values were copied`);
  }
}

function sourceBytes({ secrets }: SnapshotDependencies['watched'], userSecret: UserSecretView | undefined): number {
  if (userSecret === undefined) return 0;
  const { metadata, secretName } = userSecret;
  return secrets.store.get(`${metadata.namespace}/${secretName}`)?.dataBytes ?? MAX_VALUE_BYTES;
}

/** Makes one native Secret. Returns what ends the work early: a refusal, or a whole snapshot from before a crash. */
async function keep(
  { watched, fingerprint }: SnapshotDependencies,
  job: NeuroJobView,
  secret: NewSecret,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const refusal = await post(watched, secret, signal);
  if (refusal !== 'exists') return refusal === undefined ? undefined : { refusal };
  const { namespace, uid } = job.metadata;
  const first = await watched.secrets.refresh({ namespace, name: snapshotName(job) }, signal);
  const whole =
    first === undefined || ownerUid(first.metadata) !== uid
      ? undefined
      : readSnapshot(job, provenSnapshot(uid, first.metadata.annotations, fingerprint));
  if (whole !== undefined) return { snapshot: whole };
  const existing = await watched.secrets.read(secret.metadata, signal);
  if (existing !== undefined && ownerUid(existing.metadata) !== uid) return { refusal: nameTaken(secret) };
  // A piece of a snapshot that was never finished: its values are from another time than those read now.
  const { uid: existingUid } = existing?.metadata ?? {};
  if (existingUid !== undefined) await watched.secrets.delete(secret.metadata, { uid: existingUid, signal });
  const second = await post(watched, secret, signal);
  if (second === 'exists')
    throw new KernelError('Conflict', `the Secret ${namespace}/${secret.metadata.name} was made again by somebody`);
  return second === undefined ? undefined : { refusal: second };
}

async function post(
  { secrets }: SnapshotDependencies['watched'],
  secret: NewSecret,
  signal: AbortSignal,
): Promise<Refusal | 'exists' | undefined> {
  try {
    await secrets.create(secret, { signal, fieldManager: FIELD_MANAGERS.neuroJob });
    return undefined;
  } catch (error) {
    if (isKernelError(error, 'AlreadyExists')) return 'exists';
    const refusal = refusalOf(error, `the Secret '${secret.metadata.name}' for the job's values`);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function nameTaken({ metadata }: NewSecret): Refusal {
  const message = `the Secret '${metadata.name}' exists and does not belong to this job: delete it and create the job again`;
  return { isFinal: true, reason: 'Conflict', message };
}
