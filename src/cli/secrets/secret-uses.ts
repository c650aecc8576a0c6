/** Who and what uses a secret of one namespace, as far as the caller may look. */
import { formatSubject, type NeuroJob, type SecretGrant } from '../../api/index.ts';
import { ownSecretNames } from '../../client/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from '../connect/connection.ts';
import { listAll, neuroJobs, secretGrants } from '../connect/kinds.ts';

/** A sentence that people read. */
const mostGrantsShown = 5;

/** Grants over exactly this secret; undefined where the caller may not look. */
export async function grantsOver(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly SecretGrant[] | undefined> {
  return (await grantsIn(connection, namespace))?.filter(({ spec }) => spec.secret === name);
}

/** Grants over this secret, and those over all secrets of the namespace. */
export async function grantsFor(
  connection: Connection,
  namespace: string,
  name: string,
): Promise<readonly SecretGrant[]> {
  const all = (await grantsIn(connection, namespace)) ?? [];
  return all.filter(({ spec }) => (spec.secret ?? name) === name);
}

/** `read to bob, write to group:ml until 2027-01-31T00:00:00Z and 3 more`. */
export function grantsSentence(grants: readonly SecretGrant[]): string {
  const shown = grants.slice(0, mostGrantsShown).map(({ spec }) => {
    const until = spec.expiresAt === undefined ? '' : ` until ${spec.expiresAt}`;
    const all = spec.secret === undefined ? ', as all of the namespace' : '';
    return `${spec.access ?? 'read'} to ${formatSubject(spec.subject)}${until}${all}`;
  });
  const more = grants.length - shown.length;
  return `${shown.join('; ')}${more === 0 ? '' : ` and ${more} more`}`;
}

/** Jobs of the namespace that have not finished. */
export async function jobsUsing(connection: Connection, namespace: string, name: string): Promise<readonly NeuroJob[]> {
  const jobs = (await orUndefined(listAll(connection.client.list(neuroJobs, { namespace })))) ?? [];
  return jobs.filter(
    ({ spec, status }) => status?.finishTime === undefined && ownSecretNames(spec, namespace).includes(name),
  );
}

async function grantsIn({ client }: Connection, namespace: string): Promise<readonly SecretGrant[] | undefined> {
  return orUndefined(listAll(client.list(secretGrants, { namespace })));
}

/** Someone with a grant to write may remove the secret and see nothing else of the namespace. */
async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return undefined;
    throw error;
  }
}
