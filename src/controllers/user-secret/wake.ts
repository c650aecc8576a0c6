/** What wakes a UserSecret, besides a change of its own. */
import { keyOf, type Clock } from '../../kernel/index.ts';
import { jobSecretRefs } from '../secret-refs.ts';
import type { Enqueue, Wake } from '../wake.ts';
import { mayNameOneOf } from '../binding-index.ts';
import { rbacName } from '../rbac-name.ts';
import { subjectDigest } from '../subject-digests.ts';
import { namespaceOfGroup, serviceAccountsGroup } from '../subjects.ts';
import type { RoleBindingView } from '../rbac-views.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import { byClaim, calledAs, isHeldCopy, type UserSecretView } from '../user-secret-view.ts';
import type { SecretGrantView } from '../views.ts';
import { betweenIndexValue, type Watched } from '../watched.ts';
import type { UserSecretSources } from './act-dependencies.ts';
import { claimantsOf, type NativeChange } from './claimants.ts';
import { fromOf } from './copies.ts';
import type { Sharing } from './sharing.ts';
import type { Uses } from './uses.ts';

interface UserSecretWakeSources {
  readonly watched: UserSecretSources & Pick<Watched, 'roles'>;
  readonly sharing: Sharing;
  readonly uses: Uses;
  readonly clock: Clock;
  /** Calls the listener after the sealing keys changed. */
  readonly onSealingKeys: (listener: () => void) => void;
}

/** Counts in the status are gathered: many grants or jobs at once make one write. */
const grantsDelayMs = 1_000;
const jobsDelayMs = 5_000;
const rivalsDelayMs = 1_000;

type Watch = UserSecretWakeSources['watched'];

export function userSecretWakes({
  watched,
  sharing,
  uses,
  clock,
  onSealingKeys,
}: UserSecretWakeSources): readonly Wake[] {
  const { userSecrets, secrets, foreignSecrets, configMaps, neuroJobs } = watched;
  /** Namespaces, and indexes with a value, whose secrets are all looked at soon. */
  const waiting = new Set<string>();
  const found = (enqueue: Enqueue, index: string, value: string): void => {
    for (const key of userSecrets.store.keysByIndex(index, value)) enqueue(key);
  };
  return [
    {
      by: 'its native Secret',
      connect: (enqueue) => {
        const wake = (change: NativeChange): void => {
          for (const key of claimantsOf(userSecrets.store, change)) enqueue(key);
        };
        secrets.store.onChange(wake);
        foreignSecrets.store.onChange(wake);
      },
    },
    {
      by: 'its former values',
      connect: (enqueue) =>
        secrets.store.onChange(({ before, after }) => {
          for (const secret of [before, after])
            if (secret?.former !== undefined) enqueue(`${secret.metadata.namespace}/${secret.former.userSecret}`);
        }),
    },
    {
      by: 'the Secret it refers to',
      connect: (enqueue) => foreignSecrets.store.onChange(({ key }) => found(enqueue, 'secretKeyRef', key)),
    },
    {
      by: 'the ConfigMap it refers to',
      connect: (enqueue) => configMaps.onChange((key) => found(enqueue, 'configMapKeyRef', key)),
    },
    {
      by: 'parts of its template',
      connect: (enqueue) => {
        userSecrets.store.onChange(({ key, before, after }) => {
          if (!isSameToTemplates(before, after)) found(enqueue, 'part', key);
          // Whether a part of a part is a template decides whether the chain is too long.
          if ((before?.parts === undefined) !== (after?.parts === undefined))
            for (const template of userSecrets.store.keysByIndex('part', key)) found(enqueue, 'part', template);
        });
        secrets.store.onChange((change) => {
          for (const part of claimantsOf(userSecrets.store, change)) found(enqueue, 'part', part);
        });
      },
    },
    {
      by: 'the hook of its rotation, and the runs of that',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ key, before, after }) => {
          if (before === undefined || after === undefined) found(enqueue, 'rotateHook', key);
          const { rotates, metadata } = (after ?? before) as NeuroJobView;
          const isOver = after === undefined || before?.status.finishTime !== after.status.finishTime;
          if (rotates !== undefined && isOver) enqueue(`${metadata.namespace}/${rotates.name}`);
        }),
    },
    {
      by: 'rivals',
      connect: (enqueue) => {
        const eldest = (index: 'called' | 'secretName', value: string, rival: UserSecretView): void => {
          const [first, second] = userSecrets.store.firstByIndex(index, value, 2);
          // A younger one takes nothing from the others, and gives them nothing when it goes.
          if (first !== undefined && isThere(first) && byClaim(first, rival) < 0) return;
          for (const each of [first, second]) if (each !== undefined) enqueue(keyOf(each.metadata));
          // All others say whose it is: one look at them for many that come and go.
          const looked = `${index} ${value}`;
          if (second === undefined || waiting.has(looked)) return;
          waiting.add(looked);
          clock.schedule(() => {
            waiting.delete(looked);
            for (const key of userSecrets.store.keysByIndex(index, value)) enqueue(key, { lane: 'background' });
          }, rivalsDelayMs);
        };
        userSecrets.store.onChange(({ before, after }) => {
          if (isSameRival(before, after)) return;
          // One that goes frees its key and its Secret's name; one that comes may be the elder, where two are of one second.
          for (const rival of [before, after]) {
            if (rival === undefined) continue;
            eldest('called', `${rival.metadata.namespace}/${calledAs(rival)}`, rival);
            eldest('secretName', `${rival.metadata.namespace}/${rival.secretName}`, rival);
          }
        });
      },
    },
    {
      by: 'grants over it',
      connect: (enqueue) =>
        sharing.onChange((namespace, secret) => {
          if (secret !== undefined) enqueue(`${namespace}/${secret}`, { delayMs: grantsDelayMs, lane: 'background' });
          else if (!waiting.has(namespace)) {
            // One look at all secrets of the namespace for many such grants.
            waiting.add(namespace);
            clock.schedule(() => {
              waiting.delete(namespace);
              for (const key of userSecrets.store.keysByIndex('namespace', namespace))
                enqueue(key, { lane: 'background' });
            }, grantsDelayMs);
          }
        }),
    },
    {
      by: 'jobs that use it',
      connect: (enqueue) =>
        neuroJobs.store.onChange(({ before, after }) => {
          const isStill = before !== undefined && after !== undefined;
          if (isStill && before.status.finishTime === after.status.finishTime) return;
          for (const job of [before, after]) {
            for (const ref of job === undefined ? [] : jobSecretRefs(job))
              enqueue(keyOf(ref), { delayMs: jobsDelayMs, lane: 'background' });
          }
        }),
    },
    {
      by: 'uses by jobs',
      connect: (enqueue) => uses.onUse((key) => enqueue(key, { delayMs: jobsDelayMs, lane: 'background' })),
    },
    {
      by: 'the UserSecret it copies',
      connect: (enqueue) => {
        userSecrets.store.onChange(({ key, before, after }) => {
          if (!isSameToCopies(before, after)) found(enqueue, 'sharedFrom', key);
        });
        secrets.store.onChange((change) => {
          for (const source of claimantsOf(userSecrets.store, change)) found(enqueue, 'sharedFrom', source);
        });
      },
    },
    {
      by: 'grants over that, and their Roles and RoleBindings',
      connect: (enqueue) => connectCopyAccess(watched, enqueue),
    },
    {
      by: 'copies of it',
      connect: (enqueue) =>
        userSecrets.store.onChange(({ before, after }) => {
          if (heldFrom(before) === heldFrom(after)) return;
          for (const key of [heldFrom(before), heldFrom(after)])
            if (key !== undefined) enqueue(key, { delayMs: jobsDelayMs, lane: 'background' });
        }),
    },
    {
      // It opens what waited for it, and makes others outdated.
      by: 'a new sealing key',
      connect: (enqueue) =>
        onSealingKeys(() => {
          for (const { sourceKind, metadata } of userSecrets.store.values())
            if (sourceKind === 'sealed') enqueue(keyOf(metadata), { cause: 'resync' });
        }),
    },
  ];
}

