/** What a grant becomes when a secret is shared, for the first time or with other terms. Pure. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  formatSubject,
  type SecretGrant,
  type SecretGrantAccess,
  type SecretGrantGrantedBy,
  type SecretGrantSubject,
} from '../api/index.ts';
import { defined } from '../defined.ts';

export interface GrantTarget {
  readonly namespace: string;
  /** `metadata.name` of the UserSecret; undefined = all of the namespace. */
  readonly secret: string | undefined;
}

export interface GrantTerms {
  readonly access: SecretGrantAccess;
  /** RFC 3339; null for no end; undefined keeps the end that there is. */
  readonly expiresAt?: string | null | undefined;
  /** Empty for none; undefined keeps the one that there is. */
  readonly description?: string | undefined;
}

export interface GrantPlan {
  /** Grants that exist already, with the fields to set; null removes one. */
  readonly changes: readonly { readonly name: string; readonly spec: GrantChange }[];
  /** The spec of a new grant, if none exists. */
  readonly spec: SecretGrant['spec'];
  /** The access of the existing grant. */
  readonly former: SecretGrantAccess | undefined;
  /** Terms of the grant that exists and nobody changes. */
  readonly kept: { readonly expiresAt?: string; readonly description?: string };
  /** The former end where it has passed: it is not kept, since the grant would give nothing. */
  readonly passedAt: string | undefined;
}

interface GrantChange {
  readonly access: SecretGrantAccess;
  readonly expiresAt: string | null;
  readonly description?: string | null;
}

/** `found`: the grants over the same target to the same subject. More than one is brought to the same terms, or one would outlast them. */
export function planGrant(
  { secret }: Pick<GrantTarget, 'secret'>,
  subject: SecretGrantSubject,
  found: readonly SecretGrant[],
  terms: GrantTerms,
  nowMs: number,
): GrantPlan {
  const { access } = terms;
  const former = formerEnd(found, nowMs);
  const expiresAt = terms.expiresAt === undefined ? (former.endsAt ?? null) : terms.expiresAt;
  const description = terms.description?.trim();
  const keptDescription = found.map(({ spec }) => spec.description).find((text) => text !== undefined);
  const changed = { access, expiresAt, ...(description === undefined ? {} : { description: orNull(description) }) };
  return {
    changes: found.map(({ metadata }) => ({ name: metadata.name, spec: changed })),
    spec: {
      ...defined({ secret }),
      subject,
      access,
      ...(description === undefined || description === '' ? {} : { description }),
      ...(expiresAt === null ? {} : { expiresAt }),
    },
    former: found[0] === undefined ? undefined : (found[0].spec.access ?? 'read'),
    kept: {
      ...(terms.expiresAt === undefined && former.endsAt !== undefined ? { expiresAt: former.endsAt } : {}),
      ...(description === undefined && keptDescription !== undefined ? { description: keptDescription } : {}),
    },
    passedAt: terms.expiresAt === undefined ? former.passedAt : undefined,
  };
}

export function grantsOver(
  grants: readonly SecretGrant[],
  { secret }: Pick<GrantTarget, 'secret'>,
  subject: SecretGrantSubject,
): readonly SecretGrant[] {
  const wanted = formatSubject(subject);
  return grants.filter(({ spec }) => spec.secret === secret && formatSubject(spec.subject) === wanted);
}

/** The name that a new grant gets: the same for the same secret and subject. */
export function grantName({ secret }: Pick<GrantTarget, 'secret'>, subject: SecretGrantSubject): string {
  const text = formatSubject(subject);
  const hash = bytesToHex(sha256(utf8ToBytes(`${secret ?? ''}|${text}`))).slice(0, 8);
  const slug = `${secret ?? 'all'}-${text}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 200);
  return `${slug.replace(/^-+|-+$/g, '')}-${hash}`;
}

/** `spec.grantedBy` for this user, as the API server names them. */
export function granterOf(user: string): SecretGrantGrantedBy {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined
    ? { kind: 'User', name: user }
    : { kind: 'ServiceAccount', namespace, name };
}

/** The end of the access, which is that of the grant that lasts longest. */
function formerEnd(
  found: readonly SecretGrant[],
  nowMs: number,
): { readonly endsAt?: string; readonly passedAt?: string } {
  const ends = found.map(({ spec }) => spec.expiresAt);
  if (ends.length === 0 || ends.includes(undefined)) return {};
  const [last = ''] = ends
    .filter((end) => end !== undefined)
    .sort((a, b) => new Date(b).getTime() - new Date(a).getTime());
  return new Date(last).getTime() > nowMs ? { endsAt: last } : { passedAt: last };
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
