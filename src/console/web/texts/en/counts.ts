/** Numbers with their nouns and verbs. */
export const jobCount = (count: number): string => `${String(count)} ${count === 1 ? 'job' : 'jobs'}`;

/** `1 running job keeps …`, `2 running jobs keep …`. */
export const runningJobsKeep = (count: number, what: string): string =>
  `${String(count)} running ${count === 1 ? 'job keeps' : 'jobs keep'} ${what}`;
