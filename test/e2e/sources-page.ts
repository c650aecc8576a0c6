/** For test files about the sources of secrets: what they follow in the model of a cluster. */
import type { UserSecret } from '../../src/api/index.ts';
import { configMapType, neuroJobType, secretType, userSecretType } from '../../src/controllers/resources.ts';
import type { ModelCluster } from '../support/console/model-cluster.ts';

export const namespace = 'alice';

export function putSecret(cluster: ModelCluster, name: string, spec: UserSecret['spec']): void {
  cluster.put(userSecretType, { metadata: { namespace, name, generation: 1 }, spec });
}

/** Secrets of several sources, a ConfigMap, a native Secret of somebody, a suspended job and another one. */
export function fillSources(cluster: ModelCluster): void {
  const password = { type: 'Password', length: 40, alphabet: 'abcdef', rotateEvery: '30d' } as const;
  putSecret(cluster, 'user', { value: 'app' });
  putSecret(cluster, 'db-password', { generate: password });
  putSecret(cluster, 'theirs', { sharedFrom: { namespace: 'bob', name: 'x' } });
  cluster.put(configMapType, { metadata: { namespace, name: 'settings' }, data: { host: 'db', port: '5432' } });
  cluster.put(secretType, {
    metadata: { namespace, name: 'vendor' },
    type: 'Opaque',
    data: { token: 'c2hvdy1tZS1ub3Q=', user: 'eA==', empty: '' },
  });
  for (const [name, suspend] of [
    ['rotate-db', true],
    ['running', false],
  ] as const)
    cluster.put(neuroJobType, { metadata: { namespace, name }, spec: { image: 'busybox:1', suspend } });
}
