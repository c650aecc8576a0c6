/**
 * Turns SecretGrants into native Roles and RoleBindings, owned by the grant, and takes them back to the second.
 * Writes: Role, RoleBinding (POST; changed by merge patch), and the grant's status. Removing comes before making.
 */
import { API_VERSION, CONDITION_EXPIRED, CONDITION_READY, FIELD_MANAGERS, findCondition } from '../../api/index.ts';
import {
  isKernelError,
  keyOf,
  mergePatch,
  systemClock,
  type Clock,
  type ObjectKey,
  type Reconcile,
} from '../../kernel/index.ts';
import type { Recorder } from '../recorder.ts';
import { RepairLimiter } from '../repair-limiter.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { ensureBinding, isPartlyInForce, removeAllBut } from './bindings.ts';
import { wakeAtExpiry } from './expiry.ts';
import { planGrant, planGrantStatus, type DesiredBinding, type GrantInput, type GrantProblem } from './plan.ts';

export interface SecretGrantDependencies {
  readonly watched: Watched;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

export function createSecretGrantReconciler(deps: SecretGrantDependencies): Reconcile {
  const { watched } = deps;
  const repairs = new RepairLimiter(deps.clock);

  return async (key, { signal }) => {
    const grant = watched.secretGrants.store.get(key);
    if (grant === undefined || grant.metadata.deletionTimestamp !== undefined) {
      repairs.forget(key);
      // The owner references would take Role and RoleBinding along, but later; access ends now.
      return (await isRemoved(watched, key, undefined, [], signal)) ? 'done' : { requeueAfterMs: removalRetryMs };
    }
    const input = gather(deps, grant);
    const plan = planGrant(input);
    if (!(await isRemoved(watched, key, grant, plan.bindings, signal))) return { requeueAfterMs: removalRetryMs };
    // Access still ends in time in a namespace that goes, but nothing can be made there.
    const namespace = watched.namespaces.store.get(grant.metadata.namespace);
    if (namespace?.metadata.deletionTimestamp !== undefined) return 'done';
    const found = await ensureAll({ watched, repairs }, grant, plan.bindings, signal);
    const problem: GrantProblem | undefined =
      found === undefined ? undefined : { ...found, isPartlyInForce: isPartlyInForce(watched, grant, plan.bindings) };
    await writeStatus(deps, input, planGrantStatus(input, plan, problem), signal);
    return problem === undefined ? 'done' : { requeueAfterMs: problemRetryMs };
  };
}

/** Makes what is wanted, except where something else changes it as often as that is done. */
async function ensureAll(
  { watched, repairs }: Pick<SecretGrantDependencies, 'watched'> & { readonly repairs: RepairLimiter },
  grant: SecretGrantView,
  wanted: readonly DesiredBinding[],
  signal: AbortSignal,
): Promise<Pick<GrantProblem, 'reason' | 'message'> | undefined> {
  const key = keyOf(grant.metadata);
  const wish = JSON.stringify(wanted);
  if (repairs.waitMs(key, wish) > 0) {
    const message = `something else changes the Role or RoleBinding '${wanted[0]?.name ?? ''}' whenever it is put back, such as an admission policy or another controller: it is left as it is for a minute`;
    return { reason: 'Contested', message };
  }
  let hasWritten = false;
  const onWrite = (): void => {
    if (!hasWritten) repairs.wrote(key, wish);
    hasWritten = true;
  };
  for (const binding of wanted) {
    const problem = await ensureBinding(watched, grant, binding, onWrite, signal);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A name that somebody took is not watched when it lacks our label, so it is looked at again; a refusal may pass. */
const problemRetryMs = 10_000;
/** Access that is over ends as soon as the API server lets us; the growing delays of the queue are for all else. */
const removalRetryMs = 1_000;

async function isRemoved(
  watched: Watched,
  key: ObjectKey,
  grant: SecretGrantView | undefined,
  wanted: readonly DesiredBinding[],
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await removeAllBut(watched, key, grant, wanted, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (isKernelError(error, 'Network', 'Timeout', 'Server', 'Conflict')) return false;
    throw error;
  }
}

/** What wakes a grant besides its own change. */
export function connectSecretGrants(
  watched: Watched,
  enqueue: (key: ObjectKey) => void,
  clock: Clock = systemClock,
): void {
  const { store } = watched.secretGrants;
  const wake = (index: string, value: string): void => {
    for (const key of store.keysByIndex(index, value)) enqueue(key);
  };
  store.onChange(({ key }) => enqueue(key));
  wakeAtExpiry(store, enqueue, clock);
  watched.userSecrets.store.onChange(({ before, after }) => {
    if (isThere(before) === isThere(after) && before?.metadata.uid === after?.metadata.uid) return;
    const metadata = (after ?? before)?.metadata;
    if (metadata !== undefined) wake('secret', `${metadata.namespace}/${metadata.name}`);
  });
  watched.namespaces.store.onChange(({ before, after }) => {
    for (const namespace of [before, after]) {
      if (namespace?.user !== undefined) wake('subject', `User/${namespace.user}`);
      for (const group of namespace?.groups ?? []) wake('subject', `Group/${group}`);
    }
  });
  for (const informer of [watched.roles, watched.roleBindings]) {
    informer.store.onChange(({ before, after }) => {
      for (const key of new Set([before?.grantKey, after?.grantKey])) if (key !== undefined) enqueue(key);
    });
  }
}

function isThere(secret: UserSecretView | undefined): boolean {
  return secret !== undefined && secret.metadata.deletionTimestamp === undefined;
}

function gather({ watched, clock }: SecretGrantDependencies, grant: SecretGrantView): GrantInput {
  const { subject, secret: name } = grant.spec;
  const secret = name === undefined ? undefined : watched.userSecrets.store.get(`${grant.metadata.namespace}/${name}`);
  const index = subject.kind === 'User' ? 'user' : subject.kind === 'Group' ? 'group' : undefined;
  const homes =
    index === undefined
      ? []
      : watched.namespaces.store.byIndex(index, subject.name).map(({ metadata }) => metadata.name);
  return { grant, secret: isThere(secret) ? secret : undefined, homes, nowMs: clock.now() };
}

async function writeStatus(
  deps: SecretGrantDependencies,
  { grant }: GrantInput,
  status: SecretGrantView['status'],
  signal: AbortSignal,
): Promise<void> {
  const patch = mergePatch(grant.status, status);
  if (patch === undefined) return;
  // With the resourceVersion, because the name may be that of another grant by now, whose status this is not.
  const { resourceVersion } = grant.metadata;
  await deps.watched.secretGrants.patch(
    grant.metadata,
    { metadata: { resourceVersion }, status: patch },
    { subresource: 'status', fieldManager: FIELD_MANAGERS.secretGrant, signal },
  );
  const says = standing(status);
  const said = standing(grant.status);
  if (says === undefined || (said?.status === says.status && said.reason === says.reason)) return;
  deps.recorder.event(regarding(grant), {
    type: ['Conflict', 'Refused', 'Contested'].includes(says.reason) ? 'Warning' : 'Normal',
    reason: says.reason,
    action: 'Reconcile',
    note: says.message,
  });
}

/** The condition that says how the grant stands. */
function standing({ conditions }: SecretGrantView['status']): ReturnType<typeof findCondition> {
  return findCondition(conditions, CONDITION_READY) ?? findCondition(conditions, CONDITION_EXPIRED);
}

function regarding({ metadata }: SecretGrantView) {
  return {
    apiVersion: API_VERSION,
    kind: 'SecretGrant',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
  };
}
