/**
 * The wiring list: which controller there is, what its keys are, and what wakes it. One screen, read top to bottom.
 *
 *   controller       key              woken by its own kind, and by
 *   sealing-keys     "sealing-keys"   Secrets with a sealing key, the ConfigMap with the public halves
 *   secret-grant     SecretGrant      UserSecrets that come or go, homes (Namespaces), its Roles and RoleBindings
 *   user-secret      UserSecret       its native Secret, Secrets it refers to, grants over it, jobs that use it, rivals
 *   neuro-job        NeuroJob         its Pod and snapshots, the UserSecrets it names, grants over them
 *   shared-with-me   Namespace        grants to its people, secrets that come or go, its ConfigMap
 */
import { connectNeuroJobs, createNeuroJobReconciler } from '../controllers/neuro-job/controller.ts';
import type { Fingerprint } from '../controllers/fingerprint.ts';
import type { Recorder } from '../controllers/recorder.ts';
import { sealingKeysKey, type SealingKeys } from '../controllers/sealing-key/controller.ts';
import { connectSecretGrants, createSecretGrantReconciler } from '../controllers/secret-grant/controller.ts';
import { connectSharedWithMe, createSharedWithMeReconciler } from '../controllers/shared-with-me/controller.ts';
import { connectUserSecrets, createUserSecretReconciler } from '../controllers/user-secret/controller.ts';
import type { Watched } from '../controllers/watched.ts';
import type { Cause, Clock, KubeClient, ObjectKey, Reconcile } from '../kernel/index.ts';
import type { OperatorConfig } from './config.ts';

export const controllerNames = ['sealing-keys', 'secret-grant', 'user-secret', 'neuro-job', 'shared-with-me'] as const;
export type ControllerName = (typeof controllerNames)[number];

export interface WiringDependencies {
  readonly client: KubeClient;
  readonly watched: Watched;
  readonly fingerprint: Fingerprint;
  readonly sealingKeys: SealingKeys;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly config: OperatorConfig;
  readonly onConflict: (what: string) => void;
}

export function reconcilersOf(deps: WiringDependencies): Readonly<Record<ControllerName, Reconcile>> {
  const { sealingKeys } = deps;
  return {
    'sealing-keys': (key, context) => sealingKeys.reconcile(key, context),
    'secret-grant': createSecretGrantReconciler(deps),
    'user-secret': createUserSecretReconciler({ ...deps, keyring: () => sealingKeys.keyring }),
    'neuro-job': createNeuroJobReconciler(deps),
    'shared-with-me': createSharedWithMeReconciler({
      watched: deps.watched,
      onConflict: (namespace) =>
        deps.onConflict(`ConfigMap neuro-shared-with-me in namespace ${namespace} is not ours`),
    }),
  };
}

/** Where woken keys go: the queue of the controller of that name, while there is one. */
export interface Waker {
  add(controller: ControllerName, key: ObjectKey): void;
  addAfter(controller: ControllerName, key: ObjectKey, delayMs: number): void;
}

/** Called once. What wakes a controller besides its own kind, which comes in by `watchResource`. */
export function connectAll(
  { watched, sealingKeys }: Pick<WiringDependencies, 'watched' | 'sealingKeys'>,
  waker: Waker,
): void {
  const add = (controller: ControllerName) => (key: ObjectKey) => waker.add(controller, key);
  const addAfter = (controller: ControllerName) => (key: ObjectKey, delayMs: number) =>
    waker.addAfter(controller, key, delayMs);
  sealingKeys.informer.store.onChange(() => waker.add('sealing-keys', sealingKeysKey));
  watched.configMaps.store.onChange(({ key }) => {
    if (key === sealingKeys.publishedKey) waker.add('sealing-keys', sealingKeysKey);
  });
  connectSecretGrants(watched, add('secret-grant'));
  connectUserSecrets(watched, add('user-secret'), addAfter('user-secret'));
  connectNeuroJobs(watched, add('neuro-job'));
  connectSharedWithMe(watched, addAfter('shared-with-me'));
}

/** Every key that a controller has, for its start and its resync. */
export function allKeys(name: ControllerName, watched: Watched): Iterable<ObjectKey> {
  switch (name) {
    case 'sealing-keys':
      return [sealingKeysKey];
    case 'secret-grant':
      // Also grants that were deleted while nobody looked, whose bindings still stand.
      return new Set([...watched.secretGrants.store.keys(), ...grantKeysOf(watched)]);
    case 'user-secret':
      return watched.userSecrets.store.keys();
    case 'neuro-job':
      return watched.neuroJobs.store.keys();
    case 'shared-with-me':
      return watched.namespaces.store.keys();
    default:
      name satisfies never;
      return [];
  }
}

function grantKeysOf(watched: Watched): readonly ObjectKey[] {
  return [...watched.roleBindings.store.values()].flatMap(({ grantKey }) => grantKey ?? []);
}

/** Why all keys are looked at after a start: most are settled, so they wait for what just changed. */
export const startCause: Cause = 'resync';
