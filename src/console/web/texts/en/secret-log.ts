/** Texts of the log of a secret; loaded with it. */
import { numberText, timeText } from '../../language/local.ts';
import { logWords, type LogEntry } from '../../../../client/index.ts';

export const secretLog = {
  time: 'Time',
  what: 'What',
  who: 'Who',
  help: 'What the cluster still records: events of the last hour, and the latest use by each user and copy.',
  kinds: { change: 'changed', grant: 'shared', use: 'used', event: 'event' } satisfies Record<LogEntry['kind'], string>,
  words: {
    ...logWords,
    grantedUntil: (access: string, time: string) => logWords.grantedUntil(access, timeText(time)),
  },
  unseen: {
    grants: 'You don’t have permission to view grants, so they are left out.',
    jobs: 'You don’t have permission to view jobs, so they are left out.',
    events: 'You don’t have permission to view events, so they are left out.',
  },
  older: (count: number) => `${numberText(count)} older entries are left out; neuro secret log shows all.`,
} as const;
