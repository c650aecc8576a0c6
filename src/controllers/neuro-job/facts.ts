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
  /** More jobs wait than there are workers, so a status that is only nice to know is written later. */
  readonly isBusy?: boolean;
  /** Why this process looks at it now. */
  readonly cause?: Cause;
  /** This process has seen the container end, and has not read its last words yet. */
  readonly areWordsDue: boolean;
  /** Milliseconds until that part may be created again; above 0 where something keeps deleting it. */
  readonly repairWaitMs: Readonly<Record<JobPart, number>>;

  /** Learned: the answers about access. Undefined: not asked yet, or asked too long ago. */
  readonly access?: ReadonlyMap<string, AccessAnswer> | undefined;
  readonly unreadable?: readonly SecretRef[];
  readonly refusal?: Refusal | undefined;
  readonly whole?: WholeJob;
  /** Learned: values of other jobs are being copied, so this one has to wait for its turn. */
  readonly isHeldBack?: boolean;
  /** Learned: milliseconds to wait, because the namespace has copied as much as it may in a minute. */
  readonly heldBackForMs?: number;
  /** Learned: the API server says that there is no Pod of this job. */
  readonly isPodGone?: boolean;
  /** Learned: this reconcile has deleted or ended them. The stores may not show it yet. */
  readonly isCleanedUp?: boolean;
  readonly isPodDeleted?: boolean;
  readonly isPodEnded?: boolean;
  readonly isJobDeleted?: boolean;
  /** Learned: the last words of the container, without secrets; `none` where there are none, or they were reported. */
  readonly output?: { readonly text: string } | 'none';
}

/** How a job stands now, without regard to its former status. */
export interface Report {
  readonly phase: NeuroJobPhase;
  readonly reason: string;
  readonly message?: string;
  readonly exitCode?: number;
  /** The exit code of the run before, when the container is started again. */
  readonly lastExitCode?: number;
  /** `none`: it is gone, and another one will be created. Omitted: as before. */
  readonly pod?: PodView | 'none';
  /** When the container of this Pod began and ended to run. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly restarts?: number;
  /** Secrets are missing. */
  readonly isMissing?: boolean;
  /** Secrets of others that this job asks for in vain. Their owners may learn that. */
  readonly denied?: readonly SecretRef[];
}

export interface Leftovers {
  readonly secretNames: readonly string[];
  readonly service: boolean;
  readonly pod: boolean;
}

export type JobStep =
  | { readonly do: 'ask-access'; readonly refs: readonly SecretRef[] }
  /** Reads the whole object, because the store does not keep all of it. */
  | { readonly do: 'read-job' }
  | { readonly do: 'take-snapshot' }
  | { readonly do: 'make-service' }
  | { readonly do: 'make-pod' }
  /** Asks the API server before a Pod is called gone: our view of Pods may lag behind our view of jobs. */
  | { readonly do: 'look-for-pod' }
  /** Deletes a lost Pod, which keeps the next one from being created. */
  | { readonly do: 'delete-pod' }
  /** Ends the containers that others have added, when only they still run. The Pod stays, for its logs. */
  | { readonly do: 'end-pod' }
  /** Reads the last words of the container, and removes secrets from them. */
  | { readonly do: 'read-last-words' }
  /** Notes that the last words were reported: no store keeps them. */
  | { readonly do: 'forget-last-words' }
  | ({ readonly do: 'clean-up' } & Leftovers)
  | { readonly do: 'delete-job' };

export type JobPlan = Plan<JobStep, NeuroJobStatus>;
/** A rule returns a plan, or leaves the decision to the next one. */
export type Rule = (facts: JobFacts) => JobPlan | undefined;
