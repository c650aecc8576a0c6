/**
 * Turns SecretGrants into native Roles and RoleBindings, owned by the grant, and takes them back to the second.
 * Writes: Role, RoleBinding (POST; changed by merge patch), and the grant's status. Removing comes before making.
 */
import {
  API_VERSION,
  CONDITION_READY,
  FIELD_MANAGERS,
  LABEL_MANAGED_BY,
  LABEL_SECRET_GRANT,
  MANAGED_BY,
  findCondition,
} from '../../api/index.ts';
import {
  isKernelError,
  mergePatch,
  type Clock,
  type Informer,
  type KubeObject,
  type ObjectKey,
  type Reconcile,
} from '../../kernel/index.ts';
import { ownerReferenceTo, type Owner } from '../ownership.ts';
import type { Recorder } from '../recorder.ts';
import type { SecretGrantView, UserSecretView } from '../views.ts';
import { everySecret, type Watched } from '../watched.ts';
import { labelValue } from '../user-secret/plan.ts';
import { planGrant, planGrantStatus, type DesiredBinding, type GrantInput } from './plan.ts';

export interface SecretGrantDependencies {
  readonly watched: Watched;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

export function createSecretGrantReconciler(deps: SecretGrantDependencies): Reconcile {
  const { watched, clock } = deps;

  return async (key, { signal }) => {
    const grant = watched.secretGrants.store.get(key);
    if (grant === undefined || grant.metadata.deletionTimestamp !== undefined) {
      // The owner references would take Role and RoleBinding along, but later; access ends now.
      await removeAllBut(deps, key, [], signal);
      return 'done';
    }
    const input = gather(deps, grant);
    const plan = planGrant(input);
    await removeAllBut(deps, key, plan.bindings, signal);
    let conflict: string | undefined;
    for (const binding of plan.bindings) conflict ??= await ensure(deps, grant, binding, signal);
    await writeStatus(deps, input, planGrantStatus(input, plan, conflict), signal);
    if (conflict !== undefined) return { requeueAfterMs: conflictRetryMs };
    return plan.nextMs === undefined ? 'done' : { requeueAfterMs: Math.max(0, plan.nextMs - clock.now()) };
  };
}

/** A name that somebody took is not watched when it lacks our label, so it is looked at again. */
const conflictRetryMs = 10_000;

/** What wakes a grant besides its own change. */
export function connectSecretGrants(watched: Watched, enqueue: (key: ObjectKey) => void): void {
  const { store } = watched.secretGrants;
  const wake = (index: string, value: string): void => {
    for (const key of store.keysByIndex(index, value)) enqueue(key);
  };
  store.onChange(({ key }) => enqueue(key));
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

/** Bindings go before Roles, so that access ends with the first request. */
async function removeAllBut(
  deps: SecretGrantDependencies,
  grantKey: ObjectKey,
  wanted: readonly DesiredBinding[],
  signal: AbortSignal,
): Promise<void> {
  const names = new Set(wanted.map(({ name }) => name));
  for (const informer of [deps.watched.roleBindings, deps.watched.roles]) {
    const surplus = informer.store.byIndex('grant', grantKey).filter(({ metadata }) => !names.has(metadata.name));
    await Promise.all(surplus.map(({ metadata }) => remove(informer, metadata, signal)));
  }
}

async function remove(
  informer: Pick<Watched['roles'] | Watched['roleBindings'], 'delete' | 'store'>,
  metadata: { readonly namespace: string; readonly name: string; readonly uid: string },
  signal: AbortSignal,
): Promise<void> {
  await informer.delete(metadata, { uid: metadata.uid, signal });
  informer.store.delete(`${metadata.namespace}/${metadata.name}`, metadata.uid);
}

/** Makes Role and RoleBinding as wanted; answers a sentence where somebody else has the name. */
async function ensure(
  deps: SecretGrantDependencies,
  grant: SecretGrantView,
  wanted: DesiredBinding,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { roles, roleBindings } = deps.watched;
  const { namespace, name: grantName, uid } = grant.metadata;
  const metadata = {
    namespace,
    name: wanted.name,
    labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_SECRET_GRANT]: labelValue(grantName) },
    ownerReferences: [ownerReferenceTo(ownerOf(grant))],
  };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: wanted.name };
  // The Role first: a RoleBinding to a Role that is not there would be one more thing to explain.
  const roleConflict = await ensureOne(
    roles,
    { metadata, rules: wanted.rules },
    uid,
    (role) => mergePatch({ rules: role.rules }, { rules: wanted.rules }),
    signal,
  );
  if (roleConflict !== undefined) return roleConflict;
  return ensureOne(
    roleBindings,
    { metadata, roleRef, subjects: wanted.subjects },
    uid,
    (binding) => mergePatch({ subjects: binding.subjects }, { subjects: wanted.subjects }),
    signal,
  );
}

async function ensureOne<Raw extends KubeObject, View extends KubeObject & { readonly ownerUid: string | undefined }>(
  informer: Informer<Raw, View>,
  object: Omit<Raw, 'apiVersion' | 'kind'>,
  uid: string,
  difference: (existing: View) => unknown,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { namespace, name } = object.metadata;
  const ref = { ...(namespace === undefined ? {} : { namespace }), name };
  const options = { fieldManager: FIELD_MANAGERS.secretGrant, signal };
  const conflict = `the ${informer.type.kind} '${name}' exists and is not ours: delete it, and the access begins`;
  let existing = informer.store.get(`${namespace ?? ''}/${name}`);
  if (existing === undefined) {
    try {
      await informer.create(object, options);
      return undefined;
    } catch (error) {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
      const read = await informer.read(ref, signal);
      existing = read === undefined ? undefined : informer.project(read);
    }
  }
  if (existing?.ownerUid !== uid) return conflict;
  const patch = difference(existing);
  if (patch === undefined) return undefined;
  await informer.patch(ref, { ...(patch as object), metadata: { uid: existing.metadata.uid } }, options);
  return undefined;
}

async function writeStatus(
  deps: SecretGrantDependencies,
  { grant }: GrantInput,
  status: SecretGrantView['status'],
  signal: AbortSignal,
): Promise<void> {
  const patch = mergePatch(grant.status, status);
  if (patch === undefined) return;
  await deps.watched.secretGrants.patch(
    grant.metadata,
    { status: patch },
    { subresource: 'status', fieldManager: FIELD_MANAGERS.secretGrant, signal },
  );
  const ready = findCondition(status.conditions, CONDITION_READY);
  const former = findCondition(grant.status.conditions, CONDITION_READY);
  if (ready === undefined || (former?.status === ready.status && former.reason === ready.reason)) return;
  deps.recorder.event(regarding(grant), {
    type: ready.reason === 'Conflict' ? 'Warning' : 'Normal',
    reason: ready.reason,
    action: 'Reconcile',
    note: ready.message,
  });
}

function ownerOf({ metadata }: SecretGrantView): Owner {
  return { kind: 'SecretGrant', name: metadata.name, uid: metadata.uid };
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

/** Grants over one secret, those over its whole namespace too. */
export function grantsOver(watched: Watched, namespace: string, name: string): readonly SecretGrantView[] {
  const { store } = watched.secretGrants;
  return [
    ...store.byIndex('secret', `${namespace}/${name}`),
    ...store.byIndex('secret', `${namespace}/${everySecret}`),
  ];
}
