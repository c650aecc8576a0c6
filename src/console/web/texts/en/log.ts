/** Texts of the output of a job. Loaded with it. */
import { numberText } from '../../language/local.ts';
export const log = {
  label: 'Output of the job',
  state: 'State of the output',
  search: 'Search the output',
  found: (current: number, count: number) => `${numberText(current)} of ${numberText(count)}`,
  notFound: 'not found',
  previous: 'Previous match',
  next: 'Next match',
  times: 'Times',
  jump: (count: number) => (count === 0 ? 'Paused · follow' : `Paused · ${numberText(count)} new · follow`),
  dropped: (count: number) =>
    plural(count, {
      one: '1 older line is only in the download.',
      other: `${numberText(count)} older lines are only in the download.`,
    }),
  waiting: 'Waiting for the first output',
  never: 'The job never started, so it printed nothing.',
  live: 'Live',
  /** The job has ended, and its last lines are on their way. */
  ending: 'Reading the last lines',
  ended: 'End of the output',
  unread: (words: string) => `The node cannot read the output (${words}).`,
  broken: 'Interrupted:',
  retrying: 'Trying again.',
  gone: (message: string) => `The Pod is gone, and its output with it. ${message}`,
} as const;
import { plural } from './counts.ts';
