/**
 * Reads the values of a job's secrets and keeps them in its snapshot. The one place where a job's controller holds
 * values; nothing of them outlives the call.
 */
import { FIELD_MANAGERS, ownValue } from '../../api/index.ts';
import { KernelError, isKernelError } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { ownerUid } from '../ownership.ts';
import type { Secret } from '../resources.ts';
import { viewSecret, type NeuroJobView, type UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { buildSnapshot, readSnapshot, refuseValues, type ReadValue } from './build-snapshot.ts';
import { refKey, type JobFacts, type Refusal } from './facts.ts';
import { snapshotName } from './object-names.ts';
import { refusalOf } from './refusal.ts';
import { jobSecretRefs, type SecretRef } from './secret-refs.ts';

export interface SnapshotDependencies {
  readonly watched: Watched;
  readonly fingerprint: Fingerprint;
}

/** What became of it: a snapshot, a refusal, or secrets that are not what the stores say. */
export type SnapshotOutcome = Pick<JobFacts, 'snapshot' | 'refusal' | 'unreadable'>;

export async function takeSnapshot(
  deps: SnapshotDependencies,
  { job, userSecrets }: Pick<JobFacts, 'job' | 'userSecrets'>,
  signal: AbortSignal,
): Promise<SnapshotOutcome> {
  const refs = jobSecretRefs(job);
  const read = await Promise.all(refs.map((ref) => readValue(deps, ref, userSecrets.get(refKey(ref)), signal)));
  const values = read.filter((value) => value !== undefined);
  if (values.length < refs.length) {
    const unreadable = refs.filter((ref) => !values.some((value) => refKey(value.ref) === refKey(ref)));
    return { snapshot: undefined, unreadable };
  }
  const refusal = refuseValues(job, values);
  if (refusal !== undefined) return { snapshot: undefined, refusal };
  const { snapshot, secrets } = buildSnapshot(job, values);
  for (const secret of secrets) {
    const outcome = await keep(deps, job, secret, signal);
    if (outcome !== undefined) return outcome;
  }
  return { snapshot };
}

/** The value as it is now; undefined where the native Secret is not the one of this UserSecret. */
async function readValue(
  { watched, fingerprint }: SnapshotDependencies,
  ref: SecretRef,
  userSecret: UserSecretView | undefined,
  signal: AbortSignal,
): Promise<ReadValue | undefined> {
  if (userSecret === undefined) return undefined;
  const { key, secretName } = userSecret;
  const { uid } = userSecret.metadata;
  const native = await watched.secrets.read({ namespace: ref.namespace, name: secretName }, signal);
  const base64 = ownValue(native?.data, key);
  if (native === undefined || base64 === undefined || base64 === '' || ownerUid(native.metadata) !== uid)
    return undefined;
  return { ref, uid, key, version: fingerprint.version(uid, base64), type: native.type ?? 'Opaque', base64 };
}

/** Makes one native Secret. Answers what ends the work early: a refusal, or a whole snapshot from before a crash. */
async function keep(
  { watched, fingerprint }: SnapshotDependencies,
  job: NeuroJobView,
  secret: NewSecret,
  signal: AbortSignal,
): Promise<SnapshotOutcome | undefined> {
  const refusal = await post(watched, secret, signal);
  if (refusal !== 'exists') return refusal === undefined ? undefined : { snapshot: undefined, refusal };
  const { namespace } = job.metadata;
  const first = await watched.secrets.read({ namespace, name: snapshotName(job) }, signal);
  const whole =
    first === undefined || ownerUid(first.metadata) !== job.metadata.uid
      ? undefined
      : readSnapshot(job, first.metadata);
  if (first !== undefined && whole !== undefined) {
    watched.secrets.store.set(viewSecret(first, fingerprint));
    return { snapshot: whole };
  }
  const existing = await watched.secrets.read(secret.metadata, signal);
  if (existing !== undefined && ownerUid(existing.metadata) !== job.metadata.uid)
    return { snapshot: undefined, refusal: taken(secret) };
  // A piece of a snapshot that was never finished: its values are of another moment than those read now.
  const { uid } = existing?.metadata ?? {};
  if (uid !== undefined) await watched.secrets.delete(secret.metadata, { uid, signal });
  const second = await post(watched, secret, signal);
  if (second === 'exists')
    throw new KernelError('Conflict', `the Secret ${namespace}/${secret.metadata.name} came again`);
  return second === undefined ? undefined : { snapshot: undefined, refusal: second };
}

type NewSecret = Omit<Secret, 'apiVersion' | 'kind'>;

async function post(watched: Watched, secret: NewSecret, signal: AbortSignal): Promise<Refusal | 'exists' | undefined> {
  try {
    await watched.secrets.create(secret, { signal, fieldManager: FIELD_MANAGERS.neuroJob });
    return undefined;
  } catch (error) {
    if (isKernelError(error, 'AlreadyExists')) return 'exists';
    const refusal = refusalOf(error, `the Secret '${secret.metadata.name}' for the job's values`);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function taken({ metadata }: NewSecret): Refusal {
  const message = `the Secret '${metadata.name}' exists and is not ours: delete it and make the job again`;
  return { isFinal: true, reason: 'Conflict', message };
}
