/** Jobs at each step of their life, and what the plan makes of facts, for tables of cases. */
import type { NeuroJobStatus } from '../../../src/api/index.ts';
import type { JobFacts } from '../../../src/controllers/neuro-job/facts.ts';
import { planJob } from '../../../src/controllers/neuro-job/plan.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { aUserSecret, aWholeJob, after, factsOf, noon } from './builders.ts';

/** What is next, in one line: `Failed MissingSecrets`, `ask-access`, … */
export function step(facts: Partial<JobFacts>): string {
  const { status, steps = [] } = plan(facts);
  return status === undefined ? (steps[0]?.do ?? 'nothing') : `${status.phase ?? ''} ${status.reason ?? ''}`;
}

export function plan(facts: Partial<JobFacts>): ReturnType<typeof planJob> {
  return planJob(deepFreeze(factsOf(facts)));
}

export const pendingFor = (reason: string, sinceSeconds = 0): NeuroJobStatus => ({
  phase: 'Pending',
  reason,
  podUid: 'uid-pod',
  transitions: [{ phase: 'Pending', reason, time: after(sinceSeconds) }],
});

export const running: NeuroJobStatus = {
  phase: 'Running',
  reason: 'Running',
  podUid: 'uid-pod',
  startTime: noon,
  runningSince: noon,
  transitions: [
    { phase: 'Pending', reason: 'Scheduling', time: noon },
    { phase: 'Running', reason: 'Running', time: noon },
  ],
};

export const finished: NeuroJobStatus = {
  observedGeneration: 1,
  phase: 'Succeeded',
  reason: 'Completed',
  podUid: 'uid-pod',
  finishTime: after(5),
};

export const cancelled: NeuroJobStatus = { ...finished, phase: 'Cancelled', reason: 'UserRequested' };

export const terminating = new Map([['alice/db-password', aUserSecret('db-password', { onRevoke: 'Terminate' })]]);

export const whole = aWholeJob();

export const refusal = { isFinal: false, reason: 'Refused', message: 'm' } as const;

export const gone = { deletionTimestamp: after(5) };
