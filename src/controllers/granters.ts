/**
 * Whose right a grant depends on. A grant by the owner names nobody. A grant by somebody who shares by `manage` names its granter, and is in force
 * only while a chain of grants leads from the granter to the owner. SQL calls this GRANT OPTION with CASCADE.
 */
import { formatSubject, isExpired, parseTimeMs } from '../api/index.ts';
import type { Index, Store } from '../kernel/index.ts';
import type { SecretGrantView } from './views.ts';

/** A longer chain counts as broken: people share over a few steps, and the search stays short. */
const longestChain = 16;
/**
 * The most grants that a search looks at. It holds separately for the owner's grants and those of others, and for those in force and those that
 * wait, so that none of the four can crowd out another.
 */
const mostSupporters = 256;
/** Stands for a grant of every secret. No secret can have this name. */
const everySecret = '*';

type IndexName = keyof typeof granterIndexes;
type State = 'active' | 'waiting';
type Grants = Pick<Store<SecretGrantView>, 'keysByIndex' | 'firstByIndex'>;

/**
 * Indexes of the grants that let somebody share further (`manager`) or copy a value (`copier`), by that somebody: the owner's grants (`own…`) and
 * those of others. Grants that end last come first, so that a search can stop at the first that has ended.
 */
export const granterIndexes = {
  ownManager: lastEndFirst((grant) => (grant.spec.grantedBy === undefined ? holderValues(grant, 'manage') : [])),
  manager: lastEndFirst((grant) => (grant.spec.grantedBy === undefined ? [] : holderValues(grant, 'manage'))),
  ownCopier: lastEndFirst((grant) => (grant.spec.grantedBy === undefined ? holderValues(grant, 'copy') : [])),
  copier: lastEndFirst((grant) => (grant.spec.grantedBy === undefined ? [] : holderValues(grant, 'copy'))),
};

function lastEndFirst(of: (grant: SecretGrantView) => readonly string[]): Index<SecretGrantView> {
  return { of, order: byEnd };
}

function byEnd(one: SecretGrantView, other: SecretGrantView): number {
  const [a, b] = [endMs(one), endMs(other)];
  if (a !== b) return a > b ? -1 : 1;
  return one.metadata.name < other.metadata.name ? -1 : 1;
}

/** An end that cannot be read has passed. */
function endMs({ spec }: SecretGrantView): number {
  return spec.expiresAt === undefined ? Infinity : (parseTimeMs(spec.expiresAt) ?? -Infinity);
}

/** Whose the grant is; and, unless it has ended, also over which secret. */
function holderValues({ metadata, spec, status }: SecretGrantView, access: 'copy' | 'manage'): readonly string[] {
  if (spec.access !== access) return [];
  const { namespace, deletionTimestamp } = metadata;
  const subject = formatSubject(spec.subject);
  const everyone = holderValue(namespace, subject);
  if (deletionTimestamp !== undefined || status.phase === 'Expired') return [everyone];
  const state = status.phase === 'Active' ? 'active' : 'waiting';
  return [everyone, overValue(namespace, state, spec.secret, subject)];
}

/** A user's name may have a `/` in it, so what comes before it says of which kind the value is. */
function holderValue(namespace: string, subject: string): string {
  return `${namespace}/any/${subject}`;
}

function overValue(namespace: string, state: State, secret: string | undefined, subject: string): string {
  return `${namespace}/${state}/${secret ?? everySecret}/${subject}`;
}

/** Every `manage` grant that has not ended and may carry this one, over any number of steps, nearest first. Empty for a grant of the owner. */
export function supportersOf(grant: SecretGrantView, grants: Grants, nowMs: number): readonly SecretGrantView[] {
  return chainOf(grant, grants, { indexes: ['ownManager', 'manager'], states: ['active', 'waiting'], nowMs });
}

/**
 * Every `copy` grant that may carry this one, where it gives `copy`: nobody passes on a right that they do not have. Only those in
 * force, because each of them stands on a right to share as well. Empty for a grant of the owner, and for one that gives no copy.
 */
export function copySupportersOf(grant: SecretGrantView, grants: Grants, nowMs: number): readonly SecretGrantView[] {
  if (grant.spec.access !== 'copy') return [];
  return chainOf(grant, grants, { indexes: ['ownCopier', 'copier'], states: ['active'], nowMs });
}

