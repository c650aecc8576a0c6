/** The day by which somebody wants to give a secret a new value, as a form has it. Pure. */
import { rfc3339 } from '../../../api/index.ts';
import { texts } from '../texts.ts';

export interface RotateByDraft {
  /** `YYYY-MM-DD`; empty for none. */
  readonly day: string;
  /** A part of the date is missing. Browsers say that the field is empty then, and a form that believes it removes the day. */
  readonly isUnfinished: boolean;
}

export function rotateByDraft(day = ''): RotateByDraft {
  return { day, isUnfinished: false };
}

/** Why it cannot be saved. `before`: the day as it was, which may stay when it has passed. */
export function rotateByProblem(
  { day, isUnfinished }: RotateByDraft,
  before: string,
  nowMs: number,
): string | undefined {
  if (isUnfinished) return texts.secrets.rotateUnfinished;
  // A day of the form is one in UTC, and sorts as text.
  const isPast = day !== before && day !== '' && day < rfc3339(nowMs).slice(0, 10);
  return isPast ? texts.secrets.rotatePast : undefined;
}
