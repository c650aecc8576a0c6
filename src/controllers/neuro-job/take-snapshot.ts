/**
 * Reads the values of a job's secrets and keeps them in its snapshot. The one place where a job's controller holds
 * values; nothing of them outlives the call.
 */
import { FIELD_MANAGERS } from '../../api/index.ts';
import { KernelError, isKernelError } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { ownerUid } from '../ownership.ts';
import type { Secret } from '../resources.ts';
import { viewSecret, type NeuroJobView, type UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { buildSnapshot, readSnapshot, refuseValues, type ReadValue } from './build-snapshot.ts';
import { refKey, type JobFacts, type Snapshot } from './facts.ts';
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
  let existing: Snapshot | undefined;
  for (const secret of secrets) {
    const outcome = await keep(deps, job, secret, signal);
    if (outcome.refusal !== undefined) return outcome;
    existing = outcome.snapshot;
  }
  return { snapshot: existing ?? snapshot };
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
  const base64 = native?.data?.[key];
  if (native === undefined || base64 === undefined || base64 === '' || ownerUid(native.metadata) !== uid)
    return undefined;
  return { ref, uid, key, version: fingerprint.version(uid, base64), type: native.type ?? 'Opaque', base64 };
}

/** Makes one native Secret; one that is there already and ours, from before a crash, is kept as it is. */
async function keep(
  { watched, fingerprint }: SnapshotDependencies,
  job: NeuroJobView,
  secret: Omit<Secret, 'apiVersion' | 'kind'>,
  signal: AbortSignal,
): Promise<SnapshotOutcome> {
  const { namespace = '', name } = secret.metadata;
  try {
    await watched.secrets.create(secret, { signal, fieldManager: FIELD_MANAGERS.neuroJob });
    return { snapshot: undefined };
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) {
      const refusal = refusalOf(error, `the Secret '${name}' for the job's values`);
      if (refusal === undefined) throw error;
      return { snapshot: undefined, refusal };
    }
  }
  const existing = await watched.secrets.read({ namespace, name }, signal);
  if (existing === undefined) throw new KernelError('Conflict', `the Secret ${namespace}/${name} came and went`);
  if (ownerUid(existing.metadata) !== job.metadata.uid) {
    const message = `the Secret '${name}' exists and is not ours: delete it and make the job again`;
    return { snapshot: undefined, refusal: { isFinal: true, reason: 'Conflict', message } };
  }
  watched.secrets.store.set(viewSecret(existing, fingerprint));
  return { snapshot: readSnapshot(existing.metadata) };
}
