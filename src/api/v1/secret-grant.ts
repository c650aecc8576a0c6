/* Generated from crds/secretgrants.yaml by "npm run generate"; edit that file instead. */
import type { Condition } from '../conditions.ts';
import type { ObjectMeta } from '../object-meta.ts';

/**
 * User: a person, and the jobs in the namespaces that carry the annotation neu.ro/user with that name. Group: all of its members, and jobs likewise by neu.ro/groups. ServiceAccount: one service account. Namespace: every service account of a namespace.
 */
export type SecretGrantSubjectKind = 'User' | 'Group' | 'ServiceAccount' | 'Namespace';
/**
 * Kind of the granter.
 */
export type SecretGrantGrantedByKind = 'User' | 'Group' | 'ServiceAccount';
/**
 * read: jobs can use the secret. copy: jobs can use it, and the namespaces of the subject can keep a copy (sharedFrom), which anyone who can read Secrets there can read. write: jobs can use it, and the person can replace or delete it, without seeing it. manage: write, and the person can also share it. Only copy shows the value itself; write and manage do not include it.
 */
export type SecretGrantAccess = 'read' | 'copy' | 'write' | 'manage';
/**
 * Pending: not in force (the secret is missing, a name is taken, or the granter can no longer share). Active: in force. Expired: expiresAt has passed and the access is revoked.
 */
export type SecretGrantPhase = 'Pending' | 'Active' | 'Expired';

/**
 * Shares one secret of this namespace, or all of them. The operator creates a native Role and RoleBinding for it. Deleting it revokes the access at once.
 */
export interface SecretGrant {
  readonly apiVersion?: 'neu.ro/v1';
  readonly kind?: 'SecretGrant';
  readonly metadata: ObjectMeta;
  readonly spec: SecretGrantSpec;
  readonly status?: SecretGrantStatus;
}
/**
 * What the owner of the namespace allows, to whom, and until when.
 */
export interface SecretGrantSpec {
  /**
   * metadata.name of the UserSecret in this namespace. Omitted, every secret of this namespace, present and future. Cannot be changed.
   */
  readonly secret?: string;
  readonly subject: SecretGrantSubject;
  readonly grantedBy?: SecretGrantGrantedBy;
  readonly access?: SecretGrantAccess;
  /**
   * Why it is shared. Free text; anyone who can read the object sees it.
   */
  readonly description?: string;
  /**
   * When the grant expires, to the second, in RFC 3339 format, such as 2027-01-31T18:00:00Z. Omitted, never. A time in the past is allowed; the grant is then Expired.
   */
  readonly expiresAt?: string;
}
/**
 * Who gets the access. Cannot be changed; delete the grant and create another.
 */
export interface SecretGrantSubject {
  readonly kind: SecretGrantSubjectKind;
  /**
   * The name of the user, group, service account or namespace, compared exactly.
   */
  readonly name: string;
  /**
   * The namespace of a ServiceAccount; not for the other kinds.
   */
  readonly namespace?: string;
}
/**
 * Whose permission to share this grant depends on. Omitted, that of the owner of the namespace. Otherwise the grant is in force only while this user, group or service account holds share on the secret by a grant of its own (access manage). Only a user who can create RoleBindings in the namespace can omit it or name another; everyone else names themselves. Cannot be changed.
 */
export interface SecretGrantGrantedBy {
  readonly kind: SecretGrantGrantedByKind;
  /**
   * The name of the user, group or service account, compared exactly.
   */
  readonly name: string;
  /**
   * The namespace of a ServiceAccount; not for the other kinds.
   */
  readonly namespace?: string;
}
/**
 * What the operator found and did. Written by the operator only.
 */
export interface SecretGrantStatus {
  /**
   * metadata.generation of the object that this status describes.
   */
  readonly observedGeneration?: number;
  readonly phase?: SecretGrantPhase;
  /**
   * The native Role and RoleBinding that let the subject use the secret.
   */
  readonly roleName?: string;
  /**
   * The RoleBinding of roleName.
   */
  readonly roleBindingName?: string;
  /**
   * The Role that lets the person alone replace, delete or share the secret, for access write and manage.
   */
  readonly personRoleName?: string;
  /**
   * The RoleBinding of personRoleName.
   */
  readonly personRoleBindingName?: string;
  /**
   * metadata.uid of the UserSecret that is shared now. A grant follows the name: while the secret is deleted nothing is shared; a new secret of that name is shared again, with another UID here.
   */
  readonly secretUid?: string;
  /**
   * The namespaces whose jobs act for the subject; a short list, not all.
   */
  readonly namespaces?: readonly string[];
  /**
   * Ready (the access is in force), and Reconciling or Stalled while it is not; only Expired after expiresAt.
   */
  readonly conditions?: readonly Condition[];
}
