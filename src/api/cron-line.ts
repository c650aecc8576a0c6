/**
 * The line of a schedule, as cron and Kubernetes' CronJob write it: five fields, or a word such as `@daily`.
 *
 * Promise: a line that is taken here has the meaning that it has in a CronJob. Its form is the same as the rule in crds/neuroschedules.yaml;
 * the numbers are checked here alone. Not here: time zones, and when it falls due. Also in the browser.
 */
export interface CronLine {
  /** Five fields of `*` or numbers with commas between them. */
  readonly fields: readonly [string, string, string, string, string];
  /** A day has to match both fields of days. Without `*` at the beginning of one of them, either is enough. */
  readonly needsBothDays: boolean;
}

export type ParsedCronLine = { readonly line: CronLine } | { readonly problem: string };

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const minute: Field = { name: 'minute', min: 0, max: 59 };
const hour: Field = { name: 'hour', min: 0, max: 23 };
const dayOfMonth: Field = { name: 'day of the month', min: 1, max: 31 };
const month: Field = { name: 'month', min: 1, max: 12, words: months };
/** 7 is Sunday, as 0 is. */
const dayOfWeek: Field = { name: 'day of the week', min: 0, max: 7, words: days };

/** Characters; `maxLength` of the field. */
const longestLine = 256;
const form =
  'a schedule has five fields, minute hour day-of-month month day-of-week, such as "0 3 * * 1-5", or is @daily';

export function parseCronLine(text: string): ParsedCronLine {
  if (text.length > longestLine) return { problem: `a schedule has at most ${longestLine} characters` };
  const trimmed = text.trim().toLowerCase();
  const words = (macros[trimmed] ?? trimmed).split(/\s+/);
  const [first, second, third, fourth, fifth, more] = words;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    return { problem: form };
  if (fifth === undefined || more !== undefined) return { problem: form };
  try {
    return {
      line: {
        fields: [
          numbersOf(minute, first),
          numbersOf(hour, second),
          numbersOf(dayOfMonth, third),
          numbersOf(month, fourth),
          numbersOf(dayOfWeek, fifth),
        ],
        needsBothDays: [third, fifth].some((days) => /^[*?]/.test(days)),
      },
    };
  } catch (error) {
    if (!(error instanceof FieldProblem)) throw error;
    return { problem: error.message };
  }
}

/** Of each month, in a leap year. */
const lastDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether some day of the calendar matches: 30 February does not, and no month of 30 days has a 31st. */
export function hasDay({ fields: [, , days, months], needsBothDays }: CronLine): boolean {
  // Otherwise a day of the week is enough, and there is one each week.
  if (days === '*' || !needsBothDays) return true;
  const first = Number(days.split(',')[0]);
  return (months === '*' ? [1] : months.split(',').map(Number)).some((month) => first <= (lastDays[month - 1] ?? 0));
}

class FieldProblem extends Error {}

function numbersOf(field: Field, text: string): string {
  const numbers = new Set(text.split(',').flatMap((item) => itemNumbers(field, item)));
  if (field === dayOfWeek && numbers.delete(7)) numbers.add(0);
  const all = field === dayOfWeek ? 7 : field.max - field.min + 1;
  return numbers.size === all ? '*' : [...numbers].sort((a, b) => a - b).join(',');
}

function itemNumbers(field: Field, item: string): readonly number[] {
  const { name, min, max } = field;
  const [, from = '', to, step] = /^([^-/]+)(?:-([^-/]+))?(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  if (from === '')
    throw new FieldProblem(
      `'${item}' is not valid for the ${name}: it takes numbers, lists, ranges such as 1-5, and steps such as */2`,
    );
  const isAll = from === '*' || from === '?';
  if (isAll && to !== undefined) throw new FieldProblem(`'${item}' is not a range (${name})`);
  const first = isAll ? min : numberOf(field, from);
  const last = to !== undefined ? numberOf(field, to) : isAll || step !== undefined ? max : first;
  const by = step === undefined ? 1 : Number(step);
  if (last < first) throw new FieldProblem(`'${item}' ends before it begins (${name})`);
  if (by === 0) throw new FieldProblem(`'${item}' has a step of 0 (${name})`);
  const numbers: number[] = [];
  // `*` of the days of the week is 0 to 6: 7 would be Sunday twice.
  const end = field === dayOfWeek && to === undefined ? Math.min(last, Math.max(first, 6)) : last;
  for (let number = first; number <= end; number += by) numbers.push(number);
  return numbers;
}

function numberOf({ name, min, max, words }: Field, text: string): number {
  const word = words?.indexOf(text) ?? -1;
  const number = word >= 0 ? word + (min === 0 ? 0 : 1) : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(number >= min && number <= max))
    throw new FieldProblem(
      `'${text}' is not valid for the ${name}: it is ${min} to ${max}${words === undefined ? '' : ` or ${words.join(', ')}`}`,
    );
  return number;
}
