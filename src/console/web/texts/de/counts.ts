/** Numbers with their nouns and verbs in German. */
import { numberText } from '../../language/local.ts';
import { pluralIn } from '../plural.ts';

export const plural = pluralIn('de');

export const jobCount = (count: number): string =>
  `${numberText(count)} ${plural(count, { one: 'Job', other: 'Jobs' })}`;

/** `1 laufender Job behält …`, `2 laufende Jobs behalten …`. */
export const runningJobsKeep = (count: number, what: string): string =>
  `${numberText(count)} ${plural(count, { one: 'laufender Job behält', other: 'laufende Jobs behalten' })} ${what}`;
