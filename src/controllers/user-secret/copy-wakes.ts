/** What wakes a copy because the access to what it copies may have changed: grants, Roles and RoleBindings in the namespace of the source. */
import { mayNameOneOf } from '../binding-index.ts';
import { rbacName } from '../rbac-name.ts';
import type { RoleBindingView } from '../rbac-views.ts';
import { subjectDigest } from '../subject-digests.ts';
import { namespaceOfGroup, serviceAccountsGroup } from '../subjects.ts';
import type { SecretGrantView } from '../views.ts';
import type { Enqueue } from '../wake.ts';
import { betweenIndexValue, type Watched } from '../watched.ts';

type Stores = Pick<Watched, 'userSecrets' | 'secretGrants' | 'roles' | 'roleBindings'>;

/** The API server may see a change of RBAC later than this process does, so it is asked again after this time. */
const askAgainMs = 500;

/** Wakes only copies in the namespaces that a change is about: all others would ask the API server without a reason. */
export function connectCopyAccess({ userSecrets, secretGrants, roles, roleBindings }: Stores, enqueue: Enqueue): void {
  const wake = (keys: Iterable<string>): void => {
    for (const key of keys) {
      enqueue(key);
      enqueue(key, { delayMs: askAgainMs });
    }
  };
  const wakeUnderGrant = ({ metadata, spec }: SecretGrantView): void => {
    if (spec.secret === undefined) wake(userSecrets.store.keysByIndex('sharedFromNamespace', metadata.namespace));
    else wake(userSecrets.store.keysByIndex('sharedFrom', `${metadata.namespace}/${spec.secret}`));
  };
  secretGrants.store.onChange(({ before, after }) => {
    if (isSameAccess(before, after)) return;
    for (const grant of [before, after]) if (grant?.spec.access === 'copy') wakeUnderGrant(grant);
  });
  // A Role changes when its grant gives another access.
  roles.store.onChange(({ before, after }) => {
    const grantKey = (after ?? before)?.grantKey;
    const grant = grantKey === undefined ? undefined : secretGrants.store.get(grantKey);
    if (before !== undefined && grant !== undefined) wakeUnderGrant(grant);
  });
  roleBindings.store.onChange(({ before, after }) => {
    const keys = new Set<string>();
    for (const binding of [before, after]) for (const key of copiesUnder(userSecrets, binding)) keys.add(key);
    wake(keys);
  });
}

function copiesUnder(userSecrets: Stores['userSecrets'], binding: RoleBindingView | undefined): readonly string[] {
  if (binding?.grantKey === undefined) return [];
  const { namespace: source } = binding.metadata;
  if (binding.hasTooManySubjects) {
    return [...userSecrets.store.keysByIndex('sharedFromNamespace', source)].filter((key) => {
      const group = serviceAccountsGroup(key.slice(0, key.indexOf('/')));
      return mayNameOneOf(binding, [subjectDigest(rbacName({ kind: 'Group', name: group }))]);
    });
  }
  return (binding.subjects ?? []).flatMap(({ kind, name }) => {
    const namespace = kind === 'Group' ? namespaceOfGroup(name) : undefined;
    if (namespace === undefined) return [];
    return [...userSecrets.store.keysByIndex('sharedBetween', betweenIndexValue(namespace, source))];
  });
}

function isSameAccess(before: SecretGrantView | undefined, after: SecretGrantView | undefined): boolean {
  return (
    before?.metadata.uid === after?.metadata.uid &&
    before?.metadata.deletionTimestamp === after?.metadata.deletionTimestamp &&
    before?.spec.access === after?.spec.access &&
    before?.spec.expiresAt === after?.spec.expiresAt &&
    before?.status.phase === after?.status.phase
  );
}
