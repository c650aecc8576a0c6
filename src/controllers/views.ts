/** What the stores keep of grants, schedules, namespaces and ConfigMaps: only the fields that a decision reads. */
import {
  ANNOTATION_GROUPS,
  ANNOTATION_SHARED_WITH_ME,
  ANNOTATION_USER,
  LABEL_MANAGED_BY,
  LABEL_POD_SECURITY,
  MANAGED_BY,
  type NeuroSchedule,
  type NeuroScheduleSpec,
  type NeuroScheduleStatus,
  type SecretGrant,
  type SecretGrantSpec,
  type SecretGrantStatus,
  parseGroups,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { KubeObject } from '../kernel/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { type ViewMeta, known, metaOf } from './meta-view.ts';
import { objectBytes } from './object-bytes.ts';
import type { ConfigMap, Namespace } from './resources.ts';

export interface SecretGrantView extends KubeObject {
  readonly metadata: ViewMeta;
  /** The spec without the description, on which no decision depends. */
  readonly spec: Omit<SecretGrantSpec, 'description'>;
  readonly status: SecretGrantStatus;
  /** The size of the whole object. */
  readonly bytes: number;
}

export function viewSecretGrant(object: SecretGrant & KubeObject): SecretGrantView {
  const { description: _description, ...spec } = object.spec;
  return { metadata: metaOf(object.metadata), spec, status: object.status ?? {}, bytes: objectBytes(object) };
}

export interface NeuroScheduleView extends KubeObject {
  readonly metadata: ViewMeta;
  /** The spec without the description, on which no decision depends. */
  readonly spec: Omit<NeuroScheduleSpec, 'description'>;
  readonly status: NeuroScheduleStatus;
  /** The size of the whole object. */
  readonly bytes: number;
}

export function viewNeuroSchedule(object: NeuroSchedule & KubeObject): NeuroScheduleView {
  const { description: _description, ...spec } = object.spec;
  return { metadata: metaOf(object.metadata), spec, status: object.status ?? {}, bytes: objectBytes(object) };
}

export interface NamespaceView extends KubeObject {
  readonly metadata: Pick<ViewMeta, 'name' | 'uid' | 'resourceVersion' | 'labels'> & {
    readonly deletionTimestamp?: string;
  };
  /** Whose home this is, from the annotations that only an administrator can set. */
  readonly user: string | undefined;
  readonly groups: readonly string[];
  /** Its administrator asks for the list of what is shared with it. */
  readonly wantsSharedList: boolean;
}

export function viewNamespace(object: Namespace): NamespaceView {
  const { name, uid, resourceVersion, labels, deletionTimestamp, annotations } = object.metadata;
  const user = annotations?.[ANNOTATION_USER]?.trim();
  return {
    metadata: {
      name,
      uid: uid ?? '',
      resourceVersion: resourceVersion ?? '',
      ...(labels === undefined ? {} : { labels: known(labels, [LABEL_POD_SECURITY]) ?? {} }),
      ...defined({ deletionTimestamp }),
    },
    user: user === '' ? undefined : user,
    groups: parseGroups(annotations?.[ANNOTATION_GROUPS]),
    wantsSharedList: annotations?.[ANNOTATION_SHARED_WITH_ME] === 'true',
  };
}

/** Ours have a few, and a list of what is shared up to a hundred. */
const mostKeysOfConfigMap = 1_000;

/** A ConfigMap of ours by its name: anybody may write anything into it, so only a hash of it is kept. */
export interface ConfigMapView extends KubeObject {
  readonly metadata: ViewMeta;
  readonly isManaged: boolean;
  readonly dataHash: string;
}

export function viewConfigMap(object: ConfigMap, fingerprint: Fingerprint): ConfigMapView {
  const { data = {}, metadata } = object;
  const { resourceVersion = '' } = metadata;
  const hasMoreKeys = Object.keys(data).length > mostKeysOfConfigMap;
  return {
    metadata: metaOf(object.metadata),
    isManaged: object.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY,
    // Each version of one with more keys than any of ours is another: none of them is right.
    dataHash: fingerprint.data(hasMoreKeys ? { resourceVersion } : data),
  };
}
