/** The date by which someone wants to replace a value: a reminder in an annotation of the UserSecret, which changes nothing by itself. Pure. */
import { ANNOTATION_ROTATE_BY } from './constants.ts';

/** How early a date is called near: a value is replaced in more places than one. Milliseconds. */
export const ROTATE_SOON_MS = 14 * 24 * 3_600_000;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const lastMsOfDay = 24 * 3_600_000 - 1;

export interface RotateBy {
  /** `2027-01-31`. */
  readonly day: string;
  /** The end of that day, UTC; undefined for a text that is no date. */
  readonly atMs: number | undefined;
}

/** `text` as `YYYY-MM-DD`; undefined for anything else, such as the 31st of a short month. */
export function parseDay(text: string): string | undefined {
  if (!DAY.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? undefined : text;
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
  return { day: text, atMs: day === undefined ? undefined : Date.parse(`${day}T00:00:00Z`) + lastMsOfDay };
}

/** A date that cannot be read counts as near, so that somebody looks. */
export function isRotationNear({ atMs }: RotateBy, nowMs: number): boolean {
  return atMs === undefined || atMs - nowMs < ROTATE_SOON_MS;
}
