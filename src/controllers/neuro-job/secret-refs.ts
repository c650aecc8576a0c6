import type { NeuroJobView } from '../views.ts';

/** Names a UserSecret: both parts are always there. */
export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

/** Each UserSecret that the job names in env, files or imagePullSecret, once, in the order of its first mention. */
export function jobSecretRefs(job: Pick<NeuroJobView, 'metadata' | 'spec'>): readonly SecretRef[] {
  const { env = [], files = [], imagePullSecret } = job.spec;
  const named = [
    ...env.flatMap((entry) => entry.fromSecret ?? []),
    ...files.map((entry) => entry.fromSecret),
    ...(imagePullSecret === undefined ? [] : [imagePullSecret]),
  ];
  const refs = new Map<string, SecretRef>();
  for (const { namespace = job.metadata.namespace, name } of named)
    refs.set(`${namespace}/${name}`, { namespace, name });
  return [...refs.values()];
}

/** The way people write a secret of some namespace: `secret:/alice/db-password`. */
export function uriOf(ref: SecretRef): string {
  return `secret:/${ref.namespace}/${ref.name}`;
}
