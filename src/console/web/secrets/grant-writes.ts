/** Shares a secret and takes it back: SecretGrants with the same names that `neuro acl grant` gives them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  FIELD_MANAGERS,
  formatSubject,
  type SecretGrant,
  type SecretGrantAccess,
  type SecretGrantSubject,
} from '../../../api/index.ts';
import { ClusterError } from '../cluster/errors.ts';
import { secretGrants } from '../cluster/object.ts';
import type { Cluster } from '../cluster/use-cluster.ts';

export interface GrantDraft {
  readonly namespace: string;
  /** `metadata.name` of the secret; undefined = all of the namespace. */
  readonly secret: string | undefined;
  readonly subject: SecretGrantSubject;
  readonly access: SecretGrantAccess;
  readonly expiresAt?: string;
  readonly description: string;
}

const by = { fieldManager: FIELD_MANAGERS.console };

/** Makes a grant, or brings those over the same secret to the same subject to these terms; `known` are those of the namespace. */
export async function grantSecret(
  { connection, liveLists }: Cluster,
  draft: GrantDraft,
  known: readonly SecretGrant[],
): Promise<void> {
  const { namespace, secret, subject, access, expiresAt, description } = draft;
  const same = known.filter(
    ({ spec }) => spec.secret === secret && formatSubject(spec.subject) === formatSubject(subject),
  );
  const said = description.trim();
  // What was granted twice would outlast the new terms.
  for (const { metadata } of same) {
    const place = { namespace, name: metadata.name };
    const spec = { access, expiresAt: expiresAt ?? null, description: said === '' ? null : said };
    const object = await connection.patch(secretGrants, place, { spec }, by);
    liveLists.apply(connection, secretGrants, namespace, { type: 'MODIFIED', object });
  }
  if (same.length > 0) return;
  const grant: SecretGrant = {
    metadata: { namespace, name: grantName(secret, subject), labels: { 'app.kubernetes.io/managed-by': 'neuro' } },
    spec: {
      ...(secret === undefined ? {} : { secret }),
      subject,
      access,
      ...(said === '' ? {} : { description: said }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
  };
  try {
    const object = await connection.create(secretGrants, grant, by);
    liveLists.apply(connection, secretGrants, namespace, { type: 'ADDED', object });
  } catch (error) {
    if (!(error instanceof ClusterError && error.kind === 'exists')) throw error;
    // Who may not list grants still may change the one of this name.
    await connection.patch(
      secretGrants,
      { namespace, name: grant.metadata.name },
      { spec: { access, expiresAt: expiresAt ?? null } },
      by,
    );
  }
}

export async function revokeGrant({ connection, liveLists }: Cluster, grant: SecretGrant): Promise<void> {
  const { namespace = '', name, uid } = grant.metadata;
  await connection.delete(secretGrants, { namespace, name }, uid);
  liveLists.apply(connection, secretGrants, namespace, { type: 'DELETED', object: grant });
}

/** The same for the same secret and subject. */
export function grantName(secret: string | undefined, subject: SecretGrantSubject): string {
  const text = formatSubject(subject);
  const hash = bytesToHex(sha256(utf8ToBytes(`${secret ?? ''}|${text}`))).slice(0, 8);
  const slug = `${secret ?? 'all'}-${text}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 200);
  return `${slug.replace(/^-+|-+$/g, '')}-${hash}`;
}
