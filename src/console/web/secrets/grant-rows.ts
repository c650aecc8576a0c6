/** What a namespace shares, as rows: which secret, with whom, how far, on whose right, until when. Pure. */
import { calledName, formatSubject, type SecretGrant, type UserSecret } from '../../../api/index.ts';

export interface GrantRow {
  readonly grant: SecretGrant;
  /** Undefined: all secrets of the namespace. */
  readonly key: string | undefined;
  /** The grant names a secret that is not there, and gives nothing until it is. */
  readonly isGone: boolean;
  readonly subject: string;
  /** Who shares by a right of their own; undefined: the owner of the namespace. */
  readonly grantedBy: string | undefined;
}

/** By key, what is over all secrets first; then by subject. */
export function grantRows(grants: Iterable<SecretGrant>, secrets: Iterable<UserSecret>): readonly GrantRow[] {
  const keys = new Map(Array.from(secrets, (secret) => [secret.metadata.name, calledName(secret)]));
  const rows = Array.from(grants, (grant): GrantRow => {
    const { secret, subject, grantedBy } = grant.spec;
    return {
      grant,
      key: secret === undefined ? undefined : (keys.get(secret) ?? secret),
      isGone: secret !== undefined && !keys.has(secret),
      subject: formatSubject(subject),
      grantedBy: grantedBy === undefined ? undefined : formatSubject(grantedBy),
    };
  });
  const text = ({ key = '', subject }: GrantRow): string => `${key}\n${subject}`;
  return rows.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

export function searchGrants(rows: readonly GrantRow[], query: string): readonly GrantRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ key = '', subject, grantedBy = '', grant }) => {
    const said = `${key} ${subject} ${grantedBy} ${grant.spec.description ?? ''}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
