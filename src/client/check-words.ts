/** The words of a check, as the command says them; a page in another language brings its own. */
import type { Wording } from './wording.ts';

export const checkWords = {
  ok: 'ok',
  makeJobs: (namespace: string) => `to make jobs in '${namespace}'`,
  mayNotMake: 'no; ask an administrator, or choose another namespace',
  readOutput: 'to read their output',
  mayNotRead: 'no; you would not see the output',
  notBound: 'there, not bound yet',
  notIn: (namespace: string) => `not in '${namespace}'`,
  notChecked: (why: string) => `not checked (${why})`,
  presetNotChecked: (why: string) => `not checked: ${why}`,
  noPresets: 'the operator has no presets',
  noSuchPreset: (names: string) => `the operator has no such preset; it has ${names}`,
  presetsUnread: (map: string, namespace: string) =>
    `you can read no list of presets (ConfigMap ${map} in ${namespace})`,
  badImage: 'not a valid image name; write [REGISTRY/]NAME[:TAG] in lower case, without https:// or docker://',
  pulledFrom: (registry: string) => `a valid name; the node pulls it from ${registry} at the start`,
  defaultRegistry: 'the default registry of the node',
  tagMoves: 'the tag latest can change',
  inNamespace: (namespace: string) => `in '${namespace}'`,
  accepted: 'the API server accepts it',
  refused: (why: string) => `the API server refuses it: ${why}`,
  nameFree: 'the name was taken, and is free again',
  nameTaken: (why: string) => `a job of this name exists; ${why}`,
  notFinished: (name: string) => `the job '${name}' exists and has not finished; end it, or choose another name`,
  replaces: (name: string) => `it replaces the finished job '${name}'`,
  mayNotReplace: (name: string) =>
    `you have no right to delete the finished job '${name}' that it would replace; choose another name`,
  noSecret: (key: string, namespace: string, command: string) =>
    `Secret '${key}' not found in '${namespace}': add it with \`${command}\``,
  sharedHere: 'shared with this namespace; checked again when the job starts',
  maybeThere: 'permitted; whether it exists is known when the job starts',
  needsRead: (uri: string, namespace: string, command: string) =>
    `Not enough permissions: '${uri}' needs read; ask ${namespace} to run \`${command}\``,
} as const;

export type CheckWords = Wording<typeof checkWords>;
