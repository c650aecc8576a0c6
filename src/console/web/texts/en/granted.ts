/** Texts of the list of what a namespace shares. */
const what = (key: string | undefined): string => key ?? 'all secrets';
export const granted = {
  title: 'Shared by me',
  none: 'You share nothing yet',
  noneHelp: 'Share a secret from its row. Each grant appears here, with its end and on whose right it stands.',
  right: 'On the right of',
  owner: 'the owner',
  gone: 'This secret is not there; the grant gives nothing.',
  name: (key: string | undefined, subject: string) => `${what(key)} for ${subject}`,
  edit: (key: string | undefined, subject: string) => `Change the access of ${subject} to ${what(key)}`,
  revoke: (key: string | undefined, subject: string) => `Revoke the access of ${subject} to ${what(key)}`,
  question: (key: string | undefined, subject: string) => `Revoke the access of ${subject} to ${what(key)}?`,
} as const;