/** The API server's own view of RBAC may lag behind ours: it is asked again after this. */
const askAgainMs = 500;

/** Only copies of the namespaces that a change is about are woken: others would ask the API server for nothing. */
function connectCopyAccess({ userSecrets, secretGrants, roles, roleBindings }: Watch, enqueue: Enqueue): void {
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
  // A grant that gives another access now had its Role changed.
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

function copiesUnder(userSecrets: Watch['userSecrets'], binding: RoleBindingView | undefined): readonly string[] {
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

/** The secret whose value a copy holds. */
function heldFrom(userSecret: UserSecretView | undefined): string | undefined {
  return userSecret !== undefined && isHeldCopy(userSecret) ? fromOf(userSecret) : undefined;
}

/** Nothing that a copy cares about changed; the value is in the native Secret, which is heard by itself. */
function isSameToCopies(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) === isThere(after) &&
    before?.metadata.uid === after?.metadata.uid &&
    before?.keepsCopies === after?.keepsCopies &&
    fromOf(before ?? {}) === fromOf(after ?? {})
  );
}

/** Nothing that a template cares about changed in its part; the value is heard by itself. */
function isSameToTemplates(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) === isThere(after) &&
    before?.metadata.uid === after?.metadata.uid &&
    before?.sourceHash === after?.sourceHash
  );
}

/** Nothing that a rival cares about changed. */
function isSameRival(before: UserSecretView | undefined, after: UserSecretView | undefined): boolean {
  return (
    isThere(before) && isThere(after) && before?.metadata.uid === after?.metadata.uid && before?.type === after?.type
  );
}

function isThere(userSecret: UserSecretView | undefined): boolean {
  return userSecret !== undefined && userSecret.metadata.deletionTimestamp === undefined;
}
