/** What the steps for a UserSecret need, and what a step learns. */
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

/** The stores that are read for a UserSecret. Changes in them wake it. */
export type UserSecretSources = Pick<
  Watched,
  'userSecrets' | 'secrets' | 'foreignSecrets' | 'configMaps' | 'neuroJobs' | 'secretGrants' | 'roleBindings'
>;

export interface ActDependencies extends ContentDependencies {
  readonly watched: UserSecretSources & Pick<Watched, 'namespaces'>;
  /** The current sealing keys. */
  readonly keyring: () => SealingKeyring;
  readonly repairs: RepairLimiter;
  readonly reviews: AccessReviews;
  readonly budget: ByteBudget;
  /** The later of the clocks of this machine and of the API server, in epoch milliseconds; by default the clock. */
  readonly latestNow?: (() => number) | undefined;
  /** Reads the values that copies follow. */
  readonly sources: SharedReads;
  readonly rates: WriteRates;
}

/** The key of the repair limiter for the record of a generated value. */
export function markKey(key: ObjectKey): string {
  return `${key} mark`;
}

/** The key of the repair limiter for the Secret with the next value. */
export function nextKey(key: ObjectKey): string {
  return `${key} next`;
}

export type Learned = Partial<UserSecretInput>;

/** The namespace and name of the native Secret. */
export function refOf({ metadata, secretName }: UserSecretView): { readonly namespace: string; readonly name: string } {
  return { namespace: metadata.namespace, name: secretName };
}
