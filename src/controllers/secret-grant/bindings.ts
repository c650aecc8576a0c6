/**
 * Makes, heals and removes the native Roles and RoleBindings of a grant.
 *
 * An object is the grant's when it has the grant's UID as owner and a name made of that UID; whatever else has such a name,
 * or our labels, is somebody else's and is neither changed nor deleted.
 */
import {
  ANNOTATION_OWNER_UID,
  FIELD_MANAGERS,
  LABEL_MANAGED_BY,
  LABEL_SECRET_GRANT,
  MANAGED_BY,
} from '../../api/index.ts';
import { isKernelError, mergePatch, type Informer, type KubeObject, type ObjectKey } from '../../kernel/index.ts';
import { ownerReferenceTo } from '../ownership.ts';
import { labelValue } from '../user-secret/plan.ts';
import type { RoleBindingView, RoleView, SecretGrantView } from '../views.ts';
import type { Watched } from '../watched.ts';
import { personRoleName, useRoleName, type DesiredBinding, type GrantProblem } from './plan.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
type Bound = RoleView | RoleBindingView;
type Refusal = Pick<GrantProblem, 'reason' | 'message'>;

/**
 * Removes what the grant of that key has beyond `wanted`. Bindings go before Roles, so that access ends with the first request.
 * The Role of a grant that is gone is left to the garbage collector: without a binding it gives nothing, and in a revoke of many at
 * once no binding waits for it.
 */
export async function removeAllBut(
  watched: Watched,
  grantKey: ObjectKey,
  grant: SecretGrantView | undefined,
  wanted: readonly DesiredBinding[],
  signal: AbortSignal,
): Promise<void> {
  const names = new Set(wanted.map(({ name }) => name));
  for (const informer of [watched.roleBindings, watched.roles]) {
    const surplus = [
      ...informer.store.byIndex('grant', grantKey),
      ...(await unwatched(informer, grant, signal)),
    ].filter(
      (bound) =>
        isNamedByOwner(bound) &&
        !(names.has(bound.metadata.name) && bound.ownerUid === grant?.metadata.uid) &&
        !(grant === undefined && informer === watched.roles && bound.isControlled),
    );
    await Promise.all(surplus.map((bound) => remove(watched, informer, bound, signal)));
  }
}

/** What the status says was made and no watch shows: somebody took our label or the owner reference off. It must not outlive the grant. */
async function unwatched(
  informer: Watched['roles'] | Watched['roleBindings'],
  grant: SecretGrantView | undefined,
  signal: AbortSignal,
): Promise<readonly Bound[]> {
  if (grant === undefined) return [];
  const { namespace, uid } = grant.metadata;
  const made = [grant.status.roleName, grant.status.personRoleName].filter((name) => name !== undefined);
  const hidden = made.filter((name) => informer.store.get(`${namespace}/${name}`)?.ownerUid !== uid);
  const read = await Promise.all(
    hidden.map(async (name) => {
      const object = await (informer as Informer<KubeObject, Bound>).read({ namespace, name }, signal);
      return object === undefined ? undefined : (informer as Informer<KubeObject, Bound>).project(object);
    }),
  );
  return read.filter((bound) => bound?.ownerUid === uid).filter((bound) => bound !== undefined);
}

function isNamedByOwner({ metadata, ownerUid }: Bound): boolean {
  return ownerUid !== undefined && [useRoleName(ownerUid), personRoleName(ownerUid)].includes(metadata.name);
}

async function remove(
  { roleBindings }: Watched,
  informer: Pick<Watched['roles'] | Watched['roleBindings'], 'delete' | 'store'>,
  bound: Bound,
  signal: AbortSignal,
): Promise<void> {
  const { metadata } = bound;
  // A finalizer of somebody's would keep it in force after the delete, for as long as they like.
  if ('subjects' in bound && bound.isHeld && (bound.subjects ?? []).length > 0) {
    const { resourceVersion } = metadata;
    const options = { fieldManager: FIELD_MANAGERS.secretGrant, signal };
    await roleBindings.patch(metadata, { metadata: { resourceVersion }, subjects: null }, options);
  }
  await informer.delete(metadata, { uid: metadata.uid, signal });
  informer.store.delete(`${metadata.namespace}/${metadata.name}`, metadata.uid);
}

