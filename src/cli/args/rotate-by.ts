/** `--rotate-by 90d`, `2027-01-31` or `never`, as the annotation has it: a day in UTC. */
import { isDuration, parseDay, parseDurationSeconds } from '../../api/index.ts';
import { CliError } from '../errors.ts';

/** Empty for `never`: no date. */
export function parseRotateBy(text: string, now: Date): string {
  if (text === 'never') return '';
  const day = isDuration(text) ? dayAfter(parseDurationSeconds(text), now) : parseDay(text);
  // Days as text sort by time.
  if (day !== undefined && day < now.toISOString().slice(0, 10))
    throw new CliError(
      'usage',
      `'${text}' has passed (days end at midnight UTC): write today's date or a later one, 90d, or never.`,
    );
  if (day !== undefined) return day;
  throw new CliError('usage', `'${text}' is not a date: write 90d, 2027-01-31 or never.`);
}

/** Undefined where that is beyond the years that a date has. */
function dayAfter(seconds: number, now: Date): string | undefined {
  const time = new Date(now.getTime() + seconds * 1000);
  return Number.isNaN(time.getTime()) ? undefined : parseDay(time.toISOString().slice(0, 10));
}
