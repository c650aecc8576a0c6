/**
 * On whose right a grant stands. A grant of the owner names nobody; one by somebody who shares by `manage` names its granter, and
 * stands only while a chain of grants leads from the granter to the owner. What SQL calls GRANT OPTION with CASCADE.
 */
import { formatSubject, isExpired } from '../api/index.ts';
import type { SecretGrantView } from './views.ts';

/** Longer chains, and wider ones, count as broken: people share a few steps far, and the search stays short. */
const longestChain = 16;
/** For the owner's grants, and the same number for grants of others, so that others cannot crowd out the owner's. */
const mostSupporters = 256;

/** `own…`: grants of the owner by which somebody may share, or copy; the others: those of others. All by who that is. */
type Index = 'ownManager' | 'manager' | 'ownCopier' | 'copier';
interface Grants {
  get(key: string): SecretGrantView | undefined;
  keysByIndex(index: Index, value: string): Iterable<string>;
}

/** Every `manage` grant that may carry this one, over any number of steps, nearest first. Empty for a grant of the owner. */
export function supportersOf(grant: SecretGrantView, grants: Grants): readonly SecretGrantView[] {
  return chainOf(grant, grants, ['ownManager', 'manager']);
}

/**
 * Every `copy` grant that may carry this one, where it gives `copy`: nobody passes on a right that they do not have. Only those in
 * force, because each of them stands on a right to share as well. Empty for a grant of the owner, and for one that gives no copy.
 */
export function copySupportersOf(grant: SecretGrantView, grants: Grants): readonly SecretGrantView[] {
  if (grant.spec.access !== 'copy') return [];
  return chainOf(grant, grants, ['ownCopier', 'copier']).filter(({ status }) => status.phase === 'Active');
}

function chainOf(
  grant: SecretGrantView,
  grants: Grants,
  indexes: readonly [own: Index, others: Index],
): readonly SecretGrantView[] {
  const { namespace } = grant.metadata;
  const found = indexes.map((index) => ({ index, byUid: new Map<string, SecretGrantView>() }));
  const asked = new Set<string>();
  let granters: readonly string[] = granterOf(grant);
  for (let step = 0; step < longestChain && granters.length > 0; step += 1) {
    const next = new Set<string>();
    for (const granter of granters) {
      asked.add(granter);
      for (const { index, byUid } of found) {
        for (const key of grants.keysByIndex(index, `${namespace}/${granter}`)) {
          if (byUid.size === mostSupporters) break;
          const supporter = grants.get(key);
          if (supporter === undefined) continue;
          byUid.set(supporter.metadata.uid, supporter);
          for (const each of granterOf(supporter)) if (!asked.has(each)) next.add(each);
        }
      }
    }
    granters = [...next];
  }
  return found.flatMap(({ byUid }) => [...byUid.values()]);
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
  // From the owner outwards, each grant once: circles that carry themselves are never reached.
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
  const supporters = supportersOf(grant, grants);
  if (supporters.length === 0) return false;
  if (!isRooted(grant, supporters, nowMs)) return true;
  return grant.spec.access === 'copy' && !isRooted(grant, copySupportersOf(grant, grants), nowMs);
}

/** A right over all secrets is one over each; a right over one is none over all. */
function isOver(supporting: string | undefined, supported: string | undefined): boolean {
  return supporting === undefined || supporting === supported;
}
