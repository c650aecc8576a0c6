/** Texts of sharing. */
import { numberText } from '../../language/local.ts';
import type { SecretGrantAccess, SecretGrantSubjectKind } from '../../../../api/index.ts';
import { accessSentences } from '../../../../client/index.ts';
import { plural, runningJobsKeep } from './counts.ts';
export const share = {
  title: (key: string) => `Share ${key}`,
  titleOf: (count: number) => `Share ${numberText(count)} ${plural(count, { one: 'secret', other: 'secrets' })}`,
  changesSome: (count: number) =>
    `${numberText(count)} of them ${plural(count, { one: 'is', other: 'are' })} already shared with this recipient. Share changes the level. The end and the reason stay unless you change them.`,
  titleAll: (namespace: string) => `Share all secrets of ${namespace}`,
  titleChange: (key: string) => `Change access to ${key}`,
  kind: 'With',
  kinds: {
    User: 'User',
    Group: 'Group',
    ServiceAccount: 'Service account',
    Namespace: 'Namespace',
  } satisfies Record<SecretGrantSubjectKind, string>,
  name: 'Name',
  noName: 'Enter a name.',
  access: 'Access level',
  levels: {
    read: { name: 'Read', help: accessSentences.read },
    copy: { name: 'Copy', help: accessSentences.copy },
    write: { name: 'Write', help: accessSentences.write },
    manage: { name: 'Manage', help: accessSentences.manage },
  } satisfies Record<SecretGrantAccess, { readonly name: string; readonly help: string }>,
  expires: 'Expires',
  expiries: {
    keep: 'Keep the current end',
    never: 'Never',
    hour: 'In an hour',
    day: 'In a day',
    week: 'In 7 days',
    month: 'In 30 days',
    at: 'At a time…',
  } as Readonly<Record<string, string>>,
  at: 'When',
  noTime: 'Enter a date and a time.',
  why: 'Why (optional)',
  submit: 'Share',
  /** `level`: its name. */
  changes: (subject: string, level: string) =>
    `${subject} already has access: ${level}. Share changes the level. The end and the reason stay unless you change them.`,
  byWhom: (granter: string) => `granted by ${granter}`,
  failed: 'Not shared',
  now: 'People and jobs with access',
  nobody: 'Nobody but you.',
  notSeen: 'You can share this secret, but you don’t have permission to view its grants.',
  ofAll: 'by a grant of all secrets',
  phases: { Pending: 'not in force yet', Active: 'in force', Expired: 'expired' },
  ends: 'ends',
  noHome: (subject: string) =>
    `No namespace is home to ${subject} yet. Is the name right? The grant takes effect when there is one.`,
  revoke: 'Revoke',
  revokeLabel: (subject: string) => `Revoke access of ${subject}`,
  notRevoked: (subject: string) => `The access of ${subject} was not revoked`,
  keep: (count: number) => runningJobsKeep(count, 'the value until the end.'),
  honest: 'Anyone who runs a job with this secret can print its value. Replace the value after you revoke access.',
} as const;
