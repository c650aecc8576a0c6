/** What wakes a grant besides its own change. Its end is a timer that its own plan sets. */
import { formatSubject } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import { isPersonRoleName } from '../grant-names.ts';
import { isThere } from '../meta-view.ts';
import type { Subject } from '../subjects.ts';
import type { RoleBindingView } from '../rbac-views.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { NamespaceView, SecretGrantView } from '../views.ts';
import { wakeByIndex, type Wake } from '../wake.ts';
import type { Watched } from '../watched.ts';

export interface WakeDependencies {
  readonly watched: Pick<Watched, 'secretGrants' | 'userSecrets' | 'namespaces' | 'roles' | 'roleBindings'>;
  /** Calls with each grant that a list newly leaves out, or takes up again. */
  readonly onOmitted: (listener: (grantKey: string) => void) => void;
  /** Calls when the admission policies come or go. */
  readonly onPolicies: (listener: () => void) => void;
}

export function secretGrantWakes({ watched, onOmitted, onPolicies }: WakeDependencies): readonly Wake[] {
  const { store } = watched.secretGrants;
  const wakeBy = wakeByIndex(store);
  return [
    {
      by: 'its secret, when that comes or goes',
      connect: (enqueue) =>
        watched.userSecrets.store.onChange(({ key, before, after }) => {
          const isSame = isThere(before) === isThere(after) && before?.metadata.uid === after?.metadata.uid;
          if (isSame && isCopy(before) === isCopy(after)) return;
          wakeBy('secret', key, enqueue);
        }),
    },
    {
      by: 'homes of its subject (Namespaces)',
      connect: (enqueue) =>
        watched.namespaces.store.onChange(({ before, after }) => {
          const [former, now] = [atHomeIn(before), atHomeIn(after)];
          // Only for subjects that come or go: other controllers change Namespaces often, and a group can have thousands of grants.
          for (const subject of new Set([...former, ...now]))
            if (former.has(subject) !== now.has(subject)) wakeBy('subject', subject, enqueue);
        }),
    },
    {
      by: 'its Roles and RoleBindings',
      connect: (enqueue) => {
        for (const informer of [watched.roles, watched.roleBindings]) {
          informer.store.onChange(({ before, after }) => {
            for (const key of new Set([before?.grantKey, after?.grantKey])) if (key !== undefined) enqueue(key);
          });
        }
      },
    },
    {
      by: 'grants on whose right it stands',
      connect: (enqueue) => {
        const wakeDependents = (grant: SecretGrantView | undefined): void => {
          if (grant?.spec.access !== 'manage' && grant?.spec.access !== 'copy') return;
          wakeBy('grantedBy', `${grant.metadata.namespace}/${formatSubject(grant.spec.subject)}`, enqueue);
        };
        store.onChange(({ before, after }) => {
          wakeDependents(before);
          // A grant passes on the right to copy only while it is in force itself.
          const isSame = before?.metadata.uid === after?.metadata.uid && before?.status.phase === after?.status.phase;
          if (!isSame || before?.spec.access !== after?.spec.access) wakeDependents(after);
        });
        // Also a binding whose grant is gone: while it exists, what the API server says about the granter does not count.
        const passesRights = ({ metadata, grantKey }: RoleBindingView): boolean => {
          if (isPersonRoleName(metadata.name)) return true;
          const grant = grantKey === undefined ? undefined : store.get(grantKey);
          return grantKey !== undefined && (grant === undefined || grant.spec.access === 'copy');
        };
        watched.roleBindings.store.onChange(({ before, after }) => {
          for (const binding of [before, after]) {
            if (binding === undefined || !passesRights(binding)) continue;
            for (const { kind, name, namespace } of binding.subjects ?? []) {
              const subject = { kind, name, ...defined({ namespace }) } as Subject;
              wakeBy('grantedBy', `${binding.metadata.namespace}/${formatSubject(subject)}`, enqueue);
            }
          }
        });
      },
    },
    {
      by: 'a list that has no room for it',
      connect: (enqueue) => onOmitted((key) => enqueue(key, { cause: 'resync' })),
    },
    {
      by: 'the admission policies',
      connect: (enqueue) =>
        onPolicies(() => {
          for (const key of store.keys()) enqueue(key, { cause: 'resync' });
        }),
    },
  ];
}

/** The subjects whose home the namespace is, in the form of the index: `User/bob`. */
function atHomeIn(namespace: NamespaceView | undefined): ReadonlySet<string> {
  const { user, groups = [] } = namespace ?? {};
  return new Set([...(user === undefined ? [] : [`User/${user}`]), ...groups.map((group) => `Group/${group}`)]);
}

function isCopy(secret: UserSecretView | undefined): boolean {
  return secret?.sharedFrom !== undefined;
}
