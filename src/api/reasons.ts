/**
 * Types of conditions, and every reason that a status, condition or event gives. One word each, stable: scripts compare
 * them. Reasons of a job are the words of Kubernetes and of Neuro.
 */
export const CONDITION_READY = 'Ready';
export const CONDITION_RECONCILING = 'Reconciling';
export const CONDITION_STALLED = 'Stalled';
export const CONDITION_PLAINTEXT = 'Plaintext';
export const CONDITION_SEALING_KEY_OUTDATED = 'SealingKeyOutdated';
export const CONDITION_VALUE_REGENERATED = 'ValueRegenerated';
export const CONDITION_ROTATION_PENDING = 'RotationPending';
export const CONDITION_SECRETS_RESOLVED = 'SecretsResolved';
export const CONDITION_COMPLETE = 'Complete';
export const CONDITION_FAILED = 'Failed';
export const CONDITION_EXPIRED = 'Expired';
export const CONDITION_LISTED = 'Listed';

export type UserSecretReason =
  /** The native Secret holds the value. */
  | 'Synced'
  /** An older Opaque UserSecret of the namespace has the same key. */
  | 'KeyConflict'
  /** The native object of that name belongs to something else. */
  | 'Conflict'
  /** The native Secret is being deleted and made again. */
  | 'Replacing'
  /** A generated value was not restored with its UserSecret: it is waited for, not made again. */
  | 'ValueLost'
  /** The sealed text cannot be read. */
  | 'Malformed'
  /** No key of the operator opens the sealed text. */
  | 'UnknownSealingKey'
  /** It opens, but was sealed for another namespace, name or key; or it was changed. */
  | 'CannotOpen'
  /** It opens, and is empty or too large. */
  | 'ValueInvalid'
  /** The Secret or key that secretKeyRef names is not there. */
  | 'SourceNotFound'
  /** The source may not be read. */
  | 'SourceNotPermitted'
  /** One reason for absent, not granted, expired and no such namespace: a copy tells nothing about the secrets of others. */
  | 'CopyUnavailable'
  /** The access ended, and the owner lets the copy stay without updates. */
  | 'CopyEnded'
  /** A copy of a copy. */
  | 'CopyOfCopy'
  /** The namespace, or the secret that is copied, has as many copies as it can have. */
  | 'TooManyCopies'
  /** The API server refuses the native Secret. */
  | 'Refused'
  /** The namespace's quota of Secrets is used up. */
  | 'QuotaExhausted'
  /** Something else keeps changing the native Secret. */
  | 'Contested'
  /** The API server, or a webhook of the cluster, fails; it is retried. */
  | 'ApiError'
  /** A defect of the operator; it is retried. */
  | 'InternalError'
  | 'PlaintextSource'
  /** The copy that `kubectl apply` keeps in an annotation holds a plain value. */
  | 'PlaintextCopy'
  | 'KeyOutdated'
  /** A job runs the hook of a rotation; the former value stays in force until it succeeds. */
  | 'WaitingForHook'
  /** The hook of a rotation did not succeed; it is tried again. */
  | 'HookFailed'
  /** There is no suspended job of the name that the rotation wants. */
  | 'HookNotFound'
  | 'Healed'
  | 'Adopted'
  | 'Restored'
  | 'Regenerated'
  | 'Rotated'
  /** A former value could not be kept. */
  | 'HistoryNotKept'
  /** The UserSecret is being deleted; somebody's finalizer can keep it. */
  | 'Deleting'
  /** A job asks for the secret and may not use it: told to its owner alone. */
  | 'UseDenied'
  /** The operator has written as much for the namespace in a minute as it may: the native Secret is written later. */
  | 'TooManyWrites'
  /** The same, of the status. */
  | 'StatusDelayed'
  /** The API server refuses the status, for example because the object is too large: reported only by an event. */
  | 'StatusRefused'
  /** Something else keeps changing the status: reported only by an event. */
  | 'StatusContested';

