/** Decides what happens to what is left of a UserSecret that is gone. Pure. */
import { failing, firstPlan, type Failing, type Plan } from '../plan.ts';
import type { ViewMeta } from '../meta-view.ts';

export interface SecretRemainsInput extends Failing {
  readonly secret: { readonly metadata: ViewMeta };
  /** It has a controlling owner reference. Without one it stays, unless it is a copy or a helper: somebody wanted that (Orphan). */
  readonly isOwned: boolean;
  /** The end of its owner was seen. */
  readonly isOwnerGone: boolean;
  /** A copy, or a next value whose UserSecret is gone, without an owner reference. */
  readonly isDetached: boolean;
  /** A former or next value. Nobody asked for it by name, so it is deleted with its UserSecret in any case. */
  readonly isHelper: boolean;
  /** A UserSecret names it; that one decides what happens to it. */
  readonly isWanted: boolean;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export interface SecretRemainsStep {
  readonly do: 'delete';
  readonly uid: string;
  /** The precondition of the delete: somebody may have removed the owner reference since. */
  readonly resourceVersion: string;
}

type Rule = (input: SecretRemainsInput) => Plan<SecretRemainsStep, never> | undefined;

/** After this time, the watch of UserSecrets shows every UserSecret that existed when the Secret appeared. */
export const graceMs = 60_000;

/** The first rule with an answer decides. */
export const rules: readonly Rule[] = [
  failing, // No object has a status that could say it; the log and the metrics do.
  going,
  left, // The garbage collector would delete it too, but later.
  wanted,
  young, // A watch may be behind.
  detached, // Without a UserSecret, nothing ends the copy with its access, and nothing deletes the next value.
];

export function planSecretRemains(input: SecretRemainsInput): Plan<SecretRemainsStep, never> {
  return firstPlan(rules, input) ?? { rule: 'settled' };
}

function going({ secret }: SecretRemainsInput): ReturnType<Rule> {
  return secret.metadata.deletionTimestamp === undefined ? undefined : { rule: going.name };
}

function left({ secret, isOwned, isHelper, isOwnerGone }: SecretRemainsInput): ReturnType<Rule> {
  return (isOwned || isHelper) && isOwnerGone ? { rule: left.name, steps: [deletionOf(secret)] } : undefined;
}

function wanted({ isWanted }: SecretRemainsInput): ReturnType<Rule> {
  return isWanted ? { rule: wanted.name } : undefined;
}

function young({ secret, isDetached, nowMs }: SecretRemainsInput): ReturnType<Rule> {
  const dueMs = Date.parse(secret.metadata.creationTimestamp) + graceMs;
  return isDetached && nowMs < dueMs ? { rule: young.name, requeueAtMs: dueMs } : undefined;
}

function detached({ secret, isDetached }: SecretRemainsInput): ReturnType<Rule> {
  return isDetached ? { rule: detached.name, steps: [deletionOf(secret)] } : undefined;
}

function deletionOf({ metadata: { uid, resourceVersion } }: SecretRemainsInput['secret']): SecretRemainsStep {
  return { do: 'delete', uid, resourceVersion };
}