/** Whether anything of what is wanted stands, by which the subject has access. */
export function isPartlyInForce(
  { roleBindings }: Pick<Watched, 'roleBindings'>,
  { metadata }: SecretGrantView,
  wanted: readonly DesiredBinding[],
): boolean {
  return wanted.some(({ name }) => roleBindings.store.get(`${metadata.namespace}/${name}`)?.ownerUid === metadata.uid);
}

/** Makes Role and RoleBinding as wanted; answers what is in the way where something is. */
export async function ensureBinding(
  { roles, roleBindings }: Pick<Watched, 'roles' | 'roleBindings'>,
  grant: SecretGrantView,
  wanted: DesiredBinding,
  onWrite: () => void,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { namespace, name: grantName, uid } = grant.metadata;
  const metadata = {
    namespace,
    name: wanted.name,
    labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_SECRET_GRANT]: labelValue(grantName) },
    annotations: { [ANNOTATION_OWNER_UID]: uid },
    ownerReferences: [ownerReferenceTo({ kind: 'SecretGrant', name: grantName, uid })],
  };
  const roleRef = { apiGroup: rbacGroup, kind: 'Role', name: wanted.name };
  try {
    // The Role first: a RoleBinding to a Role that is not there would be one more thing to explain.
    return (
      (await ensure(
        roles,
        { metadata, rules: wanted.rules },
        (role) => patchOf(role, 'rules', wanted.rules),
        onWrite,
        signal,
      )) ??
      (await ensure(
        roleBindings,
        { metadata, roleRef, subjects: wanted.subjects },
        // What a binding refers to cannot be changed, so one that refers to something else is made anew.
        (binding) =>
          mergePatch(binding.roleRef, roleRef) === undefined
            ? patchOf(binding, 'subjects', wanted.subjects)
            : 'replace',
        onWrite,
        signal,
      ))
    );
  } catch (error) {
    if (!isKernelError(error, 'Forbidden', 'Invalid')) throw error;
    return {
      reason: 'Refused',
      message: `the API server refuses the Role or RoleBinding '${wanted.name}': ${error.message}`,
    };
  }
}

async function ensure<Raw extends KubeObject, View extends Bound>(
  informer: Informer<Raw, View>,
  object: Omit<Raw, 'apiVersion' | 'kind'>,
  difference: (existing: View) => unknown,
  onWrite: () => void,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { namespace = '', name, annotations, labels, ownerReferences } = object.metadata;
  const ref = { namespace, name };
  const options = { fieldManager: FIELD_MANAGERS.secretGrant, signal };
  const isAsWanted = (view: View | undefined): boolean =>
    view?.isControlled === true &&
    mergePatch(view.metadata.labels ?? {}, { ...view.metadata.labels, ...labels }) === undefined &&
    difference(view) === undefined;
  const changedByOthers: Refusal = {
    reason: 'Contested',
    message: `an admission policy or webhook of the cluster changes the ${informer.type.kind} '${name}' as it is written`,
  };
  let existing = informer.store.get(`${namespace}/${name}`);
  if (existing === undefined) {
    try {
      const created = await informer.create(object, options);
      onWrite();
      return isAsWanted(created) ? undefined : changedByOthers;
    } catch (error) {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
      const read = await informer.read(ref, signal);
      existing = read === undefined ? undefined : informer.project(read);
    }
  }
  if (existing === undefined || existing.ownerUid !== annotations?.[ANNOTATION_OWNER_UID]) {
    return {
      reason: 'Conflict',
      message: `the ${informer.type.kind} '${name}' exists and is not ours: delete it, and the access begins`,
    };
  }
  const { resourceVersion, uid } = existing.metadata;
  const change = difference(existing);
  if (change === 'replace') {
    await informer.delete(ref, { uid, resourceVersion, signal });
    const created = await informer.create(object, options);
    onWrite();
    return isAsWanted(created) ? undefined : changedByOthers;
  }
  if (isAsWanted(existing)) return undefined;
  const metadata = { labels, annotations, ownerReferences, resourceVersion };
  const patched = await informer.patch(ref, { ...(change as object | undefined), metadata }, options);
  onWrite();
  return isAsWanted(patched) ? undefined : changedByOthers;
}

function patchOf<View, Field extends keyof View & string>(existing: View, field: Field, wanted: View[Field]): unknown {
  return mergePatch({ [field]: existing[field] }, { [field]: wanted });
}
