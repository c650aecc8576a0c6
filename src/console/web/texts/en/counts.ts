/** Numbers with their nouns and verbs. */
import { numberText } from '../../language/local.ts';
import { pluralIn } from '../plural.ts';

export const plural = pluralIn('en');

export const jobCount = (count: number): string =>
  `${numberText(count)} ${plural(count, { one: 'job', other: 'jobs' })}`;

/** `1 running job keeps …`, `2 running jobs keep …`. */
export const runningJobsKeep = (count: number, what: string): string =>
  `${numberText(count)} running ${plural(count, { one: 'job keeps', other: 'jobs keep' })} ${what}`;
