/** What the operator does to the secrets and grants of a {@link World}: each is taken up at once. */
import { SEALING_KEYS_CONFIG_MAP, type Condition, type SecretGrant, type UserSecret } from '../../src/api/index.ts';
import { clusterRoleBindings, configMaps, secretGrants, userSecrets } from '../../src/cli/connect/kinds.ts';
import { formatPublicKeys, generateHpkeKeyPair } from '../../src/sealing/index.ts';
import type { ModelApi } from '../support/model-api.ts';

/** Its public key, which the command seals with. */
export async function publishSealingKey(model: ModelApi): Promise<void> {
  const pair = await generateHpkeKeyPair();
  const published = { ...pair, createdAt: '2026-01-01T00:00:00Z', active: true };
  model.put(clusterRoleBindings, operatorBinding);
  model.put(configMaps, {
    metadata: { namespace: 'neuro-system', name: SEALING_KEYS_CONFIG_MAP },
    data: { 'keys.json': formatPublicKeys([published]) },
  });
}

/** By which the cluster says where the operator runs. */
const operatorBinding = {
  metadata: { name: 'neuro-operator' },
  subjects: [{ kind: 'ServiceAccount', name: 'neuro-operator', namespace: 'neuro-system' }],
} as const;

export function takeUp(model: ModelApi): void {
  for (const secret of model.all(userSecrets) as unknown as readonly UserSecret[]) {
    const { generation } = secret.metadata;
    const [known] = secret.status?.conditions ?? [];
    if (known !== undefined && known.observedGeneration === generation) continue;
    const ready = { type: 'Ready', status: 'True', reason: 'Synced', message: '', lastTransitionTime: '' } as const;
    const conditions: readonly Condition[] = [
      { ...ready, ...(generation === undefined ? {} : { observedGeneration: generation }) },
    ];
    model.put(userSecrets, { ...secret, status: { ...secret.status, conditions } });
  }
  for (const grant of model.all(secretGrants) as unknown as readonly SecretGrant[]) {
    const { generation = 0 } = grant.metadata;
    if (grant.status?.observedGeneration === generation) continue;
    model.put(secretGrants, {
      ...grant,
      status: { phase: 'Active', observedGeneration: generation, namespaces: ['x'] },
    });
  }
}
