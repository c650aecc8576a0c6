/** The words of the log of a secret, as the command says them; a page in another language brings its own. */
import type { Wording } from './wording.ts';

export const logWords = {
  set: 'the value was set',
  created: 'the UserSecret was created',
  access: (access: string, subject: string) => `${access} to ${subject}`,
  accessToAll: (access: string, subject: string) => `${access} to ${subject}, as all of the namespace`,
  granted: (access: string) => `granted ${access}`,
  grantedUntil: (access: string, time: string) => `granted ${access} until ${time}`,
  ended: (access: string) => `the grant of ${access} ended`,
  copied: (copy: string) => `copied to ${copy}`,
  usedBySome: 'used by a job',
  used: (job: string) => `used by job ${job}`,
  times: (count: string) => `(${count} times)`,
} as const;

export type LogWords = Wording<typeof logWords>;
