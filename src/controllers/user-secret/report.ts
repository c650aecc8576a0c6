/** A decision that ends the reconcile: what the status says, and when to look again. Pure. */
import type { UserSecretStatus } from '../../api/index.ts';
import { keptOf, standingVersion } from './history.ts';
import type { Decision, Situation } from './input.ts';
import { decideRotation } from './rotation.ts';
import { eventsOf, planStatus, weightOf, type Outcome } from './status.ts';
import type { Problem } from './steps.ts';
import { usesDueMs } from './uses.ts';

/** How often a waiting reference, an unknown sealing key or a taken name is looked at again without a watch saying so. */
export const lookAgainMs = 60_000;
/** The garbage collector takes some moments. */
const replacingMs = 1_000;
/** Problems that only another source or another sealing key solves. Either wakes the UserSecret, so a retry would only try all keys in vain. */
const finalReasons: readonly string[] = ['CannotOpen', 'Malformed', 'ValueInvalid'];

export function fail(situation: Situation, { reason, message, isStalled = true }: Problem): Decision {
  const retryMs = reason === 'Replacing' ? replacingMs : lookAgainMs;
  return {
    ...report(situation, { kind: 'failed', reason, message, isStalled }),
    ...(finalReasons.includes(reason) ? {} : { requeueAtMs: situation.nowMs + retryMs }),
  };
}

/** The end of a reconcile: the status, events for what is new in it and for what was written, and when to look again. */
export function report(situation: Situation, outcome: Outcome): Decision {
  const { userSecret, native, former, keep, kept, left, written, newUses, nowMs, latestMs } = situation;
  const formerValues = keptOf(userSecret, former, { keep, version: standingVersion(userSecret, native), latestMs });
  const status = planStatus({ ...situation, rotation: rotationOf(situation), outcome, formerValues });
  const statusWeight = weightOf(userSecret.status, status);
  const events = eventsOf(userSecret, status, { written, refusal: kept?.refusal, left });
  const dueMs = [
    outcome.kind === 'ready' ? outcome.nextRotationMs : undefined,
    usesDueMs(userSecret.status, newUses, nowMs, latestMs),
  ].filter((ms) => ms !== undefined);
  return { status, statusWeight, events, ...(dueMs.length === 0 ? {} : { requeueAtMs: Math.min(...dueMs) }) };
}

/** The rotation as the status shows it: one that waits, with the reason; any other as before. */
function rotationOf(situation: Situation): UserSecretStatus['rotation'] {
  const decision = decideRotation(situation);
  if (decision?.do === 'wait') return decision.rotation;
  return decision === undefined ? undefined : situation.userSecret.status.rotation;
}
