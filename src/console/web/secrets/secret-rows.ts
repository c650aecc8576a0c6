/** From what the cluster says to the rows of the secrets page; search and order. Pure. */
import {
  calledName,
  findCondition,
  formatSubject,
  isConditionTrue,
  rotateByOf,
  type NeuroJob,
  type RotateBy,
  type SecretGrant,
  type UserSecret,
} from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { ownSecretNames, tagsOf } from '../../../client/index.ts';
import { compareText } from '../language/local.ts';
import type { Sorting } from '../parts/sorting.ts';

type SecretSource = 'sealed' | 'plain' | 'generated' | 'reference' | 'template' | 'copy';
export type SecretSort = 'key' | 'updated' | 'shared' | 'jobs';

export interface SecretRow {
  readonly secret: UserSecret;
  readonly name: string;
  /** What people call it: its key, or its name where the type fixes the key. */
  readonly key: string;
  readonly source: SecretSource;
  /** Over this secret, and over all of the namespace; without what has expired. */
  readonly grants: readonly SecretGrant[];
  /** `count` may be of more than are named. */
  readonly sharedWith: { readonly subjects: readonly string[]; readonly count: number };
  /** Unfinished jobs of this namespace. */
  readonly jobs: readonly NeuroJob[];
  /** Unfinished jobs elsewhere, as the operator counts them. */
  readonly jobsElsewhere: number;
  /** Why its value is not in the cluster yet; undefined when all is well. */
  readonly problem: { readonly reason: string; readonly message: string } | undefined;
  /** The operator has not looked at the latest change. */
  readonly isPending: boolean;
  /** A rotation that waits for its hook, or whose hook did not succeed. */
  readonly rotation?: { readonly isWaiting: boolean; readonly message: string };
  readonly isPlaintext: boolean;
  readonly isKeyOutdated: boolean;
  readonly updatedAt: string | undefined;
  readonly rotateBy: RotateBy | undefined;
  readonly tags: readonly string[];
}

/** What people call a row among others: of two that want one key, the one without it has its own name, too. */
export function rowName({ key, name, problem }: SecretRow): string {
  return problem?.reason === 'KeyConflict' ? `${key} (${name})` : key;
}

export function secretRows(
  secrets: Iterable<UserSecret>,
  grants: Iterable<SecretGrant>,
  jobs: Iterable<NeuroJob>,
): readonly SecretRow[] {
  const active = [...grants].filter(({ status }) => status?.phase !== 'Expired');
  const grantsByName = groupBy(active, ({ spec }) => [spec.secret ?? '']);
  const ofAll = grantsByName.get('') ?? [];
  const jobsByName = groupBy(jobs, secretNamesOf);
  return Array.from(secrets, (secret) => {
    const own = grantsByName.get(secret.metadata.name) ?? [];
    return rowOf(secret, [...own, ...ofAll], jobsByName.get(secret.metadata.name) ?? []);
  });
}

/** Secrets of its own namespace that an unfinished job uses. */
function secretNamesOf({ metadata, spec, status }: NeuroJob): readonly string[] {
  return status?.finishTime === undefined ? ownSecretNames(spec, metadata.namespace ?? '') : [];
}

/** A row is the same object while nothing that it shows has changed, so that only changed rows are rendered again. */
const known = new WeakMap<UserSecret, SecretRow>();

function rowOf(secret: UserSecret, grants: readonly SecretGrant[], jobs: readonly NeuroJob[]): SecretRow {
  const former = known.get(secret);
  if (former !== undefined && isSameList(former.grants, grants) && isSameList(former.jobs, jobs)) return former;
  const row = newRow(secret, grants, jobs);
  known.set(secret, row);
  return row;
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

function newRow(secret: UserSecret, grants: readonly SecretGrant[], jobs: readonly NeuroJob[]): SecretRow {
  const { metadata, status } = secret;
  const ready = findCondition(status?.conditions, 'Ready');
  const isPending = ready === undefined || (ready.observedGeneration ?? 0) < (metadata.generation ?? 0);
  return {
    secret,
    name: metadata.name,
    key: calledName(secret),
    source: sourceOf(secret),
    grants,
    sharedWith: sharedWithOf(secret, grants),
    jobs,
    jobsElsewhere: Math.max(0, (status?.usedBy ?? 0) - jobs.length),
    problem: isPending || ready.status === 'True' ? undefined : { reason: ready.reason, message: ready.message },
    isPending,
    ...defined({ rotation: rotationOf(secret) }),
    isPlaintext: isConditionTrue(status?.conditions, 'Plaintext'),
    isKeyOutdated: isConditionTrue(status?.conditions, 'SealingKeyOutdated'),
    updatedAt: status?.updatedAt ?? metadata.creationTimestamp,
    rotateBy: rotateByOf(secret),
    tags: tagsOf(metadata),
  };
}

/** By the grants; where one may not list them, or does not yet, by what the operator says of them. */
function sharedWithOf({ status }: UserSecret, grants: readonly SecretGrant[]): SecretRow['sharedWith'] {
  const subjects = [...new Set(grants.map(({ spec }) => formatSubject(spec.subject)))];
  if (subjects.length > 0) return { subjects, count: subjects.length };
  return { subjects: status?.sharedWith?.subjects ?? [], count: status?.sharedWith?.count ?? 0 };
}

function rotationOf({ status }: UserSecret): SecretRow['rotation'] {
  const condition = findCondition(status?.conditions, 'RotationPending');
  if (condition === undefined) return undefined;
  return { isWaiting: condition.reason === 'WaitingForHook', message: condition.message };
}

export function sourceOf({ spec }: UserSecret): SecretSource {
  if (spec.generate !== undefined) return 'generated';
  if (spec.secretKeyRef !== undefined || spec.configMapKeyRef !== undefined) return 'reference';
  if (spec.template !== undefined) return 'template';
  if (spec.sharedFrom !== undefined) return 'copy';
  return spec.sealed === undefined ? 'plain' : 'sealed';
}

/** Every word must stand in the key, the name, the description or a tag. */
export function searchSecrets(rows: readonly SecretRow[], text: string): readonly SecretRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ key, name, secret, tags }) => {
    const said = `${key} ${name} ${secret.spec.description ?? ''} ${tags.join(' ')}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** `fresh` are names of secrets that were just added: they stand first, as the user expects after saving. */
export function sortSecrets(
  rows: readonly SecretRow[],
  { by, isDescending }: Sorting<SecretSort>,
  fresh: ReadonlySet<string>,
): readonly SecretRow[] {
  const direction = isDescending ? -1 : 1;
  return [...rows].sort(
    (a, b) => Number(fresh.has(b.name)) - Number(fresh.has(a.name)) || direction * compareBy[by](a, b) || byKey(a, b),
  );
}

const byKey = (a: SecretRow, b: SecretRow): number => compareText(a.key, b.key);
const compareBy: Readonly<Record<SecretSort, (a: SecretRow, b: SecretRow) => number>> = {
  key: byKey,
  updated: (a, b) => (a.updatedAt ?? '').localeCompare(b.updatedAt ?? '', 'en'),
  shared: (a, b) => a.sharedWith.count - b.sharedWith.count,
  jobs: (a, b) => a.jobs.length + a.jobsElsewhere - b.jobs.length - b.jobsElsewhere,
};

function groupBy<T>(items: Iterable<T>, keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items)
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  return groups;
}
