/**
 * The native Secrets that hold the values of one job, all from the same time. Pure.
 *
 *   neuro-job-<uid>          values, and an annotation that says which there are (names and versions, no value)
 *   neuro-job-<uid>-1, …     more values, where one Secret cannot hold them all
 *   neuro-job-<uid>-pull     the credentials for pulling the image; -pull-1, … where there are several
 *
 * The first is made last: where it exists, all of them do. So a crash at any point loses nothing: what is there is taken
 * as it is, or what is missing is made.
 */
import { MAX_VALUE_BYTES, splitPair, TLS_PARTS, TLS_TYPE, type TlsPart, type TlsParts } from '../../api/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { Secret } from '../resources.ts';
import { refKey, uriOf, type SecretRef } from '../secret-refs.ts';
import { snapshotRecord } from '../snapshot-record.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { Refusal, Snapshot, TakenSecret, WholeJob } from './facts.ts';
import { ownedMetadata, pullSecretName, snapshotName } from './object-names.ts';

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

/** The keys in the first native Secret of a job that is the hook of a rotation: the next value, and the current one. */
export const ROTATION_KEYS = { next: 'next', previous: 'previous' } as const;

export type NewSecret = Omit<Secret, 'apiVersion' | 'kind'>;

/** Why a value cannot be what the job wants it to be. Names variable and secret, never a value. */
export function refuseValue(job: NeuroJobView, whole: WholeJob, value: ReadValue): Refusal | undefined {
  const isThis = ({
    namespace = job.metadata.namespace,
    name,
  }: {
    readonly namespace?: string;
    readonly name: string;
  }) => refKey({ namespace, name }) === refKey(value.ref);
  const pair = partsOf(value);
  for (const part of wantedOf(whole, value.ref).parts) {
    if (pair[part] === undefined)
      return unusable(
        value.type === TLS_TYPE
          ? `the certificate pair '${uriOf(value.ref)}' has no ${part}`
          : `only a UserSecret of type ${TLS_TYPE} has a part ${part}; '${uriOf(value.ref)}' is none`,
      );
  }
  for (const { name, fromSecret } of whole.spec.env ?? []) {
    if (fromSecret === undefined || !isThis(fromSecret)) continue;
    const text = fromSecret.part === undefined ? undefined : pair[fromSecret.part];
    const problem = variableProblem(name, text === undefined ? value.base64 : base64Of(text));
    if (problem !== undefined) {
      return unusable(
        `the variable ${name} cannot hold the value of '${uriOf(value.ref)}', which ${problem}: use it as a file`,
      );
    }
  }
  if (job.spec.pullRefs.some(isThis) && (value.type !== pullType || !isJsonObject(value.base64))) {
    return unusable(`an image is pulled with a UserSecret of type ${pullType}; '${uriOf(value.ref)}' is none`);
  }
  return undefined;
}

/** What a job's variables and files use of a secret: all of it, or parts of a certificate pair. */
interface Wanted {
  readonly isWhole: boolean;
  readonly parts: readonly TlsPart[];
}

export function wantedOf({ spec, metadata }: WholeJob, ref: SecretRef): Wanted {
  const references = [...(spec.env ?? []), ...(spec.files ?? [])]
    .flatMap(({ fromSecret }) => fromSecret ?? [])
    .filter(({ namespace = metadata.namespace, name }) => refKey({ namespace, name }) === refKey(ref));
  return {
    isWhole: references.some(({ part }) => part === undefined),
    parts: TLS_PARTS.filter((part) => references.some((reference) => reference.part === part)),
  };
}

/** The key of a part in the native Secret of a snapshot. */
export function partKey(dataKey: string, part: TlsPart): string {
  return `${dataKey}-${part}`;
}

function partsOf({ type, base64 }: ReadValue): TlsParts {
  if (type !== TLS_TYPE) return {};
  const split = splitPair(Buffer.from(base64, 'base64').toString('utf8'));
  return 'problem' in split ? {} : split.parts;
}

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Builds a snapshot from one value after the other, so that not more than one native Secret of them is in memory. */
export class SnapshotBuilder {
  readonly #job: NeuroJobView;
  readonly #fingerprint: Fingerprint;
  readonly #taken: TakenSecret[] = [];
  /** Values that are not in a native Secret yet, and where they stand in `#taken`. */
  readonly #extra: Readonly<Record<string, string>>;
  #data: Record<string, string> = {};
  #indexes: number[] = [];
  #bytes = 0;
  #chunks = 0;
  #pulls = 0;

