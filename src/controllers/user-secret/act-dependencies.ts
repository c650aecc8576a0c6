/** What the steps for a UserSecret are taken with, and what a step teaches. */
import type { ObjectKey } from '../../kernel/index.ts';
import type { SealingKeyring } from '../../sealing/index.ts';
import type { AccessReviews } from '../access-reviews.ts';
import type { ByteBudget } from '../byte-budget.ts';
import type { RepairLimiter } from '../repair-limiter.ts';
import type { SharedReads } from '../shared-reads.ts';
import type { UserSecretView } from '../user-secret-view.ts';
import type { Watched } from '../watched.ts';
import type { WriteRates } from '../write-rates.ts';
import type { ContentDependencies } from './content.ts';
import type { UserSecretInput } from './input.ts';

/** What both wakes a UserSecret and is read for it. */
export type UserSecretSources = Pick<
  Watched,
  'userSecrets' | 'secrets' | 'foreignSecrets' | 'configMaps' | 'neuroJobs' | 'secretGrants' | 'roleBindings'
>;

export interface ActDependencies extends ContentDependencies {
  readonly watched: UserSecretSources & Pick<Watched, 'namespaces'>;
  /** The sealing keys of now. */
  readonly keyring: () => SealingKeyring;
  readonly repairs: RepairLimiter;
  readonly reviews: AccessReviews;
  readonly budget: ByteBudget;
  /** The later of the clocks of this machine and of the API server, in epoch milliseconds; by default the clock. */
  readonly latestNow?: (() => number) | undefined;
  /** Of the values that copies follow. */
  readonly sources: SharedReads;
  readonly rates: WriteRates;
}

/** What the limiter of repairs knows the mark of a generated value by, and the Secret with the next value. */
export function markKey(key: ObjectKey): string {
  return `${key} mark`;
}
export function nextKey(key: ObjectKey): string {
  return `${key} next`;
}

export type Learned = Partial<UserSecretInput>;

/** Of the native Secret. */
export function refOf({ metadata, secretName }: UserSecretView): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace, name: secretName };
}
