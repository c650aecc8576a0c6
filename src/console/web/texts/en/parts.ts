/** Texts that several pages share. */
export const actions = {
  title: 'Actions',
  add: 'Add',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  download: 'Download',
} as const;

/** Before what was typed is lost. */
export const discard = {
  question: 'Discard what you typed?',
  discard: 'Discard',
  keep: 'Keep editing',
} as const;

export const copy = {
  done: 'Copied',
  failed: 'Could not copy',
  insecure: 'The browser allows copying only on https and on localhost.',
  manifest: 'Copy as manifest',
  command: 'Copy as command',
  manifestHasAll: 'The manifest has all of it.',
  uri: 'Copy URI',
  uriOf: (key: string) => `Copy URI of ${key}`,
} as const;
