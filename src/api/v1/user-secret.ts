/* Generated from crds/usersecrets.yaml by "npm run generate"; edit that file instead. */
import type { Condition } from '../conditions.ts';
import type { ObjectMeta } from '../object-meta.ts';

/**
 * How the value was sealed. hpke (default): RFC 9180, written by neuro and the console. kubeseal: written by "kubeseal --raw".
 */
export type UserSecretSealedFormat = 'hpke' | 'kubeseal';
/**
 * What the ciphertext is bound to. strict (default): this namespace, this name and this key. namespace-wide and cluster-wide exist for kubeseal only, and are never widened by an annotation.
 */
export type UserSecretSealedScope = 'strict' | 'namespace-wide' | 'cluster-wide';
/**
 * Password: characters of the alphabet. Hex and Base64: random bytes, written so. UUID: a random UUID (version 4). Ed25519: an SSH key pair, the public half under "<key>.pub".
 */
export type UserSecretGenerateType = 'Password' | 'Hex' | 'Base64' | 'UUID' | 'Ed25519';
/**
 * How the value is written into the text. Percent: percent-encoded, for a URL. Base64: standard base64. JSON: a JSON string with its quotation marks. Omitted: as it is.
 */
export type UserSecretTemplatePartEncode = 'Percent' | 'Base64' | 'JSON';
/**
 * What happens to running jobs of others when they lose access. Continue (default): they keep running with the value that they started with. Terminate: they end with the reason AccessRevoked. Copies are deleted when their access ends, unless Continue is written here: then they stay, without updates.
 */
export type UserSecretOnRevoke = 'Continue' | 'Terminate';
/**
 * What happens to the native Secret when this object is deleted. Delete (default) or Orphan: it stays, and the operator no longer manages it.
 */
export type UserSecretDeletionPolicy = 'Delete' | 'Orphan';
/**
 * Running: a job runs the hook. Failed: it did not succeed, or cannot be run; the former value stays in force.
 */
export type UserSecretRotationState = 'Running' | 'Failed';

/**
 * One secret of one person: a key and a value, stored in a native Secret of the same namespace. It belongs to the owner of the namespace. A SecretGrant shares it, and a NeuroJob uses it.
 */
export interface UserSecret {
  readonly apiVersion?: 'neu.ro/v1';
  readonly kind?: 'UserSecret';
  readonly metadata: ObjectMeta;
  readonly spec: UserSecretSpec;
  readonly status?: UserSecretStatus;
}
/**
 * The desired state. It has exactly one source: sealed, value, valueBase64, generate, secretKeyRef, configMapKeyRef, template or sharedFrom.
 */
export interface UserSecretSpec {
  /**
   * The name that people use for the secret, and the key in the native Secret: 1 to 253 of the characters A-Z a-z 0-9 _ . -, not ".", not beginning "..". Omitted: metadata.name. Cannot be changed.
   */
  readonly key?: string;
  /**
   * What the secret is for. Free text; anyone who can read the object sees it.
   */
  readonly description?: string;
  readonly sealed?: UserSecretSealed;
  /**
   * The value as plain text, 1 byte to 1 MiB of UTF-8. Anyone who can read this object can read the value, and the condition Plaintext is True. Prefer sealed.
   */
  readonly value?: string;
  /**
   * The value in standard base64 with padding and without line breaks, for binary data; 1 byte to 1 MiB decoded. As readable as a plain value.
   */
  readonly valueBase64?: string;
  readonly generate?: UserSecretGenerate;
  readonly secretKeyRef?: UserSecretSecretKeyRef;
  readonly configMapKeyRef?: UserSecretConfigMapKeyRef;
  readonly template?: UserSecretTemplate;
  readonly sharedFrom?: UserSecretSharedFrom;
  /**
   * Type of the native Secret. Default Opaque. The other types fix the key: kubernetes.io/basic-auth (username or password), kubernetes.io/ssh-auth (ssh-privatekey), kubernetes.io/dockerconfigjson (.dockerconfigjson), kubernetes.io/dockercfg (.dockercfg) and kubernetes.io/tls (tls-combined.pem: private key and certificates; the Secret has them as tls.key, tls.crt and ca.crt too). Cannot be changed.
   */
  readonly type?: string;
  /**
   * metadata.name of the native Secret. Omitted, the name of this object. Cannot be changed.
   */
  readonly secretName?: string;
  readonly secretMetadata?: UserSecretSecretMetadata;
  readonly onRevoke?: UserSecretOnRevoke;
  readonly deletionPolicy?: UserSecretDeletionPolicy;
  readonly history?: UserSecretHistory;
}
/**
 * Ciphertext that only the operator can open. "neuro secret add" and the console write it, and it is safe to keep in git.
 */
