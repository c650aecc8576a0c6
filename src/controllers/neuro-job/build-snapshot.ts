/**
 * The native Secrets that hold the values of one job, all of one moment. Pure.
 *
 *   neuro-job-<uid>          the values, and an annotation that says which they are (names and versions, no value)
 *   neuro-job-<uid>-1, …     more values, where one Secret cannot hold them all
 *   neuro-job-<uid>-pull     the credentials for pulling the image; -pull-1, … where there are several
 *
 * The first is made last: where it stands, all of them do. So a crash at any point loses nothing: what is there is taken
 * as it is, or what is missing is made.
 */
import { ANNOTATION_SNAPSHOT, MAX_VALUE_BYTES } from '../../api/index.ts';
import type { Secret } from '../resources.ts';
import type { NeuroJobView } from '../views.ts';
import { refKey, type Refusal, type Snapshot, type TakenSecret } from './facts.ts';
import { ownedMetadata, pullSecretNames, snapshotName } from './object-names.ts';
import { containerRefs, jobSecretRefs, pullRefs, uriOf, type SecretRef } from './secret-refs.ts';

/** Linux' limit for one variable, with its name, '=' and the byte at its end. */
const longestVariableBytes = 128 * 1024;
const pullType = 'kubernetes.io/dockerconfigjson';
const pullKey = '.dockerconfigjson';

/** A value on its way into a snapshot, with where it came from. */
export interface ReadValue {
  readonly ref: SecretRef;
  readonly uid: string;
  readonly key: string;
  readonly version: string;
  readonly type: string;
  readonly base64: string;
}

export interface BuiltSnapshot {
  readonly snapshot: Snapshot;
  /** In the order in which they are made. */
  readonly secrets: readonly Omit<Secret, 'apiVersion' | 'kind'>[];
}

/** Why the values cannot be what the job wants them to be. Names variable and secret, never a value. */
export function refuseValues(job: NeuroJobView, values: readonly ReadValue[]): Refusal | undefined {
  const valueOf = (ref: { readonly namespace?: string; readonly name: string }): ReadValue | undefined => {
    const { namespace = job.metadata.namespace, name } = ref;
    return values.find((value) => refKey(value.ref) === refKey({ namespace, name }));
  };
  for (const { name, fromSecret } of job.spec.env ?? []) {
    const value = fromSecret === undefined ? undefined : valueOf(fromSecret);
    const problem = value === undefined ? undefined : variableProblem(name, value);
    if (value !== undefined && problem !== undefined) {
      return unusable(
        `the variable ${name} cannot hold the value of '${uriOf(value.ref)}', which ${problem}: use it as a file`,
      );
    }
  }
  for (const ref of pullRefs(job)) {
    const pull = valueOf(ref);
    if (pull !== undefined && (pull.type !== pullType || !isJsonObject(pull.base64))) {
      return unusable(`an image is pulled with a UserSecret of type ${pullType}; '${uriOf(pull.ref)}' is none`);
    }
  }
  return undefined;
}

export function buildSnapshot(job: NeuroJobView, values: readonly ReadValue[]): BuiltSnapshot {
  const chunks: Record<string, string>[] = [{}];
  let chunkBytes = 0;
  const taken: TakenSecret[] = [];
  const inContainer = new Set(containerRefs(job).map(refKey));
  for (const [index, { ref, uid, key, version, base64 }] of values.entries()) {
    const source = { ...ref, uid, key, version };
    if (!inContainer.has(refKey(ref))) {
      taken.push(source);
      continue;
    }
    const bytes = byteLength(base64);
    if (chunkBytes > 0 && chunkBytes + bytes > MAX_VALUE_BYTES) {
      chunks.push({});
      chunkBytes = 0;
    }
    chunkBytes += bytes;
    const dataKey = `s${index}`;
    const last = chunks.length - 1;
    Object.assign(chunks[last] ?? {}, { [dataKey]: base64 });
    taken.push({ ...source, secretName: snapshotName(job, last), dataKey });
  }
  const snapshot = { name: snapshotName(job), taken };
  return {
    snapshot,
    secrets: [
      ...pullSecrets(job, values),
      ...chunks.map((data, chunk) => chunkSecret(job, snapshot, data, chunk)).reverse(),
    ],
  };
}

/**
 * What the first native Secret of this job says that it holds; undefined where it is not what we would have written. Its
 * annotation can be forged by whoever may make Secrets in the namespace, and must not lead the Pod to any other Secret.
 */
export function readSnapshot(
  job: NeuroJobView,
  metadata: { readonly annotations?: Readonly<Record<string, string>> },
): Snapshot | undefined {
  const taken = parseTaken(metadata.annotations?.[ANNOTATION_SNAPSHOT]);
  if (taken === undefined) return undefined;
  const isOurs = taken.every(({ secretName, dataKey }) =>
    secretName === undefined
      ? dataKey === undefined
      : isChunkName(job, secretName) && dataKey !== undefined && /^s\d+$/.test(dataKey),
  );
  const isWhole =
    jobSecretRefs(job).every((ref) => taken.some((secret) => refKey(secret) === refKey(ref))) &&
    containerRefs(job).every((ref) => taken.some((s) => refKey(s) === refKey(ref) && s.dataKey !== undefined));
  return isOurs && isWhole ? { name: snapshotName(job), taken } : undefined;
}

function parseTaken(text: string | undefined): readonly TakenSecret[] | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every(isTaken) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isTaken(value: unknown): value is TakenSecret {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const isText = (name: string): boolean => typeof fields[name] === 'string';
  const isTextOrNone = (name: string): boolean => fields[name] === undefined || isText(name);
  return ['namespace', 'name', 'uid', 'key', 'version'].every(isText) && ['secretName', 'dataKey'].every(isTextOrNone);
}

function isChunkName(job: NeuroJobView, name: string): boolean {
  const first = snapshotName(job);
  return name === first || (name.startsWith(`${first}-`) && /^\d+$/.test(name.slice(first.length + 1)));
}

function chunkSecret(
  job: NeuroJobView,
  snapshot: Snapshot,
  data: Readonly<Record<string, string>>,
  chunk: number,
): BuiltSnapshot['secrets'][number] {
  const metadata = ownedMetadata(job, snapshotName(job, chunk));
  const annotations = chunk === 0 ? { annotations: { [ANNOTATION_SNAPSHOT]: JSON.stringify(snapshot.taken) } } : {};
  return { metadata: { ...metadata, ...annotations }, type: 'Opaque', immutable: true, data };
}

function pullSecrets(job: NeuroJobView, values: readonly ReadValue[]): BuiltSnapshot['secrets'] {
  const names = pullSecretNames(job);
  return pullRefs(job).flatMap((ref, index) => {
    const value = values.find((read) => refKey(read.ref) === refKey(ref));
    const name = names[index];
    if (value === undefined || name === undefined) return [];
    return [{ metadata: ownedMetadata(job, name), type: pullType, immutable: true, data: { [pullKey]: value.base64 } }];
  });
}

function variableProblem(name: string, { base64 }: ReadValue): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (name.length + bytes.byteLength + 2 > longestVariableBytes)
    return `is longer than 128 KiB (${bytes.byteLength} bytes)`;
  if (bytes.includes(0)) return 'holds a NUL byte';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return undefined;
  } catch {
    return 'is not UTF-8';
  }
}

function isJsonObject(base64: string): boolean {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

function unusable(message: string): Refusal {
  return { isFinal: true, reason: 'ValueUnusable', message };
}

function byteLength(base64: string): number {
  return Buffer.byteLength(base64, 'base64');
}
