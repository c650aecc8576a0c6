/** Values of the chart, and what tests look at in what it renders. */
import type { Rendered, Values } from '../support/helm.ts';

/** Everything that can be switched on, is. */
export const everything: Values = {
  image: { repository: 'registry.example.com/neuro-operator', digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  presets: {
    small: { resources: { limits: { memory: '1Gi', cpu: 1 } }, nodeSelector: { pool: 'small' } },
    gpu: { tolerations: [{ key: 'gpu', operator: 'Exists' }], priorityClassName: 'high' },
  },
  sealing: {
    renewEvery: '90d',
    sealedSecretsKeys: [{ namespace: 'kube-system', name: 'sealed-secrets-key' }],
    recoveryKeys: [
      {
        keyId: '0ff9686ffe956f76',
        suite: 'x25519',
        publicKey: 'baVrv1UTych5ydYeHaE_XKWU2N2pRlyMcTE_vmlUxjM',
        createdAt: '2026-01-01T00:00:00Z',
        active: true,
      },
    ],
  },
  podAnnotations: { 'example.com/team': 'platform' },
  podLabels: { team: 'platform' },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
      },
    },
  },
  priorityClassName: 'system-cluster-critical',
  topologySpread: 'DoNotSchedule',
  networkPolicy: { apiServer: { ports: [16443], cidrs: ['10.0.0.1/32', 'fd00::1/128'] } },
  serviceAccount: { annotations: { 'example.com/role': 'none' } },
  admission: {
    namespaceSelector: { matchLabels: { strict: 'true' } },
    noPlaintext: true,
    subjectKinds: ['User', 'ServiceAccount'],
    longestGrantDays: 90,
    images: ['busybox:1', 'registry.example.com/team/'],
  },
  metrics: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    dashboard: { enabled: true, annotations: { 'example.com/folder': 'neuro' } },
  },
  apiPriority: { enabled: true },
  console: {
    enabled: true,
    replicas: 2,
    publicUrl: 'https://neuro.example.com',
    jobDomain: 'jobs.example.net',
    sessionKeySecret: 'neuro-console-session',
    tokenLogin: false,
    oidc: { issuer: 'https://login.example.com', clientId: 'neuro', clientSecret: 'neuro-console-oidc' },
    widgets: [{ name: 'jupyter', title: 'Jupyter', kind: 'web', image: 'jupyter:1', port: 8888 }],
    trustedProxies: ['10.244.0.0/16', 'fd00::/8'],
    ingressFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
  },
  namespace: { create: true },
};

export function named(objects: readonly Rendered[], kind: string, name = 'neuro-operator'): Rendered {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

export function kinds(kind: string): (objects: readonly Rendered[]) => number {
  return (objects) => objects.filter((object) => object.kind === kind).length;
}

export function podAnnotations(objects: readonly Rendered[]): Record<string, string> {
  const { template } = named(objects, 'Deployment').spec as {
    template: { metadata: { annotations: Record<string, string> } };
  };
  return template.metadata.annotations;
}
