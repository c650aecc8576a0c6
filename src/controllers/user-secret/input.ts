/** What a plan for a UserSecret is made from, and what it is. Pure. */
import type { UserSecretStatus } from '../../api/index.ts';
import type { NextValue } from '../next-value.ts';
import type { Failing, Plan } from '../plan.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { CopyInput } from './copies.ts';
import type { FormerValue } from './history.ts';
import type { RotationInput } from './rotation.ts';
import type { SharedWith } from './sharing.ts';
import type { Copies } from './status.ts';
import type { LeftBehind, Obtained, Problem, UserSecretStep } from './steps.ts';
import type { PartsState } from './template.ts';
import type { Use } from './uses.ts';

export interface UserSecretInput extends Failing, Omit<CopyInput, 'native'>, Omit<RotationInput, 'native'> {
  readonly userSecret: UserSecretView;
  /** The native Secret, as the watch of our label shows it. */
  readonly stored: SecretView | undefined;
  /** A Secret without our label has the name, as the watch of all others shows it. */
  readonly isNameTaken: boolean;
  /** The oldest UserSecrets of the namespace that want the same key, and the same native Secret, where they are others. */
  readonly rivals: readonly UserSecretView[];
  /** Subjects of active grants over this secret, or over the whole namespace. */
  readonly sharedWith: SharedWith;
  /** What is known of the parts of a template. */
  readonly parts?: PartsState | undefined;
  /** Its source is not watched, and has to be polled. */
  readonly isPolled?: boolean;
  /** Copies of it in other namespaces. */
  readonly copies: Copies;
  /** Unfinished jobs that name it. */
  readonly usedBy: number;
  /** Uses by jobs that started since the status was written. */
  readonly newUses: readonly Use[];
  /** The number of former values that are kept. */
  readonly keep: number;
  /** Former values that are there, also those that a backup brought back. */
  readonly former: readonly FormerValue[];
  /** Sealing keys that are the newest of their kind. */
  readonly currentKeyIds: readonly string[];
  /** Milliseconds until the same may be written again; above 0 where something keeps changing it back. */
  readonly repairWaitMs: number;
  /** Milliseconds until the UserSecret may record its generated value again; above 0 where something keeps taking the record off. */
  readonly markWaitMs: number;
  /** What the native Secret is to have: it is being replaced, or was. */
  readonly replacement?: NextValue | undefined;
  /** The generated value came back in a Secret of the former UserSecret, which was collected since. */
  readonly hasReturned: boolean;
  /** Whether admission checks who says to have changed a value. */
  readonly areAuthorsChecked: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;

  /** Learned: the object with the native Secret's name, also one of somebody else, and all keys of its data. */
  readonly looked?: { readonly found: SecretView | undefined; readonly keys: readonly string[] };
  /** Learned: the value was obtained, or why it cannot be. `HeldValues` has the value itself. */
  readonly obtained?: Obtained;
  /** Learned: the bytes of the write were taken from those of the namespace, or when they may be. */
  readonly isClaimed?: boolean;
  readonly heldBackForMs?: number;
  /** Learned: the native Secret holds nothing under the key. */
  readonly hasNoStanding?: boolean;
  /** Learned: the API server or an admission policy refused the write. */
  readonly refused?: Problem;
  /** Learned: the UserSecret records its generated value. */
  readonly isMarked?: boolean;
  /** Learned: the version that was kept before the write, and why it could not be. */
  readonly kept?: { readonly version: string; readonly refusal?: string };
  /** Learned: names of former values and of replacements that were handled in this reconcile, whether or not the API server allowed it. */
  readonly handled?: readonly string[];
  /** Learned: what was kept for the native Secret cannot be deleted. */
  readonly left?: LeftBehind;
}

export type UserSecretPlan = Plan<UserSecretStep, UserSecretStatus>;
export type Decision = Omit<UserSecretPlan, 'rule'>;

export interface Situation extends UserSecretInput {
  readonly native: SecretView | undefined;
}
export type Rule = (situation: Situation) => Decision | undefined;

/** What has the native Secret's name, as far as is known. */
export function nativeOf({ stored, looked }: UserSecretInput): SecretView | undefined {
  return stored ?? looked?.found;
}
