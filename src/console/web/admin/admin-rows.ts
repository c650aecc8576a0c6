/** What the cards of the administration show of the objects that were read. Pure. */
import {
  ANNOTATION_GROUPS,
  ANNOTATION_USER,
  formatSubject,
  type NeuroJob,
  type SecretGrant,
  type SecretGrantAccess,
  type UserSecret,
} from '../../../api/index.ts';
import { quantity } from '../../../client/index.ts';
import type { ClusterObject } from '../cluster/object.ts';
import type { Quota } from './admin-kinds.ts';

export interface HomeRow {
  readonly namespace: string;
  readonly user: string;
  readonly groups: string;
}

/** In the order of the namespaces. */
export function homeRows(namespaces: readonly ClusterObject[]): readonly HomeRow[] {
  return namespaces
    .map(({ metadata: { name, annotations = {} } }) => ({
      namespace: name,
      user: annotations[ANNOTATION_USER] ?? '',
      groups: annotations[ANNOTATION_GROUPS] ?? '',
    }))
    .filter(({ user, groups }) => user !== '' || groups !== '');
}

interface KeyRow {
  readonly keyId: string;
  readonly suite: string;
  readonly createdAt: string;
  readonly active: boolean;
}

/** Newest first, as published. What is not an entry is left out: nobody seals by this list. */
export function keyRows(text: string): readonly KeyRow[] {
  const entries = parsed(text);
  return (Array.isArray(entries) ? (entries as readonly (Partial<KeyRow> | null)[]) : []).flatMap((entry) => {
    const { keyId, suite, createdAt, active } = entry ?? {};
    if (typeof keyId !== 'string' || typeof createdAt !== 'string') return [];
    return [{ keyId, suite: typeof suite === 'string' ? suite : '', createdAt, active: active === true }];
  });
}

export interface BiteRow {
  readonly namespace: string;
  readonly what: string;
  readonly used: string;
  /** 1 and more: nothing more fits. */
  readonly share: number;
}

/** From here on a quota is shown. */
const nearlyUsed = 0.8;
/** Reasons by which an object says that a bound holds it up. */
const heldUp = new Set(['QuotaExhausted', 'TooManyCopies', 'HistoryNotKept', 'TooManyWrites', 'StatusDelayed']);

export function quotaBites(quotas: readonly Quota[]): readonly BiteRow[] {
  const rows = quotas.flatMap(({ metadata: { namespace = '', name }, status }) =>
    Object.entries(status?.hard ?? {}).map(([resource, hard]): BiteRow => {
      const used = status?.used?.[resource] ?? '0';
      const most = quantity(hard);
      const share = most === 0 ? (quantity(used) > 0 ? 1 : 0) : quantity(used) / most;
      return { namespace, what: `${resource} (${name})`, used: `${used} / ${hard}`, share };
    }),
  );
  return rows.filter(({ share }) => share >= nearlyUsed);
}

export function secretBites(secrets: readonly UserSecret[]): readonly BiteRow[] {
  return secrets.flatMap(({ metadata: { namespace = '', name }, status }) => {
    const reasons = new Set((status?.conditions ?? []).map(({ reason }) => reason));
    return [...reasons]
      .filter((reason) => heldUp.has(reason))
      .map((reason) => ({ namespace, what: `UserSecret ${name}`, used: reason, share: 1 }));
  });
}

export function jobBites(jobs: readonly NeuroJob[]): readonly BiteRow[] {
  return jobs.flatMap(({ metadata: { namespace = '', name }, status }) =>
    status?.phase === 'Pending' && heldUp.has(status.reason ?? '')
      ? [{ namespace, what: `NeuroJob ${name}`, used: status.reason ?? '', share: 1 }]
      : [],
  );
}

/** Those that are used up come first. */
export function byShare(rows: readonly BiteRow[]): readonly BiteRow[] {
  return rows.toSorted((a, b) => b.share - a.share);
}

export interface GrantRow {
  readonly id: string;
  readonly namespace: string;
  /** Undefined: all of the namespace. */
  readonly secret: string | undefined;
  readonly subject: string;
  readonly access: SecretGrantAccess;
  readonly grantedBy: string | undefined;
  readonly expiresAt: string | undefined;
}

/** In the order of the grants. */
export function grantRows(grants: readonly SecretGrant[]): readonly GrantRow[] {
  return grants.map(({ metadata: { namespace = '', name }, spec }) => ({
    id: `${namespace}/${name}`,
    namespace,
    secret: spec.secret,
    subject: formatSubject(spec.subject),
    access: spec.access ?? 'read',
    grantedBy: spec.grantedBy === undefined ? undefined : formatSubject(spec.grantedBy),
    expiresAt: spec.expiresAt,
  }));
}

/** Those that have all words of the query in any column. */
export function foundGrants(rows: readonly GrantRow[], query: string): readonly GrantRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ namespace, secret = '', subject, access, grantedBy = '' }) => {
    const text = `${namespace} ${secret} ${subject} ${access} ${grantedBy}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
