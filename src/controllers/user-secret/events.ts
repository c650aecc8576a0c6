/** What the owner of a UserSecret is told by events: changes that happened, and what is newly wrong. */
import { API_VERSION, CONDITION_PLAINTEXT, CONDITION_READY, findCondition, type Condition } from '../../api/index.ts';
import type { Recorder, Regarding } from '../recorder.ts';
import type { UserSecretView } from '../views.ts';
import type { NativePlan, WriteCause } from './plan.ts';

const notes: Partial<
  Record<WriteCause, { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly note: string }>
> = {
  Adopted: { type: 'Normal', reason: 'Adopted', note: 'took over the Secret that carried the annotation neu.ro/adopt' },
  Drift: {
    type: 'Warning',
    reason: 'Healed',
    note: 'the Secret was changed by something else; it was put back as it was',
  },
  Rotated: {
    type: 'Normal',
    reason: 'Rotated',
    note: 'made a new value; the former one is kept under "<key>.previous"',
  },
};

export function tellOfWrite(
  recorder: Recorder,
  userSecret: UserSecretView,
  { cause, value }: Pick<Extract<NativePlan, { readonly do: 'write' }>, 'cause' | 'value'>,
): void {
  const known = notes[cause];
  if (known === undefined) return;
  const isMadeAnew = cause === 'Drift' && value === 'source' && userSecret.sourceKind === 'generate';
  const note = isMadeAnew
    ? 'the generated value was changed by something else and could not be put back; a new one was made'
    : known.note;
  recorder.event(regarding(userSecret), { ...known, action: 'Write', note });
}

/** Warnings for what is newly wrong, and for a value that newly stands in plain. */
export function tellOfStatus(recorder: Recorder, userSecret: UserSecretView, conditions: readonly Condition[]): void {
  for (const condition of conditions) {
    const isWarning =
      condition.type === CONDITION_READY ? condition.status === 'False' : condition.type === CONDITION_PLAINTEXT;
    const former = findCondition(userSecret.status.conditions, condition.type);
    const isNew = former?.status !== condition.status || former.reason !== condition.reason;
    if (!isWarning || !isNew) continue;
    recorder.event(regarding(userSecret), {
      type: 'Warning',
      reason: condition.reason,
      action: 'Reconcile',
      note: condition.message,
    });
  }
}

function regarding({ metadata }: UserSecretView): Regarding {
  const { namespace, name, uid } = metadata;
  return { apiVersion: API_VERSION, kind: 'UserSecret', namespace, name, uid };
}
