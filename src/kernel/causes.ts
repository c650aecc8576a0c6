/** Why a key is worked on, and in which lane of a queue it waits for that. */

/** Where several causes meet, the first of this list is given. */
const causes = ['change', 'retry', 'timer', 'resync'] as const;
export type Cause = (typeof causes)[number];
export type Lane = 'change' | 'background';

export function laneOf(cause: Cause): Lane {
  return cause === 'change' || cause === 'retry' ? 'change' : 'background';
}

export function stronger(a: Cause, b: Cause): Cause {
  return causes.indexOf(a) <= causes.indexOf(b) ? a : b;
}
