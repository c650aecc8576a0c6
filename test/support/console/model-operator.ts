/** What the operator would write into a {@link ModelCluster}, at once and without rules: every secret is ready, every grant in force, every job runs. */
import {
  effectiveKey,
  findCondition,
  formatSecretUri,
  formatSubject,
  nativeSecretName,
  PRESETS_CONFIG_MAP,
  PRESETS_ENTRY,
  SEALING_KEYS_CONFIG_MAP,
  SEALING_RECIPIENTS_CONFIG_MAP,
  SEALING_RECIPIENTS_ENTRY,
  SHARED_WITH_ME_CONFIG_MAP,
  type NeuroJob,
  type SecretGrant,
  type UserSecret,
} from '../../../src/api/index.ts';
import {
  configMapType,
  namespaceType,
  neuroJobType,
  podType,
  secretGrantType,
  secretType,
  userSecretType,
} from '../../../src/controllers/resources.ts';
import { clusterRoleBindings } from '../../../src/cli/connect/kinds.ts';
import { formatPublicKeys, generateHpkeKeyPair, importHpkeKeyPair, openHpke } from '../../../src/sealing/index.ts';
import type { ModelCluster } from './model-cluster.ts';

/** Makes the homes of these people and the sealing keys, and answers each write from then on. */
export async function operate(
  cluster: ModelCluster,
  people: readonly string[],
): Promise<{ readonly reconcile: () => Promise<void> }> {
  const pair = await generateHpkeKeyPair();
  const opener = await importHpkeKeyPair(pair);
  const published = { ...pair, createdAt: '2026-01-01T00:00:00Z', active: true };
  cluster.put(clusterRoleBindings, {
    metadata: { name: 'neuro-operator' },
    subjects: [{ kind: 'ServiceAccount', name: 'neuro-operator', namespace: 'neuro-system' }],
  });
  cluster.put(configMapType, {
    metadata: { namespace: 'neuro-system', name: SEALING_KEYS_CONFIG_MAP },
    data: { 'keys.json': formatPublicKeys([published]) },
  });
  cluster.put(configMapType, {
    metadata: { namespace: 'neuro-system', name: SEALING_RECIPIENTS_CONFIG_MAP },
    data: { [SEALING_RECIPIENTS_ENTRY]: '[]' },
  });
  cluster.put(configMapType, {
    metadata: { namespace: 'neuro-system', name: PRESETS_CONFIG_MAP },
    data: { [PRESETS_ENTRY]: JSON.stringify({ small: { resources: { limits: { memory: '64Mi' } } } }) },
  });
  for (const name of people) cluster.put(namespaceType, { metadata: { name, annotations: { 'neu.ro/user': name } } });
  const valueOf = async (secret: UserSecret): Promise<Uint8Array> => {
    const { sealed, value, valueBase64 } = secret.spec;
    if (value !== undefined) return Buffer.from(value);
    if (valueBase64 !== undefined) return Buffer.from(valueBase64, 'base64');
    if (sealed === undefined) return Buffer.from('made by the operator');
    const { namespace = '', name } = secret.metadata;
    return openHpke([opener], { namespace, name, key: effectiveKey(secret) }, sealed.value);
  };
  cluster.onWrite = () => void reconcile(cluster, valueOf);
  return { reconcile: () => reconcile(cluster, valueOf) };
}

async function reconcile(cluster: ModelCluster, valueOf: (secret: UserSecret) => Promise<Uint8Array>): Promise<void> {
  const secrets = cluster.api.all(userSecretType) as unknown as readonly UserSecret[];
  const grants = cluster.api.all(secretGrantType) as unknown as readonly SecretGrant[];
  for (const secret of secrets) if (!isSettled(secret)) await settleSecret(cluster, secret, await valueOf(secret));
  for (const grant of grants) if (grant.status?.phase === undefined) settleGrant(cluster, grant);
  shareWithEachOther(cluster, secrets, grants);
  for (const job of cluster.api.all(neuroJobType) as unknown as readonly NeuroJob[]) settleJob(cluster, job);
}

