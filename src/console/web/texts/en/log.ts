/** Texts of the output of a job. Loaded with it. */
export const log = {
  label: 'Output of the job',
  state: 'State of the output',
  search: 'Search the output',
  found: (current: number, count: number) => `${String(current)} of ${String(count)}`,
  notFound: 'not found',
  previous: 'The one before',
  next: 'The next one',
  times: 'Times',
  jump: (count: number) => (count === 0 ? 'Paused · follow' : `Paused · ${String(count)} new · follow`),
  dropped: (count: number) => `${String(count)} older lines are only in the download.`,
  waiting: 'Waiting for the first output',
  never: 'The job never started, so it printed nothing.',
  live: 'Live',
  /** The job has ended, and its last lines are on their way. */
  ending: 'Reading the last lines',
  ended: 'End of the output',
  broken: (message: string) => `Interrupted: ${message} Trying again.`,
  gone: (message: string) => `The Pod is gone, and its output with it. ${message}`,
} as const;
