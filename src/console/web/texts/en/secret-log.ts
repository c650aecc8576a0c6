/** Texts of the log of a secret; loaded with it. */
import { logWords, type LogEntry } from '../../../../client/index.ts';

export const secretLog = {
  time: 'Time',
  what: 'What',
  who: 'Who',
  help: 'As far as the cluster still knows it: events are kept for an hour, and of each user and copy the latest use.',
  kinds: { change: 'changed', grant: 'shared', use: 'used', event: 'event' } satisfies Record<LogEntry['kind'], string>,
  words: logWords,
  unseen: {
    grants: 'You don’t have permission to view grants, so they are left out.',
    jobs: 'You don’t have permission to view jobs, so they are left out.',
    events: 'You don’t have permission to view events, so they are left out.',
  },
  older: (count: number) => `${String(count)} older entries are left out; neuro secret log shows all.`,
} as const;
