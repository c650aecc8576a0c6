/** What can be done for a UserSecret, as plan.ts decides it and act.ts does it. */
import type { UserSecretReason } from '../../api/index.ts';
import type { SecretView } from '../secret-view.ts';
import type { NextValue } from '../next-value.ts';
import type { FormerValue } from './history.ts';

export type WriteCause = 'Missing' | 'Adopted' | 'Restored' | 'SourceChanged' | 'Drift' | 'Rotated' | 'Metadata';

/**
 * `obtained`: what the UserSecret names. `standing`: what is in the native Secret, under new hashes. `replacement`: what was kept for
 * it by a replacement that broke off. `returned`: what was in one that came back and was collected. `next`: what the hook
 * of a rotation has prepared for. `none`: no value is touched.
 */
export type WrittenValue = 'obtained' | 'standing' | 'replacement' | 'returned' | 'next' | 'none';

export interface Written {
  readonly cause: WriteCause;
  readonly value: WrittenValue;
  /** A generated value was lost with its native Secret, and this one takes its place. */
  readonly isAfterLoss?: boolean;
}

/** A write of this reconcile. */
export interface FormerWrite extends Written {
  /** What it was for: `desiredText`. */
  readonly desired: string;
}

/** A generated value is gone, and another one takes its place that nobody asked for. */
export function isLoss({ cause, value, isAfterLoss }: Written, isGenerated: boolean): boolean {
  return isAfterLoss === true || (isGenerated && cause === 'Drift' && value === 'obtained');
}

export interface WriteStep extends Written {
  /**
   * `replace` deletes and creates: the type and an immutable Secret cannot be changed in place. Meanwhile another Secret has the value, so
   * that a process that ends in between, or an API server that refuses the new one, loses nothing.
   */
  readonly do: 'create' | 'patch' | 'replace';
  /** The value that stands there moves to `<key>.previous`. */
  readonly keepsPrevious: boolean;
}

/**
 * `inherit`: a backup brought it back, so it is kept again, under this UserSecret. `own`: it gets its owner reference back, so that it
 * goes with its UserSecret. `prune`: it is one too many.
 */
export interface FormerChange {
  readonly do: 'inherit' | 'own' | 'prune';
  readonly former: FormerValue;
}

export type UserSecretStep =
  /** Reads the object with the native Secret's name, also one of somebody else. */
  | { readonly do: 'look' }
  /** Takes bytes of what its namespace may have written again. */
  | { readonly do: 'claim'; readonly bytes: number }
  /** Gets the value from its source. */
  | { readonly do: 'obtain' }
  /** Asks whether this namespace may keep the copy. */
  | { readonly do: 'ask-copy' }
  /** Deletes the native Secret of a copy whose access has ended. */
  | { readonly do: 'remove-copy'; readonly native: SecretView }
  /** Records on the UserSecret that a value was generated for it. */
  | { readonly do: 'mark'; readonly text: string }
  /** Keeps the value in force, of that version, before another takes its place. */
  | { readonly do: 'keep'; readonly version: string }
  /** Puts former values right. */
  | { readonly do: 'tidy'; readonly changes: readonly FormerChange[] }
  /** Makes the next value, for the hook of a rotation. */
  | { readonly do: 'make-next' }
  /** Removes what was kept for the native Secret while that was replaced. */
  | { readonly do: 'drop-replacement'; readonly replacement: NextValue; readonly native: SecretView }
  /** Runs the hook with it. */
  | { readonly do: 'start-run'; readonly attempt: number; readonly next: NextValue }
  /** Removes it: it is in force, or not wanted any more. */
  | { readonly do: 'drop-next'; readonly next: NextValue }
  | WriteStep;

/** Why there is no right native Secret; the message is for the owner and holds no part of a value. */
export interface Problem {
  readonly reason: UserSecretReason;
  readonly message: string;
  /** True, the default: only a change by a person can help. False: waiting can. */
  readonly isStalled?: boolean;
}

/** The Secret with what was kept for a native Secret, and why it cannot be deleted. */
export interface LeftBehind {
  readonly name: string;
  readonly refusal: string;
}

/** A value that was obtained from its source, without the value itself. */
export interface Obtained {
  /** The hash of the source that it came from. Another source has to be obtained anew. */
  readonly sourceHash: string;
  /** The version of the value; undefined where there is a problem. */
  readonly version: string | undefined;
  /** The size of the value. */
  readonly bytes?: number;
  readonly problem?: Problem;
}
