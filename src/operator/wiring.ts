/**
 * The wiring list: which controllers there are, what their keys are, and what wakes them. The table is compared with the list
 * by a test.
 *
 *   controller      key             woken by a change of its own kind, and by
 *   sealing-keys    one for all     Secrets with a sealing key; the ConfigMap with the public keys
 *   secret-grant    SecretGrant     its secret, when that comes or goes; homes of its subject (Namespaces); its Roles and
 *                                   RoleBindings; grants on whose right it stands; a list that has no room for it; the
 *                                   admission policies
 *   user-secret     UserSecret      its native Secret; its former values; the Secret it refers to; the ConfigMap it refers to; parts
 *                                   of its template; the hook of its rotation, and the runs of that; rivals; grants over it; jobs
 *                                   that use it; uses by jobs; the UserSecret it copies; grants over that, and their Roles and
 *                                   RoleBindings; copies of it; a new sealing key
 *   neuro-job       NeuroJob        its Pod and Service; a snapshot that appears after its end; the UserSecrets it names;
 *                                   grants over them, and their RoleBindings
 *   neuro-schedule  NeuroSchedule   its template, when that comes or goes; its jobs, when they come, end or go;
 *                                   the Pod of a job that has ended or was deleted, when it ends
 *   job-remains     native Secret   snapshots without an owner
 *   secret-remains  native Secret   the end of a UserSecret; copies and next values without an owner
 *   shared-with-me  Namespace       grants to its people and jobs; secrets that come or go; its own annotations; its ConfigMap
 */
import { AccessReviews } from '../controllers/access-reviews.ts';
import { valuesInFlight } from '../controllers/byte-budget.ts';
import type { Fingerprint } from '../controllers/fingerprint.ts';
import { createJobRemainsReconciler } from '../controllers/job-remains/reconciler.ts';
import { jobRemainsWakes, remainsKeys } from '../controllers/job-remains/wake.ts';
import { createNeuroJobReconciler } from '../controllers/neuro-job/reconciler.ts';
import { neuroJobWakes } from '../controllers/neuro-job/wake.ts';
import { createNeuroScheduleReconciler } from '../controllers/neuro-schedule/reconciler.ts';
import { neuroScheduleWakes } from '../controllers/neuro-schedule/wake.ts';
import type { Recorder } from '../controllers/recorder.ts';
import { createSealingKeyReconciler } from '../controllers/sealing-key/reconciler.ts';
import type { SealingKeys } from '../controllers/sealing-key/sealing-keys.ts';
import { sealingKeysKey, sealingKeyWakes } from '../controllers/sealing-key/wake.ts';
import { createSecretGrantReconciler } from '../controllers/secret-grant/reconciler.ts';
import { secretGrantWakes } from '../controllers/secret-grant/wake.ts';
import type { GoneOwners } from '../controllers/secret-remains/gather.ts';
import { createSecretRemainsReconciler } from '../controllers/secret-remains/reconciler.ts';
import { secretRemainsKeys, secretRemainsWakes } from '../controllers/secret-remains/wake.ts';
import { Omissions } from '../controllers/shared-with-me/omissions.ts';
import { createSharedWithMeReconciler } from '../controllers/shared-with-me/reconciler.ts';
import { sharedWithMeWakes } from '../controllers/shared-with-me/wake.ts';
import { endedCopyKeys } from '../controllers/user-secret/copy-access.ts';
import { createUserSecretReconciler } from '../controllers/user-secret/reconciler.ts';
import { Sharing } from '../controllers/user-secret/sharing.ts';
import { Uses } from '../controllers/user-secret/uses.ts';
import { userSecretWakes } from '../controllers/user-secret/wake.ts';
import type { Wake } from '../controllers/wake.ts';
import type { Watched } from '../controllers/watched.ts';
import { writeRates } from '../controllers/write-rates.ts';
import { keyOf, type Clock, type KubeClient, type Logger, type ObjectKey, type Reconcile } from '../kernel/index.ts';
import type { OperatorConfig } from './config.ts';
import type { PolicyState } from './policy-watch.ts';

interface WiringDependencies {
  readonly client: KubeClient;
  readonly watched: Watched;
  readonly fingerprint: Fingerprint;
  readonly sealingKeys: SealingKeys;
  readonly policies: PolicyState;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** The later of the clocks of this machine and of the API server; by default `clock`. */
  readonly latestNow?: () => number;
  /** The clock that decides when time limits of jobs are reached; by default `clock`. */
  readonly deadlines?: Clock;
  readonly config: OperatorConfig;
  /** The operator's own namespace. */
  readonly namespace: string;
  readonly log: Pick<Logger, 'debug'>;
  /** Called when a bound on what one namespace may cause is met. */
  readonly onBound: (bound: string) => void;
}

export const controllerNames = [
  'sealing-keys',
  'secret-grant',
  'user-secret',
  'neuro-job',
  'neuro-schedule',
  'job-remains',
  'secret-remains',
  'shared-with-me',
] as const;
type ControllerName = (typeof controllerNames)[number];