function isSettled({ metadata, status }: UserSecret): boolean {
  const ready = findCondition(status?.conditions, 'Ready');
  return ready !== undefined && (ready.observedGeneration ?? 0) >= (metadata.generation ?? 1);
}

async function settleSecret(cluster: ModelCluster, secret: UserSecret, value: Uint8Array): Promise<void> {
  const { namespace = '', name, uid = '', generation = 1 } = secret.metadata;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.concat([Buffer.from(uid), value])));
  const now = new Date().toISOString();
  const owner = { apiVersion: 'neu.ro/v1', kind: 'UserSecret', name, uid };
  const key = effectiveKey(secret);
  cluster.put(secretType, {
    metadata: { namespace, name: nativeSecretName(secret), ownerReferences: [owner] },
    data: { [key]: Buffer.from(value).toString('base64') },
  });
  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'The native Secret holds the value.' };
  cluster.put(userSecretType, {
    ...secret,
    status: {
      observedGeneration: generation,
      key,
      secretName: nativeSecretName(secret),
      version: Buffer.from(digest).toString('hex').slice(0, 12),
      updatedAt: now,
      conditions: [{ ...ready, observedGeneration: generation, lastTransitionTime: now }],
      ...secret.status,
    },
  });
}

function settleGrant(cluster: ModelCluster, grant: SecretGrant): void {
  const { kind, name } = grant.spec.subject;
  const status = { phase: 'Active', namespaces: kind === 'User' && name !== 'nobody-known' ? [name] : [] };
  cluster.put(secretGrantType, { ...grant, status });
}

/** The lists of what is shared, in the homes of those who have it. */
function shareWithEachOther(
  cluster: ModelCluster,
  secrets: readonly UserSecret[],
  grants: readonly SecretGrant[],
): void {
  for (const home of cluster.api.all(namespaceType)) {
    const { name: person } = home.metadata;
    const data: Record<string, string> = {};
    for (const { metadata, spec } of grants) {
      if (formatSubject(spec.subject) !== person) continue;
      const { namespace = '' } = metadata;
      const shared = secrets.filter(
        (one) => one.metadata.namespace === namespace && (spec.secret ?? one.metadata.name) === one.metadata.name,
      );
      for (const secret of shared) {
        const key = effectiveKey(secret);
        const uri = formatSecretUri({ owner: namespace, key });
        data[`${namespace}.${secret.metadata.name}`] = JSON.stringify({
          uri,
          namespace,
          name: secret.metadata.name,
          key,
          access: spec.access ?? 'read',
          owner: namespace,
          ...(spec.expiresAt === undefined ? {} : { expiresAt: spec.expiresAt }),
        });
      }
    }
    const ref = { namespace: person, name: SHARED_WITH_ME_CONFIG_MAP };
    const former = cluster.api.get(configMapType, ref) as { readonly data?: unknown } | undefined;
    if (JSON.stringify(former?.data ?? {}) !== JSON.stringify(data))
      cluster.put(configMapType, { metadata: ref, data });
  }
}

function settleJob(cluster: ModelCluster, job: NeuroJob): void {
  const { phase } = job.status ?? {};
  const now = new Date().toISOString();
  if (job.spec.cancel === true && phase === 'Running') {
    const ended = { phase: 'Cancelled', reason: 'UserRequested', finishTime: now };
    cluster.put(neuroJobType, { ...job, status: { ...job.status, ...ended } });
    cluster.endOutput(job.status?.podName ?? '');
  } else if (phase === undefined) {
    const status = {
      phase: 'Running',
      reason: 'Running',
      podName: job.metadata.name,
      startTime: now,
      runningSince: now,
      transitions: [{ phase: 'Running', time: now }],
    };
    const { namespace = '', name } = job.metadata;
    cluster.put(podType, {
      metadata: { namespace, name },
      spec: { containers: [{ name: 'job', image: job.spec.image, resources: { ...job.spec.resources } }] },
    });
    cluster.put(neuroJobType, { ...job, status });
  }
}
