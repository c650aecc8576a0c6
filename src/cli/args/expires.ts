/** `--expires 8h`, `2027-01-31` (until the end of that day, UTC) or a full time, as the API takes it. */
import { isDuration, parseDurationSeconds, rfc3339 } from '../../api/index.ts';
import { CliError } from '../errors.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export function parseExpires(text: string, now: Date): string {
  if (isDuration(text)) return rfc3339(now.getTime() + parseDurationSeconds(text) * 1000);
  if (DAY.test(text) || TIME.test(text)) {
    const time = new Date(DAY.test(text) ? `${text}T23:59:59Z` : text);
    const isRealDay =
      !Number.isNaN(time.getTime()) &&
      new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10));
    if (isRealDay) return rfc3339(time.getTime());
  }
  throw new CliError(
    'usage',
    `'${text}' is not a time or a duration: write 8h, 30d, 2027-01-31, 2027-01-31T18:00:00Z or never.`,
  );
}