export interface UserSecretSealed {
  readonly format?: UserSecretSealedFormat;
  /**
   * The ciphertext as text, on one line, exactly as the sealing tool printed it.
   */
  readonly value: string;
  readonly scope?: UserSecretSealedScope;
  /**
   * The same value in the same format, sealed for the keys of other clusters, so that one object in git works in each of them. The operator opens the one that its key fits. kubeseal: at most 3.
   */
  readonly values?: readonly string[];
}
/**
 * Lets the operator generate the value once, from the system's random source. It is stored only in the native Secret. It changes only by rotateEvery, by the annotation neu.ro/rotate (neuro secret rotate), or when this field changes.
 */
export interface UserSecretGenerate {
  readonly type: UserSecretGenerateType;
  /**
   * Password: the number of characters, 8 to 1024. Hex and Base64: the number of random bytes before encoding, 8 to 1024. Default 32. Not for UUID and Ed25519.
   */
  readonly length?: number;
  /**
   * The characters of a Password, each once: 2 to 95 of printable ASCII. Default: letters and digits.
   */
  readonly alphabet?: string;
  /**
   * How often a new value is generated, such as 30d or 12h30m. The former value stays under "<key>.previous" until the next rotation. At least one minute. Omitted: never.
   */
  readonly rotateEvery?: string;
  /**
   * metadata.name of a suspended NeuroJob of this namespace (spec.suspend). A rotation runs a copy of it with the next value and the value in force, and the next value comes into force only when it succeeds. Only a user who can create NeuroJobs here can set this.
   */
  readonly rotateHook?: string;
}
/**
 * Copies the value of a native Secret of this namespace that another tool manages (External Secrets, cert-manager), and follows its changes. Only a user who can get that Secret can set this.
 */
export interface UserSecretSecretKeyRef {
  /**
   * metadata.name of the native Secret.
   */
  readonly name: string;
  /**
   * The key in its data. Omitted: the certificate pair of the Secret (tls.crt, tls.key and, where it is there, ca.crt), for type kubernetes.io/tls.
   */
  readonly key?: string;
}
/**
 * Takes the value of a key of a ConfigMap of this namespace, in data or binaryData, and follows its changes. Only a user who can get that ConfigMap can set this.
 */
export interface UserSecretConfigMapKeyRef {
  /**
   * metadata.name of the ConfigMap.
   */
  readonly name: string;
  /**
   * The key in its data or binaryData.
   */
  readonly key: string;
}
/**
 * Composes the value from other UserSecrets of this namespace, and follows their changes. Only a user who can create UserSecrets here and use all of them can set this.
 */
export interface UserSecretTemplate {
  /**
   * The text of the value. $(NAME) stands for the value of a part, and $$ for a dollar sign; every other dollar sign stands for itself. Anyone who can read this object can read the text, so it holds no secret.
   */
  readonly text: string;
  /**
   * The secrets that the text names, at most 16.
   */
  readonly parts: readonly UserSecretTemplatePart[];
}
export interface UserSecretTemplatePart {
  /**
   * The name in the text.
   */
  readonly name: string;
  /**
   * metadata.name of a UserSecret of this namespace. It cannot be a copy.
   */
  readonly secret: string;
  readonly encode?: UserSecretTemplatePartEncode;
}
/**
 * Keeps a copy of a UserSecret of another namespace, and follows it, for as long as a grant of access copy lets this namespace. Anyone who can read Secrets here can read the copy. When the access ends, the native Secret is deleted. A copy cannot be copied or shared.
 */
export interface UserSecretSharedFrom {
  /**
   * The namespace of the UserSecret.
   */
  readonly namespace: string;
  /**
   * metadata.name of the UserSecret.
   */
  readonly name: string;
}
/**
 * Labels and annotations that the native Secret gets, for tools that look for them. Keys of this operator, of Kubernetes, Helm, Argo CD and Flux are refused, because they say whose object it is.
 */
export interface UserSecretSecretMetadata {
  /**
   * At most 8 labels.
   */
  readonly labels?: {
    readonly [k: string]: string;
  };
  /**
   * At most 8 annotations of at most 1,024 characters each.
   */
  readonly annotations?: {
    readonly [k: string]: string;
  };
}
/**
 * Former values, each kept in an immutable Secret of this namespace until this object is deleted. Anyone who can get Secrets of the namespace can read them.
 */
export interface UserSecretHistory {
  /**
   * The number of former values that are kept, 0 to 20, with 3 MiB at most. 0: none. Omitted: the operator's default, which is 3 unless its administrator changed it.
   */
  readonly keep?: number;
}
/**
 * What the operator found and did. Written by the operator only.
 */
