/** A grant that its author changes while it is written. */
import { expect, test } from 'vitest';
import { desiredText } from '../../../src/controllers/secret-grant/bindings.ts';
import { planSecretGrant, type GrantPlan } from '../../../src/controllers/secret-grant/plan.ts';
import { grantView, nowMs, userSecretView } from '../../support/builders.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const read = grantView({ access: 'read' });
const write = grantView({ access: 'write' });

/** The Role was written in this reconcile, and is not as the grant wants it. */
function planAfterWrite(writtenFor: string): GrantPlan {
  const [binding] = planSecretGrant(input()).steps ?? [];
  if (binding?.do !== 'create') throw new Error('nothing is created');
  const { kind, desired } = binding;
  return planSecretGrant({ ...input(), written: new Set([`${kind}/${desired.name}`]), writtenFor });
}

function input(): Parameters<typeof planSecretGrant>[0] {
  return deepFreeze({
    key: 'alice/grant',
    cause: 'change',
    grant: write,
    secret: userSecretView(),
    homes: [],
    supporters: [],
    copySupporters: [],
    isGranterBound: false,
    hasPolicies: true,
    bound: [],
    named: new Map(),
    isNamespaceGoing: false,
    isOmitted: false,
    repairWaitMs: 0,
    nowMs,
    failure: undefined,
  });
}

test('is written for the change in the next reconcile, and nobody is said to undo it', () => {
  expect(planAfterWrite(desiredText(read, []))).toEqual({
    rule: 'superseded',
    requeueAtMs: nowMs,
    requeueLane: 'change',
  });
});

test('is contested when what was written for it is not there', () => {
  expect(planAfterWrite(desiredText(write, [])).rule).toBe('contested');
});
