import type { SecretReference } from '../../api/index.ts';
import type { NeuroJobView } from '../views.ts';

/** Names a UserSecret: both parts are always there. */
export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

type Job = Pick<NeuroJobView, 'metadata' | 'spec'>;

/** Each UserSecret that the job names in env, files, imagePullSecret or imagePullSecrets, once, in the order of its first mention. */
export function jobSecretRefs(job: Job): readonly SecretRef[] {
  return distinct(job, [...containerReferences(job), ...pullReferences(job)]);
}

/** Those that the container itself gets. */
export function containerRefs(job: Job): readonly SecretRef[] {
  return distinct(job, containerReferences(job));
}

/** Those by which the image is pulled. */
export function pullRefs(job: Job): readonly SecretRef[] {
  return distinct(job, pullReferences(job));
}

function containerReferences({ spec: { env = [], files = [] } }: Job): readonly SecretReference[] {
  return [...env.flatMap((entry) => entry.fromSecret ?? []), ...files.map((entry) => entry.fromSecret)];
}

function pullReferences({ spec: { imagePullSecret, imagePullSecrets = [] } }: Job): readonly SecretReference[] {
  return imagePullSecret === undefined ? imagePullSecrets : [imagePullSecret];
}

function distinct({ metadata }: Job, references: readonly SecretReference[]): readonly SecretRef[] {
  const refs = new Map<string, SecretRef>();
  for (const { namespace = metadata.namespace, name } of references)
    refs.set(`${namespace}/${name}`, { namespace, name });
  return [...refs.values()];
}

/** The way people write a secret of some namespace: `secret:/alice/db-password`. */
export function uriOf(ref: SecretRef): string {
  return `secret:/${ref.namespace}/${ref.name}`;
}
