/** Everything that the operator watches, and the indexes by which controllers find what concerns them. */
import {
  LABEL_MANAGED_BY,
  MANAGED_BY,
  SEALING_KEYS_CONFIG_MAP,
  SHARED_WITH_ME_CONFIG_MAP,
  formatSubject,
  type SecretGrantSpec,
} from '../api/index.ts';
import { Informer, type InformerOptions, type KubeClient, type KubeObject, type ObjectMeta } from '../kernel/index.ts';
import { bindingIndexes } from './binding-index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { granterIndexes } from './granters.ts';
import { jobSecretRefs, refKey } from './secret-refs.ts';
import {
  configMapType,
  namespaceType,
  neuroJobType,
  neuroScheduleType,
  podType,
  roleBindingType,
  roleType,
  secretGrantType,
  secretType,
  serviceType,
  userSecretType,
  type ConfigMap,
  type Secret,
} from './resources.ts';
import { viewMeta, type MetaView } from './meta-view.ts';
import { NamedConfigMaps } from './named-config-maps.ts';
import { labelValue } from './ownership.ts';
import { viewPod } from './pod-view.ts';
import { hasUsualName, viewRole, viewRoleBinding } from './rbac-views.ts';
import { viewNeuroJob } from './neuro-job-view.ts';
import { viewSecret } from './secret-view.ts';
import { byClaim, calledAs, isHeldCopy, nativeKeyOf, viewUserSecret } from './user-secret-view.ts';
import { viewConfigMap, viewNamespace, viewNeuroSchedule, viewSecretGrant } from './views.ts';

const managed = `${LABEL_MANAGED_BY}=${MANAGED_BY}`;
const notManaged = `${LABEL_MANAGED_BY}!=${MANAGED_BY}`;

/** In the index of grants by secret: stands for every secret of the namespace. No secret can have this name. */
const everySecret = '*';

export type Watched = ReturnType<typeof watchAll>;

/** Options that all reflectors share: clock, callbacks for metrics. */
export type ReflectorDefaults = Partial<
  Pick<InformerOptions<KubeObject, KubeObject>, 'clock' | 'silenceMs' | 'namespaces' | 'auditEveryMs'>
