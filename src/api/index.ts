/** The public interface of the API layer: types, names, and rules about names. Pure; runs in Node and in the browser. */
export {
  findCondition,
  isConditionTrue,
  removeCondition,
  replaceConditions,
  setCondition,
  type Condition,
  type ConditionState,
} from './conditions.ts';
export * from './constants.ts';
export { hasDay, parseCronLine, type CronLine, type ParsedCronLine } from './cron-line.ts';
export { isTimeZone } from './time-zone.ts';
export { formatGroups, parseGroups } from './groups.ts';
export { isDuration, parseDurationSeconds } from './duration.ts';
export { ApiError, type ApiErrorCode } from './errors.ts';
export {
  calledName,
  checkKey,
  calledBy,
  effectiveKey,
  isKey,
  keyWord,
  isObjectName,
  keyProblem,
  MAX_KEY_LENGTH,
  nativeSecretName,
  objectNameForKey,
} from './key.ts';
export { demandsRestricted, jobSecurity, type JobSecurity } from './job-security.ts';
export { isNamespaceName } from './namespace-name.ts';
export { ANNOTATION_LAST_APPLIED, hasAppliedValue, withoutAppliedValue } from './applied-copy.ts';
export { ANNOTATION_CHANGED_BY, authorOf, changedBy, createdBy } from './changed-by.ts';
export type { ObjectMeta, OwnerReference } from './object-meta.ts';
export { isQuantity } from './quantity.ts';
export * from './reasons.ts';
export { dayAt, isRotationNear, parseDay, ROTATE_SOON_MS, rotateByOf, type RotateBy } from './rotate-by.ts';
export { ownValue } from './own-value.ts';
export { madeBy, NO_SOURCE, USER_SECRET_SOURCES, type SourceKind } from './sources.ts';
export type { SecretReference } from './secret-reference.ts';
export {
  isTlsPart,
  joinPair,
  MAX_PAIR_BYTES,
  pairWords,
  partSuffix,
  splitPair,
  TLS_KEY,
  TLS_PARTS,
  TLS_TYPE,
  type TlsPart,
  type TlsParts,
} from './tls-pair.ts';
export { formatSecretUri, looksLikeSecretUri, parseSecretUri, type SecretUri } from './secret-uri.ts';
export { copyOfTemplate, type TemplateCopy } from './template-job.ts';
export { isExpired, parseTimeMs, rfc3339 } from './time.ts';
export { formatSubject, parseSubject, rbacSubjectOf, type RbacSubject } from './subject.ts';
export type * from './v1/neuro-job.ts';
export type * from './v1/neuro-schedule.ts';
export type * from './v1/secret-grant.ts';
export type * from './v1/user-secret.ts';
