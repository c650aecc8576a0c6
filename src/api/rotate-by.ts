/**
 * The date by which someone wants to replace a value: a reminder in an annotation of the UserSecret, which changes nothing by itself.
 * A day is a day where the person is, as on a calendar: it begins and ends by the time zone of this process or browser.
 */
import { ANNOTATION_ROTATE_BY } from './constants.ts';

/** How early a date is called near: a value is replaced in more places than one. Milliseconds. */
export const ROTATE_SOON_MS = 14 * 24 * 3_600_000;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

export interface RotateBy {
  /** `2027-01-31`. */
  readonly day: string;
  /** The last millisecond of that day; undefined for a text that is no date. */
  readonly atMs: number | undefined;
}

/** `text` as `YYYY-MM-DD`; undefined for anything else, such as the 31st of a short month. */
export function parseDay(text: string): string | undefined {
  if (!DAY.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? undefined : text;
}

/** The day on which that time is; undefined beyond the years that a date has. */
export function dayAt(timeMs: number): string | undefined {
  const time = new Date(timeMs);
  const [year, month, day] = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(String);
  return parseDay(`${year?.padStart(4, '0') ?? ''}-${month?.padStart(2, '0') ?? ''}-${day?.padStart(2, '0') ?? ''}`);
}

/** What the annotation says; undefined where there is none. */
export function rotateByOf({
  metadata: { annotations },
}: {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}): RotateBy | undefined {
  const text = annotations?.[ANNOTATION_ROTATE_BY];
  if (text === undefined || text === '') return undefined;
  const day = parseDay(text);
  return { day: text, atMs: day === undefined ? undefined : endOfDayMs(day) };
}

/** A date that cannot be read counts as near, so that somebody looks. */
export function isRotationNear({ atMs }: RotateBy, nowMs: number): boolean {
  return atMs === undefined || atMs - nowMs < ROTATE_SOON_MS;
}

/** From noon: where clocks change at midnight, a day has no 00:00, or has it twice. */
function endOfDayMs(day: string): number {
  return new Date(`${day}T12:00:00`).setHours(24, 0, 0, 0) - 1;
}
