/** The names that every part of the project shares: group, kinds, labels, annotations, field managers. */
export const GROUP = 'neu.ro';
export const VERSION = 'v1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

export const KINDS = {
  UserSecret: { kind: 'UserSecret', plural: 'usersecrets', singular: 'usersecret', shortName: 'usec' },
  SecretGrant: { kind: 'SecretGrant', plural: 'secretgrants', singular: 'secretgrant', shortName: 'sg' },
  NeuroJob: { kind: 'NeuroJob', plural: 'neurojobs', singular: 'neurojob', shortName: 'nj' },
  NeuroSchedule: { kind: 'NeuroSchedule', plural: 'neuroschedules', singular: 'neuroschedule', shortName: 'nsched' },
} as const;
export type Kind = keyof typeof KINDS;

/** On every native object that the operator makes; watches select by it. */
export const LABEL_MANAGED_BY = 'neu.ro/managed-by';
export const MANAGED_BY = 'neuro-operator';
/** Which object a native one was made for. A label holds 63 characters, so longer names are shortened with a hash. */
export const LABEL_USER_SECRET = 'neu.ro/user-secret';
export const LABEL_SECRET_GRANT = 'neu.ro/secret-grant';
export const LABEL_JOB = 'neu.ro/job';
/** On a Secret with a sealing key pair: "active" = in use; any other value, such as "compromised", takes it out of use. */
export const LABEL_SEALING_KEY = 'neu.ro/sealing-key';
export const SEALING_KEY_ACTIVE = 'active';
/** The type of a Secret that holds a former value of a UserSecret: none that a UserSecret or an import takes. */
export const FORMER_VALUE_TYPE = 'neu.ro/former-value';
/** Of the Secret that holds the next value while a hook prepares for it, or while the native Secret is replaced. */
export const NEXT_VALUE_TYPE = 'neu.ro/next-value';
/** On such a Secret: "true". */
export const LABEL_HISTORY = 'neu.ro/history';
/** On a Pod of a job: how many restarts the job had before it. */
export const LABEL_RESTARTS = 'neu.ro/restarts';
/** Velero sets it on every object that it restores. */
export const LABEL_VELERO_RESTORE = 'velero.io/restore-name';
/** Kubernetes' own, on a Namespace: which Pods it takes. */
export const LABEL_POD_SECURITY = 'pod-security.kubernetes.io/enforce';
/** On a job that a schedule made: the name of the schedule. */
export const LABEL_SCHEDULE = 'neu.ro/schedule';
/** Labels of a NeuroJob that begin so are passed to its Pod. */
export const KUEUE_LABEL_PREFIX = 'kueue.x-k8s.io/';

/** On a Namespace: whose home it is. Only who may edit Namespaces can set them. */
export const ANNOTATION_USER = 'neu.ro/user';
export const ANNOTATION_GROUPS = 'neu.ro/groups';
/** On a Namespace that is no home: "true" asks for the ConfigMap `neuro-shared-with-me` there. */
export const ANNOTATION_SHARED_WITH_ME = 'neu.ro/shared-with-me';
/** On an admission policy of the chart and its binding: the version of the rules, a whole number that only grows. */
export const LABEL_POLICIES = 'neu.ro/policies';
/** On a native Secret that someone else made: `metadata.name` of the UserSecret that may take it over. */
export const ANNOTATION_ADOPT = 'neu.ro/adopt';
/** On a native Secret: the version of the value in it, and a hash of the source that it came from. */
export const ANNOTATION_VERSION = 'neu.ro/version';
export const ANNOTATION_SOURCE_HASH = 'neu.ro/source-hash';
/** On a native Secret: the id of the sealing key that opened the value. */
export const ANNOTATION_SEALED_WITH = 'neu.ro/sealed-with';
/** On a native Secret that is a copy: `namespace/name` of the UserSecret that it follows, and the version of that value. */
export const ANNOTATION_COPIED_FROM = 'neu.ro/copied-from';
export const ANNOTATION_COPIED_VERSION = 'neu.ro/copied-version';
/** Proves that the operator made a Secret with a next value. */
export const ANNOTATION_NEXT_PROOF = 'neu.ro/next-proof';
/** On a native Secret made from a template: a keyed hash of the values of its parts. */
export const ANNOTATION_PARTS = 'neu.ro/parts';
/** On a native Secret that is a copy: "Continue" where the owner lets copies stay, without updates, when their access ends. */
export const ANNOTATION_ON_REVOKE = 'neu.ro/on-revoke';
/** On a native Secret: the keys of the labels and annotations that spec.secretMetadata asked for, as JSON. */
export const ANNOTATION_SECRET_METADATA = 'neu.ro/secret-metadata';
/** On the snapshot of a job: which values it holds, without any value. */
export const ANNOTATION_SNAPSHOT = 'neu.ro/snapshot';
export const ANNOTATION_SNAPSHOT_PROOF = 'neu.ro/snapshot-proof';
/** On a native object: `metadata.uid` of the object that it was made for, also where an owner reference cannot be. */
export const ANNOTATION_OWNER_UID = 'neu.ro/owner-uid';
/** On a native Secret of a generated value: when that was made, and which request to rotate it answered. */
export const ANNOTATION_GENERATED_AT = 'neu.ro/generated-at';
export const ANNOTATION_ROTATED_FOR = 'neu.ro/rotated-for';
/** On a native Secret of a generated value: the former value was lost, and this one took its place. Who takes it off has read that. */
export const ANNOTATION_REGENERATED = 'neu.ro/regenerated';
/** On a Secret with a sealing key pair: when the pair was made; survives a restore from a backup. */
export const ANNOTATION_CREATED_AT = 'neu.ro/created-at';
/** On a native Secret of the deletion policy Orphan, which is left behind on purpose: no later UserSecret takes it over by itself. */
export const ANNOTATION_ORPHAN = 'neu.ro/orphan';
/**
 * On a UserSecret, by the operator: its UID when a value was generated for it, and the rotation that was asked for last. One that was
 * restored from a backup has another UID, so its value is waited for and not made again.
 */
