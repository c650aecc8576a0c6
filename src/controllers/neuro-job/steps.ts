/** The steps that a plan can ask for; the controller takes them, one at a time. */
import type { SecretRef } from './secret-refs.ts';
import type { Report } from './status.ts';

export type JobPlan =
  | { readonly do: 'nothing'; readonly wakeAtMs?: number; readonly poll?: boolean }
  | { readonly do: 'ask-access'; readonly refs: readonly SecretRef[] }
  | { readonly do: 'take-snapshot' }
  | { readonly do: 'make-service' }
  | { readonly do: 'make-pod' }
  /** Our view of Pods may lag behind our view of jobs: ask before a Pod is called gone. */
  | { readonly do: 'look-for-pod' }
  /** A Pod that is lost and in the way of the next one. */
  | { readonly do: 'delete-pod' }
  /** The last words of the container are read, and cleared of secrets. */
  | { readonly do: 'clear-output' }
  /** `poll`: look again soon, with growing pauses, at the latest at `wakeAtMs`. `goOn`: there is more to do. */
  | {
      readonly do: 'report';
      readonly report: Report;
      readonly wakeAtMs?: number;
      readonly poll?: boolean;
      readonly goOn?: boolean;
    }
  | {
      readonly do: 'clean-up';
      readonly secretNames: readonly string[];
      readonly service: boolean;
      readonly pod: boolean;
    }
  | { readonly do: 'delete-job' };
