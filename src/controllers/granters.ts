/**
 * On whose right a grant stands. A grant of the owner names nobody; one by somebody who shares by `manage` names its granter, and
 * stands only while a chain of grants leads from the granter to the owner. What SQL calls GRANT OPTION with CASCADE.
 */
import { formatSubject, isExpired, type SecretGrantSpec } from '../api/index.ts';
import type { SecretGrantView } from './views.ts';

type Subject = SecretGrantSpec['subject'];

/** Longer chains, and wider ones, count as broken: people share a few steps far, and the search stays short. */
const longestChain = 16;
const mostSupporters = 256;

interface Grants {
  byIndex(index: 'manager', value: string): readonly SecretGrantView[];
}

/** Every `manage` grant that may carry this one, over any number of steps, nearest first. Empty for a grant of the owner. */
export function supportersOf(grant: SecretGrantView, grants: Grants): readonly SecretGrantView[] {
  const supporters = new Map<string, SecretGrantView>();
  let frontier: readonly SecretGrantView[] = [grant];
  for (let step = 0; step < longestChain && frontier.length > 0; step += 1) {
    const next: SecretGrantView[] = [];
    for (const each of frontier) {
      if (each.spec.grantedBy === undefined) continue;
      const key = `${grant.metadata.namespace}/${formatSubject(each.spec.grantedBy)}`;
      for (const supporter of grants.byIndex('manager', key)) {
        if (supporters.has(supporter.metadata.uid) || supporters.size === mostSupporters) continue;
        supporters.set(supporter.metadata.uid, supporter);
        next.push(supporter);
      }
    }
    frontier = next;
  }
  return [...supporters.values()];
}

/** Whether a chain of grants that are in force leads from the grant to one of the owner. `supporters` are those of `supportersOf`. */
export function isRooted(grant: SecretGrantView, supporters: readonly SecretGrantView[], nowMs: number): boolean {
  const rooted = new Set<string>();
  const carries = (granter: Subject | undefined, secret: string | undefined): boolean =>
    granter === undefined ||
    supporters.some(
      ({ metadata, spec }) =>
        rooted.has(metadata.uid) &&
        formatSubject(spec.subject) === formatSubject(granter) &&
        isOver(spec.secret, secret),
    );
  // From the owner outwards, until nothing is added: circles that carry themselves are never reached.
  for (let added = true; added;) {
    added = false;
    for (const { metadata, spec } of supporters) {
      if (rooted.has(metadata.uid) || metadata.deletionTimestamp !== undefined || isExpired(spec.expiresAt, nowMs))
        continue;
      if (!carries(spec.grantedBy, spec.secret)) continue;
      rooted.add(metadata.uid);
      added = true;
    }
  }
  return carries(grant.spec.grantedBy, grant.spec.secret);
}

/**
 * Whether the grant stood on a grant that is not in force any more, so that a binding of it may be there only because nobody has
 * removed it yet. False for a grant of the owner, and for a granter whose right never came from a grant.
 */
export function hasLostGranter(grant: SecretGrantView, grants: Grants, nowMs: number): boolean {
  if (grant.spec.grantedBy === undefined) return false;
  const supporters = supportersOf(grant, grants);
  return supporters.length > 0 && !isRooted(grant, supporters, nowMs);
}

/** A right over all secrets is one over each; a right over one is none over all. */
function isOver(supporting: string | undefined, supported: string | undefined): boolean {
  return supporting === undefined || supporting === supported;
}
