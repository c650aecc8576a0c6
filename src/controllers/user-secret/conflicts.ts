/** Rules about what two claim: a key, the name of a native Secret, a Secret that is there already. Pure. */
import { ANNOTATION_ADOPT, CONDITION_READY, findCondition } from '../../api/index.ts';
import { controllerOf, isOwnedBy } from '../ownership.ts';
import { byClaim, calledAs, type UserSecretView } from '../user-secret-view.ts';
import type { Decision, Situation } from './input.ts';
import { surplusOf } from './native.ts';
import { fail } from './report.ts';
import { write } from './write.ts';

/** Several UserSecrets with the same name in URIs: the URI means the oldest. The key of one and the name of a typed one can be equal too. */
export function keyConflict(situation: Situation): Decision | undefined {
  const { userSecret, rivals } = situation;
  const called = calledAs(userSecret);
  const [holder] = rivals.filter((rival) => calledAs(rival) === called && isElder(rival, userSecret)).sort(byClaim);
  if (holder === undefined) return undefined;
  return fail(situation, { reason: 'KeyConflict', message: keyConflictMessage(userSecret, holder) });
}

function keyConflictMessage({ type, key, metadata }: UserSecretView, holder: UserSecretView): string {
  const older = `UserSecret '${holder.metadata.name}', which is older`;
  if (type !== 'Opaque')
    return `the name '${metadata.name}' is the key of ${older}, and 'secret:${metadata.name}' must mean one secret: choose another name or delete one of them`;
  if (holder.type !== 'Opaque')
    return `the key '${key}' is the name of ${older}, and 'secret:${key}' must mean one secret: choose another key or delete one of them`;
  return `the key '${key}' belongs to ${older}: choose another key or delete one of them`;
}

export function secretNameConflict(situation: Situation): Decision | undefined {
  const { userSecret, native, rivals } = situation;
  if (native !== undefined && isOwnedBy(native.metadata, userSecret.metadata.uid)) return undefined;
  const [holder] = rivals
    .filter((rival) => rival.secretName === userSecret.secretName && isElder(rival, userSecret))
    .sort(byClaim);
  if (holder === undefined) return undefined;
  const message = `the Secret '${userSecret.secretName}' belongs to UserSecret '${holder.metadata.name}', which is older: set another spec.secretName`;
  return fail(situation, { reason: 'Conflict', message });
}

export function nameTaken({ userSecret, stored, looked, isNameTaken }: Situation): Decision | undefined {
  const wasTaken = findCondition(userSecret.status.conditions, CONDITION_READY)?.reason === 'Conflict';
  if (stored !== undefined || looked !== undefined || !(isNameTaken || wasTaken)) return undefined;
  return { steps: [{ do: 'look' }] };
}

export function adoption(situation: Situation): Decision | undefined {
  const { userSecret, native, looked } = situation;
  const { name, namespace, uid } = userSecret.metadata;
  if (native === undefined || isOwnedBy(native.metadata, uid)) return undefined;
  const { secretName } = userSecret;
  const holder = controllerOf(native.metadata);
  if (holder !== undefined) {
    const message = `the Secret '${secretName}' exists and is kept by ${holder.kind} '${holder.name}': delete that, or set another spec.secretName`;
    return fail(situation, { reason: 'Conflict', message });
  }
  if (native.metadata.annotations?.[ANNOTATION_ADOPT] !== name) {
    const message = `the Secret '${secretName}' exists and does not belong to this UserSecret: delete it, set another spec.secretName, or let this UserSecret take it over: kubectl annotate secret ${secretName} -n ${namespace} --overwrite ${ANNOTATION_ADOPT}=${name}`;
    return fail(situation, { reason: 'Conflict', message });
  }
  if (looked?.found?.metadata.resourceVersion !== native.metadata.resourceVersion) return { steps: [{ do: 'look' }] };
  const surplus = surplusOf(userSecret, looked.keys);
  if (surplus.length > 0) {
    const message = `the Secret '${secretName}' cannot be taken over, because a UserSecret keeps one key and would remove ${listed(surplus)}: move them to another Secret, or set another spec.secretName`;
    return fail(situation, { reason: 'Conflict', message });
  }
  // A generated secret that adopts keeps the existing value, and rotates it from now on.
  return write(situation, { cause: 'Adopted', value: userSecret.sourceKind === 'generate' ? 'standing' : 'obtained' });
}

/** Names in a sentence; of many the first. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `'${name}'`);
  return names.length > shown.length
    ? `${shown.join(', ')} and ${String(names.length - shown.length)} more`
    : shown.join(', ');
}

function isElder(rival: UserSecretView, userSecret: UserSecretView): boolean {
  if (rival.metadata.uid === userSecret.metadata.uid || rival.metadata.deletionTimestamp !== undefined) return false;
  return byClaim(rival, userSecret) < 0;
}
