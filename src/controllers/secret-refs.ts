/** References to UserSecrets, with both parts. Pure. */
import type { NeuroJobSpec, SecretReference } from '../api/index.ts';

export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

export function refKey({ namespace, name }: SecretRef): string {
  return `${namespace}/${name}`;
}

/** The way people write a secret of some namespace: `secret:/alice/db-password`. */
export function uriOf({ namespace, name }: SecretRef): string {
  return `secret:/${namespace}/${name}`;
}

/** UserSecrets whose values the container gets, each once, in the order of their first mention. */
export function containerRefsOf({ env = [], files = [] }: NeuroJobSpec, namespace: string): readonly SecretRef[] {
  return distinct(
    [...env.flatMap(({ fromSecret }) => fromSecret ?? []), ...files.map(({ fromSecret }) => fromSecret)],
    namespace,
  );
}

/** UserSecrets by which the image is pulled, each once. */
export function pullRefsOf(
  { imagePullSecret, imagePullSecrets = [] }: NeuroJobSpec,
  namespace: string,
): readonly SecretRef[] {
  return distinct(imagePullSecret === undefined ? imagePullSecrets : [imagePullSecret], namespace);
}

/** Each UserSecret that a job names, once. */
export function jobSecretRefs({
  spec: { containerRefs, pullRefs },
}: {
  readonly spec: { readonly containerRefs: readonly SecretRef[]; readonly pullRefs: readonly SecretRef[] };
}): readonly SecretRef[] {
  const inContainer = new Set(containerRefs.map(refKey));
  return [...containerRefs, ...pullRefs.filter((ref) => !inContainer.has(refKey(ref)))];
}

function distinct(references: readonly SecretReference[], ownNamespace: string): readonly SecretRef[] {
  const refs = new Map<string, SecretRef>();
  for (const { namespace = ownNamespace, name } of references)
    refs.set(refKey({ namespace, name }), { namespace, name });
  return [...refs.values()];
}
