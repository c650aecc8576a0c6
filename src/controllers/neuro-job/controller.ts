/**
 * The names that src/operator/wiring.ts imports: `createNeuroJobReconciler(deps)` answers the reconcile function of a NeuroJob key
 * (deps: client, watched, recorder, clock, config, fingerprint), `connectNeuroJobs(watched, enqueue)` says what wakes it.
 */
import type { ObjectKey, Outcome } from '../../kernel/index.ts';
import type { Watched } from '../watched.ts';

export function createNeuroJobReconciler(_deps: unknown) {
  return (_key: ObjectKey): Promise<Outcome> => Promise.resolve('done');
}

export function connectNeuroJobs(_watched: Watched, _enqueue: (key: ObjectKey) => void): void {
  // Nothing yet.
}