> & {
  readonly callbacks?: (
    resource: string,
  ) => Pick<InformerOptions<KubeObject, KubeObject>, 'onError' | 'onProgress' | 'onLost' | 'onAuditFailed'>;
};

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the inferred type is the list itself
export function watchAll(client: KubeClient, fingerprint: Fingerprint, defaults: ReflectorDefaults = {}) {
  const { callbacks, ...shared } = defaults;
  const common = (resource: string) => ({ client, ...shared, ...callbacks?.(resource) });

  const userSecrets = new Informer({
    ...common('usersecrets'),
    type: userSecretType,
    project: (object) => viewUserSecret(object, fingerprint),
    indexes: {
      uid: ({ metadata }) => [metadata.uid],
      namespace: ({ metadata }) => [metadata.namespace],
      /** By its name in URIs, and by the native Secret that it wants. Of several, the oldest has it. */
      called: { of: (secret) => [`${secret.metadata.namespace}/${calledAs(secret)}`], order: byClaim },
      /** By the label on its native Secret, where its name is too long for a label. */
      longName: ({ metadata: { namespace, name } }) =>
        labelValue(name) === name ? [] : [`${namespace}/${labelValue(name)}`],
      secretName: { of: (secret) => [nativeKeyOf(secret)], order: byClaim },
      configMapKeyRef: ({ metadata, configMapKeyRef }) =>
        configMapKeyRef === undefined ? [] : [`${metadata.namespace}/${configMapKeyRef.name}`],
      rotateHook: ({ metadata, generate }) =>
        generate?.rotateHook === undefined ? [] : [`${metadata.namespace}/${generate.rotateHook}`],
      /** Templates by each of their parts. */
      part: ({ metadata, parts = [] }) => [...new Set(parts.map(({ secret }) => `${metadata.namespace}/${secret}`))],
      secretKeyRef: ({ metadata, secretKeyRef }) =>
        secretKeyRef === undefined ? [] : [`${metadata.namespace}/${secretKeyRef.name}`],
      /** Copies: by the secret that they follow, by its namespace, and by both namespaces; and those that hold a value, to count them. */
      sharedFrom: ({ sharedFrom }) => (sharedFrom === undefined ? [] : [refKey(sharedFrom)]),
      sharedFromNamespace: ({ sharedFrom }) => (sharedFrom === undefined ? [] : [sharedFrom.namespace]),
      sharedBetween: ({ metadata, sharedFrom }) =>
        sharedFrom === undefined ? [] : [betweenIndexValue(metadata.namespace, sharedFrom.namespace)],
      copiesOf: (userSecret) =>
        isHeldCopy(userSecret) && userSecret.sharedFrom !== undefined ? [refKey(userSecret.sharedFrom)] : [],
      copiesWantedIn: ({ metadata, sharedFrom }) => (sharedFrom === undefined ? [] : [metadata.namespace]),
      copiesIn: (userSecret) => (isHeldCopy(userSecret) ? [userSecret.metadata.namespace] : []),
    },
  });
  const secretGrants = new Informer({
    ...common('secretgrants'),
    type: secretGrantType,
    project: viewSecretGrant,
    indexes: {
      uid: ({ metadata }) => [metadata.uid],
      namespace: ({ metadata }) => [metadata.namespace],
      secret: ({ metadata, spec }) => [`${metadata.namespace}/${spec.secret ?? everySecret}`],
      subject: ({ spec }) => [subjectIndexValue(spec.subject)],
      ...granterIndexes,
      /** Grants by the granter whose right they depend on. */
      grantedBy: ({ metadata, spec }) =>
        spec.grantedBy === undefined ? [] : [`${metadata.namespace}/${formatSubject(spec.grantedBy)}`],
    },
  });
  const neuroJobs = new Informer({
    ...common('neurojobs'),
    type: neuroJobType,
    project: viewNeuroJob,
    indexes: {
      /** Unfinished jobs by each secret they name, and by the namespaces of those secrets. */
      secret: (job) => jobSecretRefs(job).map(refKey),
      secretNamespace: (job) => [...new Set(jobSecretRefs(job).map(({ namespace }) => namespace))],
      uid: ({ metadata }) => [metadata.uid],
      /** Runs of a schedule, by its UID. */
      schedule: ({ schedule }) => (schedule === undefined ? [] : [schedule.uid]),
      finishedUid: ({ metadata, status }) => (status.finishTime === undefined ? [] : [metadata.uid]),
    },
  });
  const neuroSchedules = new Informer({
    ...common('neuroschedules'),
    type: neuroScheduleType,
    project: viewNeuroSchedule,
    indexes: {
      template: ({ metadata, spec }) => [`${metadata.namespace}/${spec.jobTemplate.name}`],
    },
  });
  const secrets = new Informer({
    ...common('secrets'),
    type: secretType,
    labelSelector: managed,
    project: (object) => viewSecret(object, fingerprint),
    indexes: {
      /** By owner and namespace, so that Secrets in other namespaces which claim the same owner cost it nothing. */
      owner: ({ metadata, ownerUid }) =>
        ownerUid === undefined ? [] : [ownerIndexValue(metadata.namespace, ownerUid)],
      /** Secrets with a former value, by the UserSecret that had it. */
      former: ({ metadata, former }) => (former === undefined ? [] : [`${metadata.namespace}/${former.userSecret}`]),
    },
  });
  /** Secrets of others, metadata only, and only those that a UserSecret refers to or whose name one wants. */
  const foreignSecrets = new Informer<Secret & { metadata: ObjectMeta }, MetaView>({
    ...common('secrets (others)'),
    type: secretType,
    labelSelector: notManaged,
    metadataOnly: true,
    // A UserSecret that contests a key reads its source only when it has the key.
    keepsByInterest: true,
    project: (object) => {
      // It was read, and has our label: the store `secrets` has it.
      if (object.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY) return undefined;
      const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      const isWanted =
        userSecrets.store.keysByIndex('secretKeyRef', key).size > 0 ||
        userSecrets.store.keysByIndex('secretName', key).size > 0;
      return isWanted ? viewMeta(object) : undefined;
    },
  });
  const ofGrants = {
    grant: ({ grantKey }: { readonly grantKey: string | undefined }) => (grantKey === undefined ? [] : [grantKey]),
  };
  const roles = new Informer({
    ...common('roles'),
    type: roleType,
    labelSelector: managed,
    keeps: hasUsualName,
    project: viewRole,
    indexes: ofGrants,
  });
  const roleBindings = new Informer({
    ...common('rolebindings'),
    type: roleBindingType,
    labelSelector: managed,
    keeps: hasUsualName,
    project: viewRoleBinding,
    indexes: { ...ofGrants, ...bindingIndexes },
  });
  /** Watched by name, so that other ConfigMaps cost nothing, whatever their labels. */
  const configMapsOfName = (resource: string, name: string) =>
    new Informer({
      ...common(resource),
      type: configMapType,
      fieldSelector: `metadata.name=${name}`,
      project: (object: ConfigMap) => viewConfigMap(object, fingerprint),
    });
  const configMaps = new NamedConfigMaps({
    client,
    userSecrets: userSecrets.store,
    clock: shared.clock,
    ...callbacks?.('configmaps (by name)'),
  });
  const sharedLists = configMapsOfName('configmaps (shared with me)', SHARED_WITH_ME_CONFIG_MAP);
  const publishedKeys = configMapsOfName('configmaps (sealing keys)', SEALING_KEYS_CONFIG_MAP);
  const namespaces = new Informer({
    ...common('namespaces'),
    type: namespaceType,
    namespaces: undefined,
    metadataOnly: true,
    // A namespace that the operator does not serve is nobody's home.
    project: (object) =>
      shared.namespaces?.includes(object.metadata.name) === false ? undefined : viewNamespace(object),
    indexes: {
      user: ({ user }) => (user === undefined ? [] : [user]),
      group: ({ groups }) => groups,
    },
  });
  const pods = new Informer({
    ...common('pods'),
    type: podType,
    labelSelector: managed,
    project: viewPod,
  });
  const services = new Informer({
    ...common('services'),
    type: serviceType,
    labelSelector: managed,
    metadataOnly: true,
    project: viewMeta,
  });
  return {
    userSecrets,
    secretGrants,
    neuroJobs,
    neuroSchedules,
    secrets,
    foreignSecrets,
    roles,
    roleBindings,
    configMaps,
    sharedLists,
    publishedKeys,
    namespaces,
    pods,
    services,
  };
}

/** The index value of copies in `namespace` that follow secrets of the namespace `source`. */
export function betweenIndexValue(namespace: string, source: string): string {
  return `${namespace}/${source}`;
}

export function ownerIndexValue(namespace: string, uid: string): string {
  return `${namespace}/${uid}`;
}

/** Grants to a service account are found by its namespace, as those to the namespace itself are. */
export function subjectIndexValue({ kind, name, namespace }: SecretGrantSpec['subject']): string {
  return kind === 'ServiceAccount' ? `Namespace/${namespace ?? ''}` : `${kind}/${name}`;
}