export type SecretGrantReason =
  | 'Active'
  | 'Expired'
  | 'SecretNotFound'
  /** The secret is a copy of somebody else's: only that owner shares it. */
  | 'SecretIsCopy'
  /** The grant stands on somebody's right to share, and that right is gone. */
  | 'GranterLostAccess'
  /** The cluster's admission policies of this operator are not in place, so nobody can tell who made the grant. */
  | 'PoliciesMissing'
  /** The grant is being deleted; its access has ended. */
  | 'Deleting'
  | 'Conflict'
  | 'Refused'
  /** Something else keeps changing the Role or RoleBinding. */
  | 'Contested'
  /** The API server, or a webhook of the cluster, fails; it is retried. */
  | 'ApiError'
  /** A defect of the operator; it is retried. */
  | 'InternalError'
  /** The operator has written as much for the namespace in a minute as it may: the RoleBinding of a large group is written later. */
  | 'TooManyWrites'
  /** The sharing namespace's part of `neuro-shared-with-me` is full. */
  | 'ListFull';

export type NeuroScheduleReason =
  /** It makes a job whenever it is time. */
  | 'Scheduled'
  /** spec.suspend. */
  | 'Paused'
  /** The schedule or the time zone cannot be read. */
  | 'InvalidSchedule'
  /** No time matches it, such as 30 February. */
  | 'NeverDue'
  /** There is no suspended job of the name that it wants. */
  | 'TemplateNotFound'
  /** The schedule is being deleted; somebody's finalizer can keep it. */
  | 'Deleting'
  /** It is time, and the former job has not ended. */
  | 'WaitingForJob'
  /** It has as many jobs that have not ended as it can have. */
  | 'TooManyActive'
  /** The schedules of the namespace have made as many jobs in a minute as they may. */
  | 'TooManyJobs'
  /** The API server or an admission policy refuses the job. */
  | 'Refused'
  | 'ApiError'
  | 'InternalError'
  | 'JobCreated'
  /** It was too late for a job when the operator could make it. */
  | 'MissedSchedule'
  | 'StatusDelayed'
  | 'StatusRefused'
  /** Something else keeps changing the status: reported only by an event. */
  | 'StatusContested';

export type NeuroJobReason =
  /** A template that never runs itself, because of spec.suspend. */
  | 'Suspended'
  | 'Creating'
  | 'Scheduling'
  | 'SchedulingGated'
  /** It came back from a backup, where it may have run already, and waits to be asked to run. */
  | 'Restored'
  | 'Unschedulable'
  | 'ContainerCreating'
  | 'PodInitializing'
  | 'Running'
  | 'Restarting'
  | 'CreateContainerConfigError'
  | 'CreateContainerError'
  | 'RunContainerError'
  | 'Completed'
  | 'Error'
  | 'OOMKilled'
  | 'ContainerCannotRun'
  | 'DeadlineExceeded'
  | 'ErrImagePull'
  | 'ImagePullBackOff'
  | 'ErrImageNeverPull'
  | 'ImageInspectError'
  | 'RegistryUnavailable'
  | 'InvalidImageName'
  | 'Collected'
  | 'NotFound'
  /** By its node, which ran out of something, by the eviction API, as `kubectl drain` does, or by Kueue. */
  | 'Evicted'
  /** For a Pod of a higher priority. */
  | 'Preempted'
  /** By the node, before its container started: `OutOfcpu`, `NodeAffinity`, `UnexpectedAdmissionError` and the like. */
  | 'Rejected'
  | 'PodLost'
  | 'QuotaExhausted'
  /** One reason for absent, not granted, expired and no such namespace: a job learns nothing about others. */
  | 'MissingSecrets'
  | 'SecretsResolved'
  /** A value cannot be what the job wants it to be, such as a variable that is not UTF-8. */
  | 'ValueUnusable'
  /** A file cannot have the mode that the job asks for. */
  | 'ModeUnusable'
  | 'PresetNotFound'
  | 'Conflict'
  /** Something else deletes the Pod or the Service whenever it is created. */
  | 'Contested'
  /** The API server or an admission policy refuses the Pod. */
  | 'Refused'
  /** The API server, or a webhook of the cluster, fails; it is retried. */
  | 'ApiError'
  /** A defect of the operator; it is retried. */
  | 'InternalError'
  | 'ScheduleTimeout'
  | 'LifeSpanEnded'
  | 'UserRequested'
  | 'AccessRevoked';
