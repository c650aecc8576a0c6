/** Order, lists and numbers by the customs of the language; only for what people see, never for what a machine compares. */
import { currentLocale } from './current-language.ts';

const collators = new Map<string, Intl.Collator>();

/** Numbers in names count as numbers: `job-9` before `job-10`. */
export function compareText(a: string, b: string): number {
  const locale = currentLocale();
  const collator = collators.get(locale) ?? new Intl.Collator(locale, { numeric: true });
  collators.set(locale, collator);
  return collator.compare(a, b);
}

/** `alice, bob and carol`. */
export function listText(items: readonly string[]): string {
  return new Intl.ListFormat(currentLocale(), { type: 'conjunction' }).format(items);
}

/** `1,234.5`, in Germany `1.234,5`; always with that many digits after the point. */
export function numberText(number: number, digits = 0): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(currentLocale(), options).format(number);
}

/** `Jan 31, 2027, 2:05 PM`. */
export function timeText(time: string): string {
  return new Date(time).toLocaleString(currentLocale(), { dateStyle: 'medium', timeStyle: 'short' });
}

/** `Jan 31, 2027`: the day where the user is. */
export function dateText(time: Date): string {
  return time.toLocaleDateString(currentLocale(), { dateStyle: 'medium' });
}
