/** `--rotate-by 90d`, `2027-01-31` or `never`, as the annotation has it: a day where the user is. */
import { dayAt, isDuration, parseDay, parseDurationSeconds } from '../../api/index.ts';
import { CliError } from '../errors.ts';

/** Empty for `never`: no date. */
export function parseRotateBy(text: string, now: Date): string {
  if (text === 'never') return '';
  const day = isDuration(text) ? dayAt(now.getTime() + parseDurationSeconds(text) * 1000) : parseDay(text);
  // Days as text sort by time.
  if (day !== undefined && day < (dayAt(now.getTime()) ?? ''))
    throw new CliError('usage', `'${text}' has passed: write today's date or a later one, 90d, or never.`);
  if (day !== undefined) return day;
  throw new CliError('usage', `'${text}' is not a date: write 90d, 2027-01-31 or never.`);
}
