/**
 * Everything that a decision about a job is based on: what the stores say, what this process remembers, and what was learned in this
 * reconcile. And the steps that a plan can ask for.
 */
import type { NeuroJob, NeuroJobPhase, NeuroJobReason, NeuroJobStatus } from '../../api/index.ts';
import type { Cause } from '../../kernel/index.ts';
import type { Failing, Plan } from '../plan.ts';
import type { SecretRef } from '../secret-refs.ts';
import type { MetaView, ViewMeta } from '../meta-view.ts';
import type { PodView } from '../pod-view.ts';
import type { NeuroJobView } from '../neuro-job-view.ts';
import type { SecretView } from '../secret-view.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { NamespaceView } from '../views.ts';
import type { JobPart } from './job-repairs.ts';

/** What the API server says of one secret of someone else. `unsettled`: allowed, perhaps only by a binding that is about to go. */
export type AccessAnswer = 'allowed' | 'denied' | 'unsettled';

/** A secret whose value the job has. */
export interface TakenSecret {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly key: string;
  readonly version: string;
  /** The native Secret and the key of its data that have the value. Absent: it is only for pulling the image. */
  readonly secretName?: string;
  readonly dataKey?: string;
}

export interface Snapshot {
  readonly name: string;
  readonly taken: readonly TakenSecret[];
}

/** Why something could not be made. `isFinal`: waiting does not help. */
export interface Refusal {
  readonly isFinal: boolean;
  readonly reason: NeuroJobReason;
  readonly message: string;
}

export interface JobSettings {
  readonly defaultScheduleTimeoutMs: number;
  /** How long an image may fail to be pulled. */
  readonly imagePullDelayMs: number;
  readonly presetNames: ReadonlySet<string>;
}

/** The job as the API server has it, with all that its Pod needs. Read when the Pod is made, and not kept. */
export type WholeJob = Pick<NeuroJob, 'spec'> & { readonly metadata: ViewMeta };

export interface JobFacts extends Failing {
  readonly job: NeuroJobView;
  readonly namespace: NamespaceView | undefined;
  /** The Pod of this job; one of the same name that belongs to somebody else is none. */
  readonly pod: PodView | undefined;
  /** The last state of its last Pod, if that is gone and this process saw it go. */
  readonly gonePod?: PodView | undefined;
  readonly service: MetaView | undefined;
  readonly snapshot: Snapshot | undefined;
  /** Native Secrets that were made for this job. */
  readonly ownSecrets: readonly SecretView[];
  /** The UserSecrets that the job names and that exist, by `namespace/name`. */
  readonly userSecrets: ReadonlyMap<string, UserSecretView>;
  readonly settings: JobSettings;
  /** Now, by the clock that decides when time limits are reached: one that was set forward counts after a minute. */
  readonly nowMs: number;
  /** Now, as the status shows it. */
  readonly wallMs: number;
  /** When this process first looked at the job. */
  readonly firstSeenMs: number;
  /** When something about the job last changed, as far as this process has seen. */
  readonly changedMs: number;

  /** Since when it has waited for its turn, by the steady clock. */
  readonly addedMs?: number | undefined;
  /** More jobs wait for a worker than there are: what is only nice to know is written later. */
  readonly isBusy?: boolean;
  /** Why this process looks at it now. */
  readonly cause?: Cause;
  /** This process has seen the container end, and has not read its last words yet. */
  readonly areWordsDue: boolean;
  /** Milliseconds until that part may be created again; above 0 where something keeps deleting it. */
  readonly repairWaitMs: Readonly<Record<JobPart, number>>;

  /** Learned; undefined: not asked, or asked too long ago. */
  readonly access?: ReadonlyMap<string, AccessAnswer> | undefined;
  readonly unreadable?: readonly SecretRef[];
  readonly refusal?: Refusal | undefined;
  readonly whole?: WholeJob;
  /** Other jobs' values are being copied: this one has to wait for its turn. */
  readonly isHeldBack?: boolean;
  /** Learned: how long, where the namespace has copied as much as it may in a minute. */
  readonly heldBackForMs?: number;
  /** The API server says that there is no Pod of this job. */
  readonly isPodGone?: boolean;
  /** Deleted in this reconcile; the stores may not show it yet. */
  readonly isCleanedUp?: boolean;
  readonly isPodDeleted?: boolean;
  readonly isPodEnded?: boolean;
  readonly isJobDeleted?: boolean;
  /** The last words of the container, without secrets; `none` where there are none, or they were reported. */
  readonly output?: { readonly text: string } | 'none';
}

/** How a job stands, before it is known what its status said so far. */
export interface Report {
  readonly phase: NeuroJobPhase;
  readonly reason: string;
  readonly message?: string;
  readonly exitCode?: number;
  /** The exit code of the run before, when the container is started again. */
  readonly lastExitCode?: number;
  /** `none`: it is gone, and another one is to be made. Omitted: as before. */
  readonly pod?: PodView | 'none';
  /** When the container of this Pod began and ended to run. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly restarts?: number;
  /** Secrets are missing. */
  readonly isMissing?: boolean;
  /** Secrets of others whose owners may learn that this job asks for them in vain. */
  readonly denied?: readonly SecretRef[];
}

export interface Leftovers {
  readonly secretNames: readonly string[];
  readonly service: boolean;
  readonly pod: boolean;
}

export type JobStep =
  | { readonly do: 'ask-access'; readonly refs: readonly SecretRef[] }
  /** The whole object: what the store does not keep of it. */
  | { readonly do: 'read-job' }
  | { readonly do: 'take-snapshot' }
  | { readonly do: 'make-service' }
  | { readonly do: 'make-pod' }
  /** Our view of Pods may lag behind our view of jobs: ask before a Pod is called gone. */
  | { readonly do: 'look-for-pod' }
  /** A Pod that is lost and in the way of the next one. */
  | { readonly do: 'delete-pod' }
  /** Only containers that others put in still run. The Pod stays, for its logs. */
  | { readonly do: 'end-pod' }
  /** The last words of the container are read, and cleared of secrets. */
  | { readonly do: 'read-last-words' }
  /** They were reported; a store does not keep them, so only this says so. */
  | { readonly do: 'forget-last-words' }
  | ({ readonly do: 'clean-up' } & Leftovers)
  | { readonly do: 'delete-job' };

export type JobPlan = Plan<JobStep, NeuroJobStatus>;
/** A rule has an answer, or leaves it to the next one. */
export type Rule = (facts: JobFacts) => JobPlan | undefined;
