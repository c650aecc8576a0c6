/** Obtains the value of a UserSecret: opens, reads or composes it, within the bytes that may be in memory. */
import { ANNOTATION_COPIED_FROM, MAX_VALUE_BYTES, ownValue } from '../../api/index.ts';
import { KernelError, SecretValue, keyOf } from '../../kernel/index.ts';
import { ownerUid } from '../ownership.ts';
import { refKey, type SecretRef } from '../secret-refs.ts';
import { sourceOf, type UserSecretView } from '../user-secret-view.ts';
import { refOf, type ActDependencies, type Learned } from './act-dependencies.ts';
import { partsOf } from './gather.ts';
import type { UserSecretInput } from './input.ts';
import { missingPart, partsHash } from './template.ts';
import { errorOf, obtainValue, ValueError, type ObtainedValue, type PartValues } from './value.ts';

/** Values of parts that are in memory at a time: the value that is composed is no longer, nor are they together. */
const mostPartsBytes = 2 * MAX_VALUE_BYTES;
/** A share so small would only be counted. */
const smallestShareBytes = 16 * 1024;

export async function obtain(
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
  { watched, fingerprint, sources }: ActDependencies,
  ref: SecretRef,
  signal: AbortSignal,
): Promise<ObtainedValue | undefined> {
  const source = watched.userSecrets.store.get(refKey(ref));
  if (source === undefined) return undefined;
  const { uid } = source.metadata;
  const shown = watched.secrets.store.get(keyOf(refOf(source)));
  const native = await sources.read(refOf(source), shown?.metadata.resourceVersion, signal);
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
  // The hash is of the versions that were read. A part that changes meanwhile has another version, so the value is composed again.
  return { values, hash: partsHash(fingerprint, userSecret, versions) };
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
