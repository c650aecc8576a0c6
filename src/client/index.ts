/**
 * What the command and the console know alike about secrets, grants and jobs. Pure; runs in Node and in the browser. Every rule
 * that both need has its one home here.
 */
export {
  checkJob,
  isReady,
  type CheckedCluster,
  type CheckLine,
  type CheckProblem,
  type DryRun,
  type Look,
  type Question,
} from './checks.ts';
export { checkWords } from './check-words.ts';
export { importWords } from './import-words.ts';
export { logWords } from './log-words.ts';
export type { Wording } from './wording.ts';
export { draftFromJob, jobAgain, jobOf, type NewJob } from './draft-job.ts';
export { readEnvFile, type EnvFile, type EnvFileEntry, type EnvFileProblem } from './env-file.ts';
export { operatorNamespaceOf, OPERATOR_BINDING, type OperatorBinding } from './operator-place.ts';
export { parseImage, type ImageName } from './image.ts';
export {
  draftOf,
  foreignChoice,
  nextId,
  suggestedTarget,
  withUsed,
  type Attachment,
  type Card,
  type JobDraft,
  type JobKind,
  type KeptFields,
  type Mount,
  type SecretChoice,
  type Variable,
} from './job-draft.ts';
export { DEFAULT_LIFE_SPAN, isFinished, restartPolicyOf, restartWords } from './job-words.ts';
export { createLogCursor, isContainerGone, isOnlyUnwatched, type LogCursor } from './log-cursor.ts';
export {
  baseOfImage,
  baseOfJob,
  isJobName,
  isMadeUp,
  isVariableName,
  makeJobName,
  nameSuffix,
  type MadeName,
} from './names.ts';
export { presetNames, presetSentence, publishedPresets, type PresetNames, type PublishedPreset } from './presets.ts';
export { lostSentence, runCommandOf, type RunCommand, type RunCommandOptions } from './run-command.ts';
export {
  MAX_SCHEDULE_NAME,
  runNowOf,
  scheduleMessage,
  scheduleProblem,
  scheduleState,
  templateOf,
  type ScheduleState,
} from './schedules.ts';
export {
  checkedForeign,
  granteeOfJobs,
  checkedOwn,
  isUsable,
  type CheckedSecret,
  type MissingSecret,
  type UsableSecret,
} from './secret-checks.ts';
export {
  isOneSecret,
  keyOfShared,
  nameOfShared,
  omittedSentence,
  sharedEntries,
  type Omitted,
  type SharedEntries,
  type SharedEntry,
  type SharedNamespace,
  type SharedSecret,
} from './shared-entries.ts';
export { ownSecretNames, secretUses, type SecretUse } from './secret-references.ts';
export {
  MAX_TEMPLATE_PARTS,
  partRefusal,
  templateProblem,
  templateTextProblem,
  templateUses,
  templateWords,
} from './template-text.ts';
export { certificateFacts, isKeyOfCertificate, type CertificateFacts } from './certificate-facts.ts';
export { adoptWords, previewAdopt, type AdoptPreview, type AdoptRow, type NativeKeys } from './adopt-preview.ts';
export { hasTag, parseTagChanges, readTag, tagDifference, tagsOf, type TagFault } from './tags.ts';
export { quote, quoteAll, splitWords } from './shell.ts';
export { usedKeys } from './used-keys.ts';
export { accessLevels, accessSentences } from './access-levels.ts';
export { copySentence, copySource } from './copies.ts';
export {
  granterOf,
  grantName,
  grantsOver,
  planGrant,
  type GrantPlan,
  type GrantTarget,
  type GrantTerms,
} from './grants.ts';
export { pageInFragment, pageOf, type PageTarget } from './console-page.ts';
export { previewImport, savedRows, type ImportPreview, type ImportRow } from './import-preview.ts';
export { isFormerOf, jobsWithVersion, versionsOf, type SecretVersion } from './secret-versions.ts';
export { secretLog, type LogEntry, type LogSources, type LoggedEvent } from './secret-log.ts';
export {
  amountText,
  measureEveryMs,
  sampleOf,
  usesOf,
  withSample,
  type MeasuredPod,
  type PodWithResources,
  type ResourceUse,
  type Sample,
} from './job-use.ts';
export { quantity } from './quantity.ts';
export { subjectDoubt } from './subject-doubt.ts';