export interface UserSecretStatus {
  /**
   * metadata.generation of the object that this status describes.
   */
  readonly observedGeneration?: number;
  /**
   * The key in force, spec.key or metadata.name.
   */
  readonly key?: string;
  /**
   * The native Secret that holds the value.
   */
  readonly secretName?: string;
  /**
   * Twelve hexadecimal digits that change with the value. Equal versions of one secret mean equal values; they reveal nothing else.
   */
  readonly version?: string;
  /**
   * When the value last changed.
   */
  readonly updatedAt?: string;
  readonly changedBy?: UserSecretChangedBy;
  /**
   * Former values, newest first. The values themselves are in the named Secrets.
   */
  readonly history?: readonly UserSecretHistory1[];
  /**
   * Id of the sealing key that opened the value, for a sealed source.
   */
  readonly sealedWith?: string;
  /**
   * When the generated value is replaced next.
   */
  readonly nextRotation?: string;
  readonly rotation?: UserSecretRotation;
  readonly sharedWith?: UserSecretSharedWith;
  readonly copies?: UserSecretCopies;
  /**
   * The number of unfinished jobs that use the secret. Updated at intervals, not at every job.
   */
  readonly usedBy?: number;
  /**
   * When a job last started with the secret, or a copy last got its value. Updated at intervals, not at every job.
   */
  readonly lastUsedAt?: string;
  /**
   * Who used the secret: one entry for each service account of jobs, and one for each namespace with a copy; the latest 16.
   */
  readonly uses?: readonly UserSecretUse[];
  /**
   * Ready (the native Secret holds the value), Plaintext (the value can be read in this object), SealingKeyOutdated (sealed with an old key), ValueRegenerated (a generated value was lost, and another was generated), RotationPending (a rotation waits for its hook), and Reconciling or Stalled while it is not ready.
   */
  readonly conditions?: readonly Condition[];
}
/**
 * Who set the value in force.
 */
export interface UserSecretChangedBy {
  /**
   * The field manager that wrote the source, such as neuro, kubectl-edit or argocd-controller.
   */
  readonly manager?: string;
  /**
   * The user's name, where an admission policy has checked it.
   */
  readonly user?: string;
}
export interface UserSecretHistory1 {
  /**
   * The version that the value had.
   */
  readonly version: string;
  /**
   * The Secret that holds the value.
   */
  readonly secretName: string;
  /**
   * When the value came into force.
   */
  readonly since?: string;
  /**
   * When another value replaced it.
   */
  readonly until?: string;
  /**
   * The field manager that wrote the source of the value.
   */
  readonly manager?: string;
  /**
   * Who set the value, where an admission policy has checked the name.
   */
  readonly user?: string;
}
/**
 * A rotation that waits for its hook. Absent while there is none.
 */
export interface UserSecretRotation {
  readonly state: UserSecretRotationState;
  /**
   * The suspended NeuroJob.
   */
  readonly hook: string;
  /**
   * The NeuroJob of the last try.
   */
  readonly job?: string;
  /**
   * The number of the last try; 0 before the first.
   */
  readonly attempt: number;
  /**
   * When the last try began.
   */
  readonly since?: string;
  /**
   * When the hook is tried again.
   */
  readonly nextAttempt?: string;
  /**
   * Why it did not succeed, one word.
   */
  readonly reason?: string;
  /**
   * What the API server said.
   */
  readonly message?: string;
  /**
   * The version of the next value.
   */
  readonly version?: string;
  /**
   * The annotation neu.ro/rotate as it was when the last try began.
   */
  readonly request?: string;
}
/**
 * Who can use the secret through an active SecretGrant.
 */
export interface UserSecretSharedWith {
  /**
   * The number of subjects.
   */
  readonly count: number;
  /**
   * The first of them by name, such as "bob" or "group:ml"; a short list, not all.
   */
  readonly subjects?: readonly string[];
}
/**
 * Copies of the secret in other namespaces. Updated at intervals, not at every copy.
 */
export interface UserSecretCopies {
  /**
   * The number of copies.
   */
  readonly count: number;
  /**
   * The first of their namespaces by name; a short list, not all.
   */
  readonly namespaces?: readonly string[];
}
export interface UserSecretUse {
  /**
   * The service account of the jobs, as namespace/name; or the namespace of a copy.
   */
  readonly by: string;
  /**
   * When its last job started, or its copy got the value.
   */
  readonly lastAt: string;
  /**
   * The name of that job.
   */
  readonly lastJob?: string;
  /**
   * The name of the UserSecret that is the copy.
   */
  readonly lastCopy?: string;
  /**
   * The version of the value that the job or the copy got.
   */
  readonly version?: string;
}