function chainOf(
  grant: SecretGrantView,
  grants: Grants,
  {
    indexes,
    states,
    nowMs,
  }: { readonly indexes: readonly IndexName[]; readonly states: readonly State[]; readonly nowMs: number },
): readonly SecretGrantView[] {
  const { namespace } = grant.metadata;
  const { secret } = grant.spec;
  // What carries the grant is over its secret, or over all.
  const over = secret === undefined ? [undefined] : [secret, undefined];
  const found = states.flatMap((state) =>
    indexes.map((index) => ({ index, state, byUid: new Map<string, SecretGrantView>() })),
  );
  const asked = new Set<string>();
  let granters: readonly string[] = granterOf(grant);
  for (let step = 0; step < longestChain && granters.length > 0; step += 1) {
    const next = new Set<string>();
    for (const granter of granters) {
      asked.add(granter);
      for (const { index, state, byUid } of found) {
        if (byUid.size === mostSupporters) continue;
        const values = over.map((each) => overValue(namespace, state, each, granter));
        for (const supporter of notEnded(grants, index, values, nowMs)) {
          if (byUid.size === mostSupporters) break;
          byUid.set(supporter.metadata.uid, supporter);
          for (const each of granterOf(supporter)) if (!asked.has(each)) next.add(each);
        }
      }
    }
    granters = [...next];
  }
  return found.flatMap(({ byUid }) => [...byUid.values()]);
}

/** Leaves out grants that have just ended, and whose status does not say so yet. */
function* notEnded(
  grants: Grants,
  index: IndexName,
  values: readonly string[],
  nowMs: number,
): Generator<SecretGrantView> {
  for (const value of values) {
    for (const grant of grants.firstByIndex(index, value, mostSupporters)) {
      // The list is sorted by the end, so all that follow have ended too.
      if (isExpired(grant.spec.expiresAt, nowMs)) break;
      yield grant;
    }
  }
}

function granterOf({ spec }: SecretGrantView): readonly string[] {
  return spec.grantedBy === undefined ? [] : [formatSubject(spec.grantedBy)];
}

/**
 * Whether a chain of grants that are in force leads from the grant to one of the owner. `supporters` are those of `supportersOf`, or of
 * `copySupportersOf`.
 */
export function isRooted(grant: SecretGrantView, supporters: readonly SecretGrantView[], nowMs: number): boolean {
  const [granter] = granterOf(grant);
  if (granter === undefined) return true;
  const waiting = new Map<string, SecretGrantView[]>();
  const rooted: SecretGrantView[] = [];
  for (const supporter of supporters) {
    const { metadata, spec } = supporter;
    if (metadata.deletionTimestamp !== undefined || isExpired(spec.expiresAt, nowMs)) continue;
    const [by] = granterOf(supporter);
    if (by === undefined) rooted.push(supporter);
    else waiting.set(by, [...(waiting.get(by) ?? []), supporter]);
  }
  // The walk begins at the owner and visits each grant once, so grants that only depend on each other are never reached.
  for (const { spec } of rooted) {
    const subject = formatSubject(spec.subject);
    if (subject === granter && isOver(spec.secret, grant.spec.secret)) return true;
    const [carried, others] = split(waiting.get(subject) ?? [], (each) => isOver(spec.secret, each.spec.secret));
    waiting.set(subject, others);
    rooted.push(...carried);
  }
  return false;
}

function split<T>(all: readonly T[], isFirst: (each: T) => boolean): readonly [T[], T[]] {
  const [first, second]: [T[], T[]] = [[], []];
  for (const each of all) (isFirst(each) ? first : second).push(each);
  return [first, second];
}

/**
 * Whether the grant stood on a grant that is not in force any more, so that a binding of it may be there only because nobody has
 * removed it yet. False for a grant of the owner, and for a granter whose right never came from a grant.
 */
export function hasLostGranter(grant: SecretGrantView, grants: Grants, nowMs: number): boolean {
  if (grant.spec.grantedBy === undefined) return false;
  const value = holderValue(grant.metadata.namespace, formatSubject(grant.spec.grantedBy));
  if (!hasAny(grants.keysByIndex('ownManager', value)) && !hasAny(grants.keysByIndex('manager', value))) return false;
  if (!isRooted(grant, supportersOf(grant, grants, nowMs), nowMs)) return true;
  return grant.spec.access === 'copy' && !isRooted(grant, copySupportersOf(grant, grants, nowMs), nowMs);
}

function hasAny(keys: Iterable<string>): boolean {
  for (const _key of keys) return true;
  return false;
}

/** A right over all secrets is one over each; a right over one is none over all. */
function isOver(supporting: string | undefined, supported: string | undefined): boolean {
  return supporting === undefined || supporting === supported;
}
