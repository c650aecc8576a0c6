/**
 * Turns SecretGrants into native Roles and RoleBindings, owned by the grant, and takes them back to the second.
 * Writes: Role, RoleBinding (POST; changed by merge patch), and the grant's status. Removing comes before making.
 */
import { API_VERSION, CONDITION_READY, FIELD_MANAGERS, findCondition } from '../../api/index.ts';
import {
  isKernelError,
  mergePatch,
  systemClock,
  type Clock,
  type ObjectKey,
  type Reconcile,
} from '../../kernel/index.ts';
import type { Recorder } from '../recorder.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { ensureBinding, removeAllBut } from './bindings.ts';
import { wakeAtExpiry } from './expiry.ts';
import { planGrant, planGrantStatus, type DesiredBinding, type GrantInput, type GrantProblem } from './plan.ts';

export interface SecretGrantDependencies {
  readonly watched: Watched;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

export function createSecretGrantReconciler(deps: SecretGrantDependencies): Reconcile {
  const { watched } = deps;

  return async (key, { signal }) => {
    const grant = watched.secretGrants.store.get(key);
    if (grant === undefined || grant.metadata.deletionTimestamp !== undefined) {
      // The owner references would take Role and RoleBinding along, but later; access ends now.
      return (await isRemoved(watched, key, undefined, [], signal)) ? 'done' : { requeueAfterMs: removalRetryMs };
    }
    const input = gather(deps, grant);
    const plan = planGrant(input);
    if (!(await isRemoved(watched, key, grant, plan.bindings, signal))) return { requeueAfterMs: removalRetryMs };
    // Access still ends in time in a namespace that goes, but nothing can be made there.
    const namespace = watched.namespaces.store.get(grant.metadata.namespace);
    if (namespace?.metadata.deletionTimestamp !== undefined) return 'done';
    let problem: GrantProblem | undefined;
    for (const binding of plan.bindings) problem ??= await ensureBinding(watched, grant, binding, signal);
    await writeStatus(deps, input, planGrantStatus(input, plan, problem), signal);
    return problem === undefined ? 'done' : { requeueAfterMs: problemRetryMs };
  };
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
  const ready = findCondition(status.conditions, CONDITION_READY);
  const former = findCondition(grant.status.conditions, CONDITION_READY);
  if (ready === undefined || (former?.status === ready.status && former.reason === ready.reason)) return;
  deps.recorder.event(regarding(grant), {
    type: ready.reason === 'Conflict' || ready.reason === 'Refused' ? 'Warning' : 'Normal',
    reason: ready.reason,
    action: 'Reconcile',
    note: ready.message,
  });
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
