/** UserSecrets and what the plan makes of them, in one line. */
import type { UserSecretInput, UserSecretPlan } from '../../../src/controllers/user-secret/input.ts';
import { planUserSecret } from '../../../src/controllers/user-secret/plan.ts';
import type { Obtained } from '../../../src/controllers/user-secret/steps.ts';
import type { SecretView } from '../../../src/controllers/secret-view.ts';
import type { UserSecretView } from '../../../src/controllers/user-secret-view.ts';
import { nowMs, userSecretView } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

export const plain = userSecretView();

/** A few words for a plan: by which way, why, of which value; or the reason of the status. */
export function say({ steps = [], status }: UserSecretPlan): string {
  const [step] = steps;
  if (step === undefined) return status?.conditions?.find(({ type }) => type === 'Ready')?.reason ?? 'nothing';
  if (step.do === 'keep') return `keep ${step.version}`;
  if (step.do === 'tidy')
    return step.changes.map((change) => `${change.do} ${change.former.record.version}`).join(', ');
  if (!('cause' in step)) return step.do;
  return `${step.do} ${step.cause} ${step.value}${step.keepsPrevious ? ' keeping the former' : ''}`;
}

/** The value could be had, and is `version-1`. */
const obtainedOf = ({ sourceHash }: UserSecretView): Obtained => ({ sourceHash, version: 'version-1' });

/** Nothing is due: what a test is about comes on top. */
export function inputOf(userSecret: UserSecretView, stored: SecretView | undefined): UserSecretInput {
  return {
    userSecret,
    stored,
    isNameTaken: false,
    rivals: [],
    sharedWith: { count: 0 },
    copies: { count: 0 },
    usedBy: 0,
    newUses: [],
    keep: 3,
    former: [],
    currentKeyIds: [],
    repairWaitMs: 0,
    markWaitMs: 0,
    hasReturned: false,
    isMarked: true,
    areAuthorsChecked: true,
    nowMs,
    latestMs: nowMs,
  };
}

export function plan(
  userSecret: UserSecretView,
  native: SecretView | undefined,
  rest: Partial<UserSecretInput> = {},
): UserSecretPlan {
  const obtained = obtainedOf(userSecret);
  return planUserSecret(deepFreeze({ ...inputOf(userSecret, native), obtained, isClaimed: true, ...rest }));
}
