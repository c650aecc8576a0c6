/**
 * Keeps the ConfigMap `neuro-shared-with-me` in every namespace whose people or service accounts have grants. The key of a
 * reconcile is a namespace. Writes that ConfigMap only, and only where it is ours by name and label.
 */
import { FIELD_MANAGERS, LABEL_MANAGED_BY, MANAGED_BY, SHARED_WITH_ME_CONFIG_MAP } from '../../api/index.ts';
import { isKernelError, mergePatch, type ObjectKey, type Reconcile } from '../../kernel/index.ts';
import type { SecretGrantView } from '../views.ts';
import { subjectIndexValue, type Watched } from '../watched.ts';
import { planShared, type SharedSecret } from './plan.ts';

export interface SharedWithMeDependencies {
  readonly watched: Watched;
  readonly onConflict: (namespace: string) => void;
}

/** Changes are gathered: many grants at once make one write. */
const gatherDelayMs = 200;
const conflictRetryMs = 60_000;

export function createSharedWithMeReconciler(deps: SharedWithMeDependencies): Reconcile {
  const { watched } = deps;

  return async (namespace, { signal }) => {
    const home = watched.namespaces.store.get(namespace);
    // A namespace that goes takes its ConfigMap along and refuses new ones.
    if (home === undefined || home.metadata.deletionTimestamp !== undefined) return 'done';
    const data = planShared(sharedWith(watched, namespace));
    const existing = watched.configMaps.store.get(`${namespace}/${SHARED_WITH_ME_CONFIG_MAP}`);
    const ref = { namespace, name: SHARED_WITH_ME_CONFIG_MAP };
    const options = { fieldManager: FIELD_MANAGERS.sharedWithMe, signal };
    if (existing === undefined) {
      if (Object.keys(data).length === 0) return 'done';
      try {
        await watched.configMaps.create(
          { metadata: { ...ref, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } }, data },
          options,
        );
      } catch (error) {
        if (!isKernelError(error, 'AlreadyExists')) throw error;
        // Somebody's own, which no watch shows when it goes.
        deps.onConflict(namespace);
        return { requeueAfterMs: conflictRetryMs };
      }
      return 'done';
    }
    if (Object.keys(data).length === 0) {
      await watched.configMaps.delete(ref, { uid: existing.metadata.uid, signal });
      return 'done';
    }
    const patch = mergePatch(existing.data, data);
    const { resourceVersion } = existing.metadata;
    if (patch !== undefined)
      await watched.configMaps.patch(ref, { metadata: { resourceVersion }, data: patch }, options);
    return 'done';
  };
}

export function connectSharedWithMe(
  watched: Watched,
  enqueueAfter: (namespace: ObjectKey, delayMs: number) => void,
): void {
  const wake = (namespace: string): void => enqueueAfter(namespace, gatherDelayMs);
  watched.secretGrants.store.onChange(({ before, after }) => {
    for (const grant of [before, after]) if (grant !== undefined) namespacesOf(watched, grant).forEach(wake);
  });
  watched.userSecrets.store.onChange(({ before, after }) => {
    if (before?.metadata.uid === after?.metadata.uid) return;
    const { namespace } = (after ?? before)?.metadata ?? {};
    if (namespace === undefined) return;
    for (const grant of watched.secretGrants.store.byIndex('namespace', namespace))
      namespacesOf(watched, grant).forEach(wake);
  });
  watched.namespaces.store.onChange(({ key }) => wake(key));
  watched.configMaps.store.onChange(({ before, after }) => {
    const { namespace, name } = (after ?? before)?.metadata ?? {};
    if (name === SHARED_WITH_ME_CONFIG_MAP && namespace !== undefined) wake(namespace);
  });
}

/** Namespaces whose people or service accounts the grant is for. */
function namespacesOf(watched: Watched, { spec }: SecretGrantView): readonly string[] {
  const { kind, name, namespace } = spec.subject;
  switch (kind) {
    case 'User':
      return [...watched.namespaces.store.keysByIndex('user', name)];
    case 'Group':
      return [...watched.namespaces.store.keysByIndex('group', name)];
    case 'ServiceAccount':
      return namespace === undefined ? [] : [namespace];
    case 'Namespace':
      return [name];
    default:
      kind satisfies never;
      return [];
  }
}

function sharedWith(watched: Watched, namespace: string): readonly SharedSecret[] {
  const home = watched.namespaces.store.get(namespace);
  const subjects = [
    subjectIndexValue({ kind: 'Namespace', name: namespace }),
    ...(home?.user === undefined ? [] : [subjectIndexValue({ kind: 'User', name: home.user })]),
    ...(home?.groups ?? []).map((name) => subjectIndexValue({ kind: 'Group', name })),
  ];
  const grants = subjects.flatMap((subject) => watched.secretGrants.store.byIndex('subject', subject));
  return grants
    .filter((grant) => grant.metadata.namespace !== namespace)
    .flatMap((grant) =>
      secretsOf(watched, grant).map((secret) => ({ grant, secret, owner: ownerOf(watched, grant.metadata.namespace) })),
    );
}

function secretsOf(watched: Watched, grant: SecretGrantView) {
  const { namespace } = grant.metadata;
  if (grant.spec.secret === undefined) return watched.userSecrets.store.byIndex('namespace', namespace);
  const secret = watched.userSecrets.store.get(`${namespace}/${grant.spec.secret}`);
  return secret === undefined ? [] : [secret];
}

function ownerOf(watched: Watched, namespace: string): string {
  return watched.namespaces.store.get(namespace)?.user ?? namespace;
}
