/** A day (`2027-01-31`) as the browser's customs write it. */
import { currentLocale } from '../language/current-language.ts';
export function dayText(day: string): string {
  const date = new Date(`${day}T12:00:00Z`);
  return Number.isNaN(date.getTime())
    ? day
    : date.toLocaleDateString(currentLocale(), { dateStyle: 'medium', timeZone: 'UTC' });
}
