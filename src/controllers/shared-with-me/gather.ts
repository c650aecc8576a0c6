/** What is decided on about the list of one namespace. */
import { LABEL_MANAGED_BY, MANAGED_BY, SHARED_WITH_ME_CONFIG_MAP } from '../../api/index.ts';
import type { ObjectKey } from '../../kernel/index.ts';
import type { Fingerprint } from '../fingerprint.ts';
import type { ConfigMap } from '../resources.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { Known } from '../plan.ts';
import { subjectIndexValue, type Watched } from '../watched.ts';
import type { NamespaceView } from '../views.ts';
import { sharedList, type SharedGrant } from './entries.ts';
import type { Omissions } from './omissions.ts';
import type { SharedWithMeInput } from './plan.ts';

type Stores = Pick<Watched, 'namespaces' | 'secretGrants' | 'userSecrets' | 'sharedLists'>;

export interface GatherDependencies {
  readonly watched: Stores;
  readonly fingerprint: Fingerprint;
  readonly omissions: Omissions;
  readonly repairs: RepairLimiter;
  /** The operator's own namespace, which never has a list. */
  readonly ownNamespace: string;
}

export function gather(
  { watched, fingerprint, omissions, repairs, ownNamespace }: GatherDependencies,
  namespace: ObjectKey,
  { nowMs, failure }: Known,
): SharedWithMeInput | undefined {
  const home = watched.namespaces.store.get(namespace);
  // A namespace that is being deleted takes its ConfigMap along, and refuses new ones.
  if (home === undefined || home.metadata.deletionTimestamp !== undefined) return undefined;
  const { data, omitted } = hasList(home, ownNamespace)
    ? sharedList(grantsTo(watched, home))
    : { data: {}, omitted: new Set<ObjectKey>() };
  const dataHash = fingerprint.data(data);
  return {
    namespace,
    data,
    dataHash,
    repairWaitMs: repairs.waitMs(namespace, dataHash),
    omitted,
    notedOmitted: omissions.of(namespace),
    existing: watched.sharedLists.store.get(`${namespace}/${SHARED_WITH_ME_CONFIG_MAP}`),
    nowMs,
    failure,
  };
}

/**
 * Whether a namespace has a list: it is somebody's home, or its administrator asks for it. Never because a stranger named it, and
 * never where the cluster's own parts run.
 */
export function hasList({ metadata, user, groups, wantsSharedList }: NamespaceView, ownNamespace: string): boolean {
  const { name } = metadata;
  if (name === ownNamespace || name === 'default' || name.startsWith('kube-')) return false;
  return user !== undefined || groups.length > 0 || wantsSharedList;
}

function* grantsTo({ namespaces, secretGrants, userSecrets }: Stores, home: NamespaceView): Generator<SharedGrant> {
  const { name } = home.metadata;
  const subjects = [
    subjectIndexValue({ kind: 'Namespace', name }),
    ...(home.user === undefined ? [] : [subjectIndexValue({ kind: 'User', name: home.user })]),
    ...home.groups.map((group) => subjectIndexValue({ kind: 'Group', name: group })),
  ];
  for (const subject of subjects) {
    for (const key of secretGrants.store.keysByIndex('subject', subject)) {
      const grant = secretGrants.store.get(key);
      if (grant === undefined || grant.metadata.namespace === name) continue;
      const { namespace } = grant.metadata;
      const secret =
        grant.spec.secret === undefined ? undefined : userSecrets.store.get(`${namespace}/${grant.spec.secret}`);
      if (grant.spec.secret !== undefined && secret === undefined) continue;
      yield { grant, secret, owner: namespaces.store.get(namespace)?.user ?? namespace };
    }
  }
}

/** The ConfigMap that holds the list. */
export function configMapOf(
  namespace: string,
  data: Readonly<Record<string, string>>,
): Omit<ConfigMap, 'apiVersion' | 'kind'> {
  return {
    metadata: { namespace, name: SHARED_WITH_ME_CONFIG_MAP, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } },
    data,
  };
}