export const ANNOTATION_GENERATED_FOR = 'neu.ro/generated-for';
/**
 * On a UserSecret, by the operator: the UID of a Secret that kept the value of the native Secret while that was replaced, where the API server lets
 * the operator neither delete nor change it. Its value was put in force and is not used again.
 */
export const ANNOTATION_USED_REPLACEMENT = 'neu.ro/used-replacement';
/** On a Secret with a former value: whose it was, when, and who set it, as JSON; and the operator's keyed hash of all that. */
export const ANNOTATION_FORMER = 'neu.ro/former';
export const ANNOTATION_FORMER_PROOF = 'neu.ro/former-proof';
/** On a UserSecret: any new text asks for one rotation of a generated value now. */
export const ANNOTATION_ROTATE = 'neu.ro/rotate';
/** On a UserSecret: the day by which someone wants to replace the value, `YYYY-MM-DD`. A reminder; the operator does not act on it. */
export const ANNOTATION_ROTATE_BY = 'neu.ro/rotate-by';

/** One field manager a writer, so that server-side apply knows whose field is whose. */
export const FIELD_MANAGERS = {
  userSecret: 'neuro-operator-usersecret',
  secretGrant: 'neuro-operator-secretgrant',
  neuroJob: 'neuro-operator-neurojob',
  neuroSchedule: 'neuro-operator-neuroschedule',
  sharedWithMe: 'neuro-operator-shared-with-me',
  sealingKey: 'neuro-operator-sealing-key',
  operator: 'neuro-operator',
  cli: 'neuro',
  console: 'neuro-console',
} as const;

/** The verbs on `usersecrets` that are ours: to use a secret in a job, to keep a copy of it, and to share it further. */
export const VERB_USE = 'use';
export const VERB_COPY = 'copy';
export const VERB_SHARE = 'share';

/** ConfigMap in every home, and in every namespace that asks for it: what is shared with its people and jobs. */
export const SHARED_WITH_ME_CONFIG_MAP = 'neuro-shared-with-me';
/** ConfigMap in the operator's namespace: the public halves of the sealing keys. */
export const SEALING_KEYS_CONFIG_MAP = 'neuro-sealing-keys';
/** ConfigMap in the operator's namespace: public recovery keys, which every value is sealed for as well, as JSON in one entry. */
export const SEALING_RECIPIENTS_CONFIG_MAP = 'neuro-sealing-recipients';
export const SEALING_RECIPIENTS_ENTRY = 'recipients.json';
/** Secret in the operator's namespace: the key of its keyed hashes (versions of values, hashes of sources). */
export const FINGERPRINT_KEY_SECRET = 'neuro-operator-fingerprint-key';
/** ConfigMap in the operator's namespace: whether the admission policies are in place. */
export const STATUS_CONFIG_MAP = 'neuro-operator-status';
/** ConfigMap in the operator's namespace: up to when it has told the webhook of access that is about to end. */
export const NOTIFIED_CONFIG_MAP = 'neuro-operator-notified';
/** ConfigMap in the operator's namespace: the names and resources of its presets, as JSON in one entry. */
export const PRESETS_CONFIG_MAP = 'neuro-presets';
export const PRESETS_ENTRY = 'presets.json';

/** Name of the container of a job's Pod: what `kubectl logs -c` takes. */
export const JOB_CONTAINER = 'job';
/** Set in every job's container; a job cannot set variables that begin so. */
export const JOB_VARIABLE_PREFIX = 'NEURO_JOB_';
export const MAX_SECRETS_PER_JOB = 32;
/** Former values of one secret. Their bytes: three of the largest values. */
export const MAX_FORMER_VALUES = 20;
export const MAX_FORMER_BYTES = 3 * 1024 * 1024;
export const DEFAULT_FORMER_VALUES = 3;
export const MAX_TRANSITIONS = 20;
export const DEFAULT_SCHEDULE_TIMEOUT = '5m';
/** 0440 and 0444: modes of a secret's file, by the job's fsGroup or for all where an fsGroup would change a claim. */
export const DEFAULT_FILE_MODE = 0o440;
export const OPEN_FILE_MODE = 0o444;
/** The most that a native Secret, and so a value, can hold. */
export const MAX_VALUE_BYTES = 1024 * 1024;

/** Types of native Secrets that a UserSecret may have, and the keys that Kubernetes demands of them. */
export const SECRET_TYPES = {
  Opaque: undefined,
  'kubernetes.io/basic-auth': ['username', 'password'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/tls': ['tls-combined.pem'],
} as const satisfies Readonly<Record<string, readonly string[] | undefined>>;
