/** Texts of sharing. */
import type { SecretGrantAccess, SecretGrantSubjectKind } from '../../../../api/index.ts';
import { runningJobsKeep } from './counts.ts';
export const share = {
  title: (key: string) => `Share ${key}`,
  kind: 'With',
  kinds: {
    User: 'User',
    Group: 'Group',
    ServiceAccount: 'Service account',
    Namespace: 'Namespace',
  } satisfies Record<SecretGrantSubjectKind, string>,
  name: 'Name',
  noName: 'Whom? Give a name.',
  access: 'Access level',
  levels: {
    read: { name: 'Read', help: 'Their jobs may use it. They do not see the value here.' },
    write: { name: 'Write', help: 'And they may replace or delete it, without seeing it.' },
    manage: { name: 'Manage', help: 'And they may share it further.' },
  } satisfies Record<SecretGrantAccess, { readonly name: string; readonly help: string }>,
  expires: 'Expires',
  expiries: {
    never: 'Never',
    hour: 'In an hour',
    day: 'In a day',
    week: 'In 7 days',
    month: 'In 30 days',
    at: 'At a time…',
  } as Readonly<Record<string, string>>,
  at: 'When',
  noTime: 'Give a day and a time.',
  why: 'Why (optional)',
  submit: 'Share',
  failed: 'Not shared',
  now: 'Who may use it',
  nobody: 'Nobody but you.',
  notSeen: 'You may share it, but not see with whom it is shared.',
  ofAll: 'as all secrets of the namespace',
  phases: { Pending: 'not in force yet', Active: 'in force', Expired: 'expired' },
  ends: 'ends',
  noHome: (subject: string) =>
    `No namespace is home to ${subject} yet (is the name right?); it holds when there is one.`,
  revoke: 'Revoke',
  revokeLabel: (subject: string) => `Revoke access of ${subject}`,
  notRevoked: 'Not revoked',
  keep: (count: number) => runningJobsKeep(count, 'the value until the end.'),
  honest: 'Whoever runs a job with it can print the value; give a new value after a revoke.',
} as const;
