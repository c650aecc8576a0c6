/** The messages between the thread that holds the lease and the thread that works. */
import type { Credentials } from './credentials.ts';

/** How the lease thread is started. */
export interface LeaseThreadData {
  readonly server: string;
  readonly proxyUrl?: string;
  readonly credentials: Credentials;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** See `LeaderElectorOptions`. */
  readonly isSuccessor: boolean;
  readonly userAgent: string;
  /** The memory of a `SharedMoment`. */
  readonly renewedAt: SharedArrayBuffer;
  /** By default the period of `LeaderElector`. */
  readonly retryPeriodMs?: number;
}

/** From the lease thread. */
export type LeaseEvent =
  /** The lease is ours: the work begins. */
  | { readonly type: 'started' }
  /** Leading ends: the work has to end. */
  | { readonly type: 'aborted' }
  /** The work has ended, and the lease was let go. */
  | { readonly type: 'stopped' }
  /** The API server has answered. */
  | { readonly type: 'answered' }
  | { readonly type: 'error'; readonly message: string };

/** To the lease thread. */
export type LeaseCommand =
  /** The work has ended; `failed`: with an error, or because it saw the lease as lost. Then the lease is let go and sought again. */
  | { readonly type: 'ended'; readonly failed: boolean }
  /** Tokens and certificates rotate. */
  | { readonly type: 'credentials'; readonly credentials: Credentials }
  /** Let the lease go and end. */
  | { readonly type: 'stop' };
