/** Who and what uses a secret of one namespace, as far as the caller may look. */
import type { NeuroJob, SecretGrant } from '../../api/index.ts';
import { isKernelError } from '../../kernel/index.ts';
import type { Connection } from './connection.ts';
import { listAll, neuroJobs, secretGrants } from './kinds.ts';

/** Grants over exactly this secret. */
export async function grantsOver(
  { client }: Connection,
  namespace: string,
  name: string,
): Promise<readonly SecretGrant[]> {
  return (await visible(listAll(client.list(secretGrants, { namespace })))).filter(({ spec }) => spec.secret === name);
}

/** Grants over all secrets of the namespace. */
export async function grantsOverAll({ client }: Connection, namespace: string): Promise<readonly SecretGrant[]> {
  return (await visible(listAll(client.list(secretGrants, { namespace })))).filter(
    ({ spec }) => spec.secret === undefined,
  );
}

/** Jobs of the namespace that have not finished. */
export async function jobsUsing(connection: Connection, namespace: string, name: string): Promise<readonly NeuroJob[]> {
  const jobs = await visible(listAll(connection.client.list(neuroJobs, { namespace })));
  return jobs.filter(({ spec, status }) => {
    if (status?.finishTime !== undefined) return false;
    const references = [...(spec.env ?? []), ...(spec.files ?? [])].map(({ fromSecret }) => fromSecret);
    return [...references, spec.imagePullSecret].some(
      (reference) => reference?.name === name && (reference.namespace ?? namespace) === namespace,
    );
  });
}

/** Someone with a grant to write may remove the secret and see nothing else of the namespace. */
async function visible<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list;
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return [];
    throw error;
  }
}
