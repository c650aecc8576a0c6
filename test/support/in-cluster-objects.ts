/** Objects as people write them, for tests that apply them. */
import type { NeuroJobSpec, SecretGrantSpec, UserSecretSpec } from '../../src/api/index.ts';

export type Applied<Spec> = {
  readonly apiVersion: 'neu.ro/v1';
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: Spec;
};

export function userSecret(namespace: string, name: string, spec: UserSecretSpec): Applied<UserSecretSpec> {
  return { apiVersion: 'neu.ro/v1', kind: 'UserSecret', metadata: { namespace, name }, spec };
}

export function grantTo(
  namespace: string,
  name: string,
  spec: Omit<SecretGrantSpec, 'access'> & Partial<SecretGrantSpec>,
): Applied<unknown> {
  return { apiVersion: 'neu.ro/v1', kind: 'SecretGrant', metadata: { namespace, name }, spec };
}

/** A busybox that runs this script. */
export function shellJob(
  namespace: string,
  name: string,
  script: string,
  spec: Partial<NeuroJobSpec> = {},
): Applied<NeuroJobSpec> {
  return {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroJob',
    metadata: { namespace, name },
    spec: { image: 'busybox:1', imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...spec },
  };
}
