/** For test files about the sources of secrets: what they follow in the model of a cluster, and what axe finds in the open page. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
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

export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
