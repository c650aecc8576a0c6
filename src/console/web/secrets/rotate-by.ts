/** The day by which somebody wants to give a secret a new value, as a form has it. Pure. */
import { dayAt } from '../../../api/index.ts';
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
  // Days as text sort by time.
  const isPast = day !== before && day !== '' && day < (dayAt(nowMs) ?? '');
  return isPast ? texts.secrets.rotatePast : undefined;
}
