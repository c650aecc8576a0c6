/** Why a key is worked on, and in which lane of a queue it waits for that. */

/** A key that is added for several causes keeps the one that comes first in this list. */
const causes = ['change', 'retry', 'timer', 'resync'] as const;
export type Cause = (typeof causes)[number];
export type Lane = 'change' | 'background';

export function laneOf(cause: Cause): Lane {
  return cause === 'change' || cause === 'retry' ? 'change' : 'background';
}

export function stronger(a: Cause, b: Cause): Cause {
  return causes.indexOf(a) <= causes.indexOf(b) ? a : b;
}
