/** From references to keys: a job names the objects of its secrets, people know them by their keys. Pure. */
import type { NeuroJob, SecretReference } from '../api/index.ts';

/** As the status of the job noted them at its start; undefined before that. */
export function usedKeys(
  job: Pick<NeuroJob, 'metadata' | 'status'>,
): (reference: SecretReference) => string | undefined {
  const { namespace: own = '' } = job.metadata;
  const keys = new Map((job.status?.secrets ?? []).map(({ namespace, name, key }) => [`${namespace}/${name}`, key]));
  return ({ name, namespace = own }) => keys.get(`${namespace}/${name}`);
}
