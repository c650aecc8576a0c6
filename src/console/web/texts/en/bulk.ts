/** Texts about several rows of a table at once. */
import { numberText } from '../../language/local.ts';
import { plural } from './counts.ts';

const secrets = (count: number): string => `${numberText(count)} ${plural(count, { one: 'secret', other: 'secrets' })}`;
const jobs = (count: number): string => `${numberText(count)} ${plural(count, { one: 'job', other: 'jobs' })}`;
const schedules = (count: number): string =>
  `${numberText(count)} ${plural(count, { one: 'schedule', other: 'schedules' })}`;
const grants = (count: number): string => `${numberText(count)} ${plural(count, { one: 'grant', other: 'grants' })}`;

export const bulk = {
  select: (name: string) => `Select ${name}`,
  selectAll: (count: number) => `Select all ${numberText(count)} rows shown`,
  title: 'Selected rows',
  selected: (count: number) => `${numberText(count)} selected`,
  all: (count: number) => `Select all ${numberText(count)}`,
  clear: 'Clear selection',
  some: (label: string, count: number) => `${label} (${numberText(count)})`,
  more: (count: number) => `${numberText(count)} more`,
  progress: (done: number, all: number) => `${numberText(done)} of ${numberText(all)}`,
  stop: 'Stop',
  elsewhere: 'Running on another page',
  running: (label: string, done: number, all: number) => `${label}: ${numberText(done)} of ${numberText(all)}`,
  ended: (label: string, failed: number, left: number, all: number) =>
    failed > 0
      ? `${label}: ${numberText(failed)} of ${numberText(all)} failed.`
      : `${label}: ${numberText(left)} of ${numberText(all)} not tried.`,
  back: 'Back to the list',
  results: 'See the results',
  failed: (failed: number, all: number) =>
    `${numberText(failed)} of ${numberText(all)} failed. What was not done is still selected.`,
  notTried: (count: number) => `${numberText(count)} not tried.`,
  dismiss: 'Close the results',
  secrets: {
    remove: {
      label: 'Delete',
      title: (count: number) => `Delete ${secrets(count)}?`,
      sentence:
        'The values are removed, with the grants that the console and the command made for them, if you have permission to delete these. Other grants stay, and apply again to new secrets with the same names. Running jobs keep the values that they started with. This cannot be undone.',
      confirm: (count: number) => `Delete ${secrets(count)}`,
      done: (count: number) => `Deleted ${secrets(count)}.`,
    },
    tag: { label: 'Tag', done: (count: number) => `Changed the tags of ${secrets(count)}.` },
    share: { label: 'Share', done: (count: number) => `Shared ${secrets(count)}.` },
  },
  jobs: {
    kill: {
      label: 'Kill',
      title: (count: number) => `Kill ${jobs(count)}?`,
      sentence: 'The containers stop, and the jobs end as Cancelled. This cannot be undone.',
      confirm: (count: number) => `Kill ${jobs(count)}`,
      done: (count: number) => `Stopping ${jobs(count)}.`,
    },
    remove: {
      label: 'Delete',
      title: (count: number) => `Delete ${jobs(count)}?`,
      sentence: 'The jobs are removed with their output and their timelines. This cannot be undone.',
      confirm: (count: number) => `Delete ${jobs(count)}`,
      done: (count: number) => `Deleted ${jobs(count)}.`,
    },
    again: {
      label: 'Run again',
      title: (count: number) => `Run ${jobs(count)} again?`,
      sentence: 'A new job starts for each of them, with the same fields and the secrets as they are now.',
      confirm: (count: number) => `Run ${jobs(count)}`,
      done: (count: number) => `Started ${jobs(count)}.`,
    },
  },
  schedules: {
    pause: { label: 'Pause', done: (count: number) => `Paused ${schedules(count)}.` },
    resume: { label: 'Resume', done: (count: number) => `Resumed ${schedules(count)}.` },
    remove: {
      label: 'Delete',
      title: (count: number) => `Delete ${schedules(count)}?`,
      sentence: 'The schedules are removed with their jobs and the output of these. This cannot be undone.',
      confirm: (count: number) => `Delete ${schedules(count)}`,
      done: (count: number) => `Deleted ${schedules(count)}.`,
    },
  },
  grants: {
    revoke: {
      label: 'Revoke',
      title: (count: number) => `Revoke ${grants(count)}?`,
      sentence:
        'New jobs can no longer use the secrets by these grants. A job that used a value may have kept it; change the value if that matters.',
      confirm: (count: number) => `Revoke ${grants(count)}`,
      done: (count: number) => `Revoked ${grants(count)}.`,
    },
  },
} as const;