  /** `extra` goes into the first native Secret, under its own keys. */
  constructor(job: NeuroJobView, fingerprint: Fingerprint, extra: Readonly<Record<string, string>> = {}) {
    this.#job = job;
    this.#fingerprint = fingerprint;
    this.#extra = extra;
    // Every chunk leaves room for these, because any chunk can be the last one.
    this.#bytes = this.#extraBytes();
  }

  /** Takes a value, each once, in the order of `jobSecretRefs`. Returns the native Secrets that are to be made now. */
  add(value: ReadValue, wanted: Wanted = { isWhole: true, parts: [] }): readonly NewSecret[] {
    const { containerRefs, pullRefs } = this.#job.spec;
    const { ref, uid, key, version, base64 } = value;
    const isIn = (refs: readonly SecretRef[]): boolean => refs.some((other) => refKey(other) === refKey(ref));
    const made: NewSecret[] = [];
    if (isIn(pullRefs)) made.push(this.#pullSecret(base64));
    if (isIn(containerRefs)) {
      const place = `s${this.#taken.length}`;
      const pair = partsOf(value);
      const data = Object.fromEntries([
        ...(wanted.isWhole ? [[place, base64] as const] : []),
        ...wanted.parts.flatMap((part) => {
          const text = pair[part];
          return text === undefined ? [] : [[partKey(place, part), base64Of(text)] as const];
        }),
      ]);
      const bytes = Object.values(data).reduce((sum, one) => sum + Buffer.byteLength(one, 'base64'), 0);
      if (this.#indexes.length > 0 && this.#bytes + bytes > MAX_VALUE_BYTES)
        made.push(this.#chunk((this.#chunks += 1)));
      this.#bytes += bytes;
      this.#indexes.push(this.#taken.length);
      Object.assign(this.#data, data);
    }
    this.#taken.push({ ...ref, uid, key, version });
    return made;
  }

  /** Call it after the last value. Returns the snapshot, and the native Secret that completes it. */
  finish(): { readonly snapshot: Snapshot; readonly secret: NewSecret } {
    const secret = this.#chunk(0, this.#extra);
    const snapshot = { name: snapshotName(this.#job), taken: [...this.#taken] };
    const text = JSON.stringify(snapshot.taken);
    const annotations = snapshotRecord(this.#job.metadata.uid, text, this.#fingerprint);
    return { snapshot, secret: { ...secret, metadata: { ...secret.metadata, annotations } } };
  }

  #chunk(index: number, extra: Readonly<Record<string, string>> = {}): NewSecret {
    const secretName = snapshotName(this.#job, index);
    for (const place of this.#indexes) {
      const taken = this.#taken[place];
      if (taken !== undefined) this.#taken[place] = { ...taken, secretName, dataKey: `s${place}` };
    }
    const data = { ...this.#data, ...extra };
    this.#data = {};
    this.#indexes = [];
    this.#bytes = this.#extraBytes();
    return { metadata: ownedMetadata(this.#job, secretName), type: 'Opaque', immutable: true, data };
  }

  #extraBytes(): number {
    return Object.values(this.#extra).reduce((sum, base64) => sum + Buffer.byteLength(base64, 'base64'), 0);
  }

  #pullSecret(base64: string): NewSecret {
    const metadata = ownedMetadata(this.#job, pullSecretName(this.#job, this.#pulls));
    this.#pulls += 1;
    return { metadata, type: pullType, immutable: true, data: { [pullKey]: base64 } };
  }
}

/** The snapshot as the first native Secret of this job records it. `proven` is that record, where the operator wrote it (`provenSnapshot`). */
export function readSnapshot(job: NeuroJobView, proven: string | undefined): Snapshot | undefined {
  return proven === undefined
    ? undefined
    : { name: snapshotName(job), taken: JSON.parse(proven) as readonly TakenSecret[] };
}

function variableProblem(name: string, base64: string): string | undefined {
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
