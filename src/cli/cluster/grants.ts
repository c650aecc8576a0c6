/**
 * Grants over a secret, by what they say and not by their names: whoever made them, kubectl, a GitOps tool or this
 * command, they are found.
 */
import { createHash } from 'node:crypto';
import { formatSubject, type SecretGrant, type SecretGrantSubject } from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from './connection.ts';
import { listAll, secretGrants } from './kinds.ts';

export interface GrantTarget {
  readonly namespace: string;
  /** `metadata.name` of the UserSecret; undefined = all of the namespace. */
  readonly secret: string | undefined;
}

/** Over exactly this target, to this subject. Someone with a grant to manage may not list, but may read the one of our name. */
export async function grantsTo(
  connection: Connection,
  target: GrantTarget,
  subject: SecretGrantSubject,
): Promise<readonly SecretGrant[]> {
  const wanted = formatSubject(subject);
  const isOf = ({ spec }: SecretGrant): boolean =>
    spec.secret === target.secret && formatSubject(spec.subject) === wanted;
  return (await grantsIn(connection, target.namespace, grantName(target, subject))).filter(isOf);
}

async function grantsIn({ client }: Connection, namespace: string, name: string): Promise<readonly SecretGrant[]> {
  try {
    return await listAll(client.list(secretGrants, { namespace }));
  } catch (error) {
    if (!isKernelError(error, 'Forbidden')) throw error;
    const grant = await client.get(secretGrants, { namespace, name });
    return grant === undefined ? [] : [grant];
  }
}

/** The name that the command gives a grant: the same for the same secret and subject. */
export function grantName({ secret }: GrantTarget, subject: SecretGrantSubject): string {
  const text = formatSubject(subject);
  const hash = createHash('sha256')
    .update(`${secret ?? ''}|${text}`)
    .digest('hex')
    .slice(0, 8);
  const slug = `${secret ?? 'all'}-${text}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 200);
  return `${slug.replace(/^-+|-+$/g, '')}-${hash}`;
}
