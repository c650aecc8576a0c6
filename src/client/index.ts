/**
 * What the command and the console know alike about secrets, grants and jobs. Pure; runs in Node and in the browser. Every rule
 * that both need has its one home here.
 */
export { DEFAULT_LIFE_SPAN, isFinished, restartPolicyOf, restartWords } from './job-words.ts';
export { createLogCursor, type LogCursor } from './log-cursor.ts';
export { baseOfImage, baseOfJob, isJobName, isMadeUp, isVariableName, makeJobName, type MadeName } from './names.ts';
export { lostSentence, runCommandOf, type RunCommand, type RunCommandOptions } from './run-command.ts';
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
export { quote, quoteAll, splitWords } from './shell.ts';
export { usedKeys } from './used-keys.ts';