export interface ControllerEntry {
  readonly name: ControllerName;
  /** What one key stands for. */
  readonly key: string;
  /** The watch of its own kind, whose changes come in by `watchResource`; undefined where it has none. */
  readonly own?: 'userSecrets' | 'secretGrants' | 'neuroJobs' | 'neuroSchedules';
  readonly wakes: readonly Wake[];
  readonly reconcile: Reconcile;
  /** Every key there is, for a start and for the resync. */
  readonly allKeys: () => Iterable<ObjectKey>;
  /** Keys whose work comes before that of all controllers after a start: access that ended meanwhile. */
  readonly firstKeys?: () => Iterable<ObjectKey>;
  /** Keys of what ends at a time of day: they come first when the clock was set. */
  readonly endingKeys?: () => Iterable<ObjectKey>;
  /** It opens sealed values, so its other keys wait until there is a sealing key: without one, every sealed secret looks broken. */
  readonly opensValues?: true;
  /** Workers; by default those of the configuration. */
  readonly concurrency?: number;
}

export function controllersOf(deps: WiringDependencies): readonly ControllerEntry[] {
  const { watched, sealingKeys, policies, clock, config, namespace: ownNamespace, onBound } = deps;
  const omissions = new Omissions();
  const sharing = new Sharing(watched.secretGrants.store);
  const uses = new Uses(watched);
  const reviews = new AccessReviews({ client: deps.client, clock, onBound });
  for (const { store } of [watched.secretGrants, watched.roles, watched.roleBindings, watched.namespaces])
    store.onChange(() => reviews.forget());
  const budget = valuesInFlight(onBound);
  const rates = writeRates(clock, onBound);
  const gone: GoneOwners = new Map();
  return [
    {
      name: 'sealing-keys',
      key: 'one for all',
      wakes: sealingKeyWakes({ sealingKeys, watched, namespace: ownNamespace }),
      reconcile: createSealingKeyReconciler({ ...deps, renewEveryMs: config.sealing.renewEveryMs }),
      allKeys: () => [sealingKeysKey],
      concurrency: 1,
    },
    {
      name: 'secret-grant',
      key: 'SecretGrant',
      own: 'secretGrants',
      wakes: secretGrantWakes({
        watched,
        onOmitted: (listener) => omissions.onChange(listener),
        onPolicies: (listener) => policies.onChange(listener),
      }),
      reconcile: createSecretGrantReconciler({
        ...deps,
        rates,
        hasPolicies: () => policies.areInPlace,
        isOmitted: (key) => omissions.has(key),
      }),
      // Also grants that were deleted while nobody looked, whose bindings still exist.
      allKeys: () => new Set([...watched.secretGrants.store.keys(), ...boundGrantKeys(watched)]),
      firstKeys: () => boundGrantKeys(watched),
      endingKeys: () => endingGrantKeys(watched),
    },
    {
      name: 'user-secret',
      key: 'UserSecret',
      own: 'userSecrets',
      wakes: userSecretWakes({
        watched,
        sharing,
        uses,
        clock,
        onSealingKeys: (listener) => sealingKeys.onChange(listener),
      }),
      reconcile: createUserSecretReconciler({
        ...deps,
        sharing,
        uses,
        reviews,
        budget,
        rates,
        keyring: () => sealingKeys.keyring,
        defaultKeep: config.history.keep,
        areAuthorsChecked: () => policies.areEnforced,
      }),
      allKeys: () => watched.userSecrets.store.keys(),
      firstKeys: () => endedCopyKeys(watched, deps.latestNow?.() ?? clock.now()),
      opensValues: true,
    },
    {
      name: 'neuro-job',
      key: 'NeuroJob',
      own: 'neuroJobs',
      wakes: neuroJobWakes(watched),
      reconcile: createNeuroJobReconciler({ ...deps, reviews, budget, rates }),
      allKeys: () => watched.neuroJobs.store.keys(),
    },
    {
      name: 'neuro-schedule',
      key: 'NeuroSchedule',
      own: 'neuroSchedules',
      wakes: neuroScheduleWakes(watched),
      reconcile: createNeuroScheduleReconciler({ ...deps, rates }),
      allKeys: () => watched.neuroSchedules.store.keys(),
    },
    {
      name: 'job-remains',
      key: 'native Secret',
      wakes: jobRemainsWakes(watched),
      reconcile: createJobRemainsReconciler(deps),
      allKeys: () => remainsKeys(watched),
      concurrency: 1,
    },
    {
      name: 'secret-remains',
      key: 'native Secret',
      wakes: secretRemainsWakes(watched, gone),
      reconcile: createSecretRemainsReconciler({ ...deps, gone }),
      allKeys: () => secretRemainsKeys(watched),
      concurrency: 4,
    },
    {
      name: 'shared-with-me',
      key: 'Namespace',
      wakes: sharedWithMeWakes({ watched, clock, ownNamespace, onBound }),
      reconcile: createSharedWithMeReconciler({ ...deps, ownNamespace, omissions }),
      allKeys: () => watched.namespaces.store.keys(),
    },
  ];
}

function* endingGrantKeys({ secretGrants }: Watched): Generator<ObjectKey> {
  for (const { metadata, spec } of secretGrants.store.values()) if (spec.expiresAt !== undefined) yield keyOf(metadata);
}

/** Grants that something is bound for, there or not. */
function boundGrantKeys({ roleBindings }: Watched): ReadonlySet<ObjectKey> {
  const keys = new Set<ObjectKey>();
  for (const { grantKey } of roleBindings.store.values()) if (grantKey !== undefined) keys.add(grantKey);
  return keys;
}
