/** The keys of the secrets that a job uses. A job refers to objects by name, and people know secrets by their keys. Pure. */
import type { NeuroJob, SecretReference } from '../api/index.ts';

/** The keys that the status of the job recorded at its start; undefined before that. */
export function usedKeys(
  job: Pick<NeuroJob, 'metadata' | 'status'>,
): (reference: SecretReference) => string | undefined {
  const { namespace: own = '' } = job.metadata;
  const keys = new Map((job.status?.secrets ?? []).map(({ namespace, name, key }) => [`${namespace}/${name}`, key]));
  return ({ name, namespace = own }) => keys.get(`${namespace}/${name}`);
}
