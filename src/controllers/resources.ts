/** The kinds that the controllers read and write. Native objects have the client library's types, as JSON has them. */
import type {
  V1ConfigMap,
  V1Namespace,
  V1Pod,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
} from '@kubernetes/client-node';
import { GROUP, VERSION, type NeuroJob, type NeuroSchedule, type SecretGrant, type UserSecret } from '../api/index.ts';
import type { Json, ObjectMeta, ResourceType } from '../kernel/index.ts';

/** A native type whose metadata is there and has the kernel's shape. */
type Native<T> = Omit<Json<T>, 'metadata'> & { readonly metadata: ObjectMeta };

export type Secret = Native<V1Secret>;
export type ConfigMap = Native<V1ConfigMap>;
export type Namespace = Native<V1Namespace>;
export type Pod = Native<V1Pod>;
export type Role = Native<V1Role>;
export type RoleBinding = Native<V1RoleBinding>;
export type Service = Native<V1Service>;

const ours = { group: GROUP, version: VERSION, namespaced: true } as const;
const core = { group: '', version: 'v1', namespaced: true } as const;
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: true } as const;

/** Confidential: a plain value may stand in it, and the server's answers may quote it. */
export const userSecretType: ResourceType<UserSecret & { metadata: ObjectMeta }> = {
  ...ours,
  plural: 'usersecrets',
  kind: 'UserSecret',
  confidential: true,
};
export const secretGrantType: ResourceType<SecretGrant & { metadata: ObjectMeta }> = {
  ...ours,
  plural: 'secretgrants',
  kind: 'SecretGrant',
};
export const neuroJobType: ResourceType<NeuroJob & { metadata: ObjectMeta }> = {
  ...ours,
  plural: 'neurojobs',
  kind: 'NeuroJob',
};
export const neuroScheduleType: ResourceType<NeuroSchedule & { metadata: ObjectMeta }> = {
  ...ours,
  plural: 'neuroschedules',
  kind: 'NeuroSchedule',
};

export const secretType: ResourceType<Secret> = { ...core, plural: 'secrets', kind: 'Secret', confidential: true };
export const configMapType: ResourceType<ConfigMap> = { ...core, plural: 'configmaps', kind: 'ConfigMap' };
export const namespaceType: ResourceType<Namespace> = {
  ...core,
  namespaced: false,
  plural: 'namespaces',
  kind: 'Namespace',
};
export const podType: ResourceType<Pod> = { ...core, plural: 'pods', kind: 'Pod' };
export const serviceType: ResourceType<Service> = { ...core, plural: 'services', kind: 'Service' };
export const roleType: ResourceType<Role> = { ...rbac, plural: 'roles', kind: 'Role' };
export const roleBindingType: ResourceType<RoleBinding> = { ...rbac, plural: 'rolebindings', kind: 'RoleBinding' };
