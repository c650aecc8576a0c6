/** Everything that a decision about a job rests on: what the stores say, and what was learnt in this reconcile. */
import type { MetaView, NamespaceView, NeuroJobView, PodView, SecretView, UserSecretView } from '../views.ts';
import type { SecretRef } from './secret-refs.ts';

/** What the API server says of one secret of someone else. `unsettled`: by a grant that has expired and still stands. */
export type AccessAnswer = 'allowed' | 'denied' | 'unsettled';

/** A secret whose value the job has. */
export interface TakenSecret {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly key: string;
  readonly version: string;
  /** Where it stands: the native Secret and the key of its data. Absent: it is only for pulling the image. */
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
  readonly reason: string;
  readonly message: string;
}

export interface JobSettings {
  readonly defaultScheduleTimeoutMs: number;
  /** How long an image may fail to be pulled. */
  readonly imagePullDelayMs: number;
  readonly presetNames: ReadonlySet<string>;
}

export interface JobFacts {
  readonly job: NeuroJobView;
  readonly namespace: NamespaceView | undefined;
  /** The Pod of this job; one of the same name that belongs to somebody else is none. */
  readonly pod: PodView | undefined;
  readonly service: MetaView | undefined;
  readonly snapshot: Snapshot | undefined;
  /** Native Secrets that were made for this job. */
  readonly ownSecrets: readonly SecretView[];
  /** The UserSecrets that the job names and that exist, by `namespace/name`. */
  readonly userSecrets: ReadonlyMap<string, UserSecretView>;
  readonly settings: JobSettings;
  readonly nowMs: number;
  /** Since when this process knows that secrets are missing. */
  readonly missingSinceMs?: number;
  /** Something has changed that may have taken a secret away from the Pod. */
  readonly mustRecheck: boolean;

  /** Learnt in this reconcile; undefined = not asked, not tried. */
  readonly access?: ReadonlyMap<string, AccessAnswer>;
  readonly unreadable?: readonly SecretRef[];
  readonly refusal?: Refusal;
  /** The API server says that there is no Pod of this job. */
  readonly isPodGone?: boolean;
  /** What a finished job needs no more was deleted; the stores may not show it yet. */
  readonly isCleanedUp?: boolean;
  /** The end of the job was written just now. */
  readonly hasJustEnded?: boolean;
  /** The last words of the container, without secrets; `none` where there are none. */
  readonly output?: { readonly text: string } | 'none';
}

export function refKey(ref: SecretRef): string {
  return `${ref.namespace}/${ref.name}`;
}
