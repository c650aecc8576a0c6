/** Starts the thread that holds the lease: from its own file, or from the text that the bundle carries. */
import { Worker } from 'node:worker_threads';
import type { LeaseThreadData } from '../kernel/index.ts';

/** Set by scripts/build.ts, so that the operator stays one file. */
declare const LEASE_WORKER_SOURCE: string | undefined;

/** Megabytes. The thread holds a few small objects. */
const mostMemoryMb = 24;

export function startLeaseThread(workerData: LeaseThreadData): Worker {
  const options = { workerData, name: 'lease', resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb } };
  if (typeof LEASE_WORKER_SOURCE === 'string') return new Worker(LEASE_WORKER_SOURCE, { ...options, eval: true });
  return new Worker(new URL('../kernel/lease-worker.ts', import.meta.url), options);
}
