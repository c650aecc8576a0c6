/** Every place of a job that names a UserSecret. Pure. */
import type { NeuroJobSpec, SecretReference } from '../api/index.ts';

export interface SecretUse {
  /** The variable or the path; undefined for what pulls the image. */
  readonly target: string | undefined;
  readonly reference: SecretReference;
}

export function secretUses({
  env = [],
  files = [],
  imagePullSecret,
  imagePullSecrets = [],
}: Pick<NeuroJobSpec, 'env' | 'files' | 'imagePullSecret' | 'imagePullSecrets'>): readonly SecretUse[] {
  const pulls = imagePullSecret === undefined ? imagePullSecrets : [imagePullSecret];
  return [
    ...env.flatMap(({ name, fromSecret }) =>
      fromSecret === undefined ? [] : [{ target: name, reference: fromSecret }],
    ),
    ...files.map(({ path, fromSecret }) => ({ target: path, reference: fromSecret })),
    ...pulls.map((reference) => ({ target: undefined, reference })),
  ];
}

/** Names of the secrets of its own namespace that a job uses, each once. */
export function ownSecretNames(spec: NeuroJobSpec, namespace: string): readonly string[] {
  const own = secretUses(spec).filter(({ reference }) => (reference.namespace ?? namespace) === namespace);
  return [...new Set(own.map(({ reference }) => reference.name))];
}
