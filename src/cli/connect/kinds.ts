/** The kinds that the command reads and writes; of native objects only the fields that it looks at. */
import {
  GROUP,
  KINDS,
  VERSION,
  type NeuroJob,
  type NeuroSchedule,
  type RbacSubject,
  type SecretGrant,
  type UserSecret,
} from '../../api/index.ts';
import type { LoggedEvent, OperatorBinding, PodWithResources } from '../../client/index.ts';
import type { KubeObject, ObjectMeta } from '../../kernel/index.ts';
import type { ResourceType } from '../../kernel/index.ts';

export interface NativeSecret extends KubeObject {
  readonly type?: string;
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
export const neuroSchedules: ResourceType<Named<NeuroSchedule>> = { ...ours, ...KINDS.NeuroSchedule };

export const nativeSecrets: ResourceType<NativeSecret> = {
  ...core,
  plural: 'secrets',
  kind: 'Secret',
  confidential: true,
};
/** The SealedSecrets of sealed-secrets, where that is installed. */
export const sealedSecrets: ResourceType = {
  group: 'bitnami.com',
  version: 'v1alpha1',
  namespaced: true,
  plural: 'sealedsecrets',
  kind: 'SealedSecret',
};
export const configMaps: ResourceType<ConfigMap> = { ...core, plural: 'configmaps', kind: 'ConfigMap' };
export const pods: ResourceType<KubeObject & PodWithResources> = { ...core, plural: 'pods', kind: 'Pod' };
export interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly RbacSubject[];
}
export const roleBindings: ResourceType<RoleBinding> = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  namespaced: true,
  plural: 'rolebindings',
  kind: 'RoleBinding',
};
export const clusterRoleBindings: ResourceType<KubeObject & OperatorBinding> = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
};
export interface Role extends KubeObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}
export const roles: ResourceType<Role> = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  namespaced: true,
  plural: 'roles',
  kind: 'Role',
};
export interface Claim extends KubeObject {
  readonly status?: { readonly phase?: string };
}
export const claims: ResourceType<Claim> = {
  ...core,
  plural: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
};
interface SigningRequest extends KubeObject {
  readonly spec: {
    readonly request: string;
    readonly signerName: string;
    readonly usages: readonly string[];
    readonly expirationSeconds: number;
  };
  readonly status?: {
    readonly certificate?: string;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
  };
}
export const signingRequests: ResourceType<SigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'certificatesigningrequests',
  kind: 'CertificateSigningRequest',
};
/** The Deployment of the operator, for callers who may read it. */
export const deployments: ResourceType<Deployment> = {
  group: 'apps',
  version: 'v1',
  namespaced: true,
  plural: 'deployments',
  kind: 'Deployment',
};
interface Deployment extends KubeObject {
  readonly spec?: {
    readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } };
  };
}
export interface PodMetrics extends KubeObject {
  readonly timestamp?: string;
  readonly containers: readonly { readonly usage: Readonly<Record<string, string>> }[];
}
/** There where metrics-server is. */
export const podMetrics: ResourceType<PodMetrics> = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  namespaced: true,
  plural: 'pods',
  kind: 'PodMetrics',
};
interface SecretEvent extends KubeObject, LoggedEvent {
  readonly regarding?: { readonly uid?: string };
}
export const events: ResourceType<SecretEvent> = {
  group: 'events.k8s.io',
  version: 'v1',
  namespaced: true,
  plural: 'events',
  kind: 'Event',
};
/** Given to the API server for its answer, and never kept. */
export interface TrialPod extends KubeObject {
  readonly spec: object;
}
export const trialPods: ResourceType<TrialPod> = { ...core, plural: 'pods', kind: 'Pod' };
export const serviceAccounts: ResourceType = { ...core, plural: 'serviceaccounts', kind: 'ServiceAccount' };
export const priorityClasses: ResourceType = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  namespaced: false,
  plural: 'priorityclasses',
  kind: 'PriorityClass',
};
export const namespaces: ResourceType = { ...core, namespaced: false, plural: 'namespaces', kind: 'Namespace' };

/** Labels what the command creates, so that it can remove it again. */
export const madeByLabel = 'app.kubernetes.io/managed-by';
export const madeByNeuro = 'neuro';

export async function listAll<T extends KubeObject>(
  pages: AsyncIterable<{ readonly items: readonly T[] }>,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page.items);
  return all;
}
