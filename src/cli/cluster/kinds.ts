/** The kinds that the command reads and writes; of native objects only the fields that it looks at. */
import { GROUP, KINDS, VERSION, type NeuroJob, type SecretGrant, type UserSecret } from '../../api/index.ts';
import type { KubeObject, ObjectMeta } from '../../kernel/index.ts';
import type { ResourceType } from '../../kernel/index.ts';

export interface NativeSecret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
type Named<T> = T & { readonly metadata: ObjectMeta };

const ours = { group: GROUP, version: VERSION, namespaced: true } as const;
const core = { group: '', version: 'v1', namespaced: true } as const;

/** Confidential: a plain value may stand in it, and the server's answers may quote it. */
export const userSecrets: ResourceType<Named<UserSecret>> = { ...ours, ...KINDS.UserSecret, confidential: true };
export const secretGrants: ResourceType<Named<SecretGrant>> = { ...ours, ...KINDS.SecretGrant };
export const neuroJobs: ResourceType<Named<NeuroJob>> = { ...ours, ...KINDS.NeuroJob };

export const nativeSecrets: ResourceType<NativeSecret> = {
  ...core,
  plural: 'secrets',
  kind: 'Secret',
  confidential: true,
};
export const configMaps: ResourceType<ConfigMap> = { ...core, plural: 'configmaps', kind: 'ConfigMap' };
export const pods: ResourceType = { ...core, plural: 'pods', kind: 'Pod' };
export const namespaces: ResourceType = { ...core, namespaced: false, plural: 'namespaces', kind: 'Namespace' };
export const selfSubjectReviews: ResourceType = {
  group: 'authentication.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
};
export const selfSubjectAccessReviews: ResourceType = {
  group: 'authorization.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
};

/** On what the command made itself, so that it can take it away again. */
export const madeByLabel = 'app.kubernetes.io/managed-by';
export const madeByNeuro = 'neuro';

export async function listAll<T extends KubeObject>(
  pages: AsyncIterable<{ readonly items: readonly T[] }>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page.items);
  return all;
}
