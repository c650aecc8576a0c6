/** Texts of the list of what a namespace shares. */
const what = (key: string | undefined): string => key ?? 'all secrets';
export const granted = {
  title: 'Shared by me',
  none: 'You share nothing yet',
  noneHelp: 'Share a secret from its row in the list. Each grant appears here, with who granted it and when it ends.',
  toMine: 'Show my secrets',
  right: 'Granted by',
  owner: 'the owner',
  gone: 'This secret does not exist, so the grant has no effect.',
  noSuch: 'This grant does not exist. It may have been revoked.',
  name: (key: string | undefined, subject: string) => `${what(key)} for ${subject}`,
  edit: (key: string | undefined, subject: string) => `Change the access of ${subject} to ${what(key)}`,
  revoke: (key: string | undefined, subject: string) => `Revoke the access of ${subject} to ${what(key)}`,
  question: (key: string | undefined, subject: string) => `Revoke the access of ${subject} to ${what(key)}?`,
} as const;
