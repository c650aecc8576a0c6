/** What every object of the API server has, and the kinds that the pages read and write. */
import {
  GROUP,
  KINDS,
  VERSION,
  type NeuroJob,
  type NeuroSchedule,
  type ObjectMeta,
  type SecretGrant,
  type UserSecret,
  ANNOTATION_LAST_APPLIED,
} from '../../../api/index.ts';

export interface ClusterObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** Where a resource is in the API. */
export interface ResourceName {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Type of a resource; `T` is what its objects look like. */
export interface Resource<T extends ClusterObject> extends ResourceName {
  /** What is kept in memory of an object that comes by a list or a watch. */
  readonly keep: (object: T) => T;
}

export interface ConfigMap extends ClusterObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}
export interface NativeSecret extends ClusterObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}
export interface ClusterEvent extends ClusterObject {
  readonly reason?: string;
  readonly note?: string;
  readonly message?: string;
  readonly type?: string;
  readonly eventTime?: string | null;
  readonly lastTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly deprecatedCount?: number;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly regarding?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

const ours = { group: GROUP, version: VERSION, namespaced: true } as const;
const core = { group: '', version: 'v1', namespaced: true } as const;

export const userSecrets: Resource<UserSecret> = { ...ours, ...KINDS.UserSecret, keep: withoutValue };
export const secretGrants: Resource<SecretGrant> = { ...ours, ...KINDS.SecretGrant, keep: withoutBookkeeping };
export const neuroJobs: Resource<NeuroJob> = { ...ours, ...KINDS.NeuroJob, keep: withoutBookkeeping };
export const neuroSchedules: Resource<NeuroSchedule> = { ...ours, ...KINDS.NeuroSchedule, keep: withoutBookkeeping };
export const configMaps: Resource<ConfigMap> = {
  ...core,
  plural: 'configmaps',
  kind: 'ConfigMap',
  keep: withoutBookkeeping,
};
export const nativeSecrets: Resource<NativeSecret> = {
  ...core,
  plural: 'secrets',
  kind: 'Secret',
  keep: withoutBookkeeping,
};
export const pods: Resource<ClusterObject> = { ...core, plural: 'pods', kind: 'Pod', keep: withoutBookkeeping };
export const namespaces: Resource<ClusterObject> = {
  ...core,
  namespaced: false,
  plural: 'namespaces',
  kind: 'Namespace',
  keep: withoutBookkeeping,
};
export interface Claim extends ClusterObject {
  readonly status?: { readonly phase?: string };
}
export const claims: Resource<Claim> = {
  ...core,
  plural: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
  keep: withoutBookkeeping,
};
export const events: Resource<ClusterEvent> = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
  keep: withoutBookkeeping,
};

export interface Place {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Path of the API server, without a query. */
export function pathOf(
  { group, version, plural, namespaced }: ResourceName,
  { namespace, name, subresource }: Place,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const parts = [
    ...(namespaced && namespace !== undefined ? ['namespaces', namespace] : []),
    plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}

/** What other tools note on an object, which no page shows; kubectl's copy of an object may hold a value. */
export function withoutBookkeeping<T extends ClusterObject>(object: T): T {
  const {
    managedFields: _managed,
    annotations,
    ...rest
  } = object.metadata as ObjectMeta & {
    readonly managedFields?: unknown;
  };
  const { [ANNOTATION_LAST_APPLIED]: _applied, ...kept } = annotations ?? {};
  return { ...object, metadata: { ...rest, ...(annotations === undefined ? {} : { annotations: kept }) } };
}

/** The source stays, so that the page can say which it is; what it holds does not stay in memory. */
function withoutValue(object: UserSecret): UserSecret {
  const { sealed, value, valueBase64, ...spec } = object.spec;
  return withoutBookkeeping({
    ...object,
    spec: {
      ...spec,
      ...(sealed === undefined ? {} : { sealed: { ...sealed, value: '' } }),
      ...(value === undefined ? {} : { value: '' }),
      ...(valueBase64 === undefined ? {} : { valueBase64: '' }),
    },
  });
}
