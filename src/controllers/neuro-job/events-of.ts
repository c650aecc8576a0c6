/** What people are told when a job's state changes for the worse; an ordinary course is no event. Pure. */
import type { EventText } from '../recorder.ts';
import type { NeuroJobView, UserSecretView } from '../views.ts';
import { identityOf } from './access.ts';
import { refKey, type JobFacts } from './facts.ts';
import type { Report } from './status.ts';

export interface JobEvent {
  readonly kind: 'NeuroJob' | 'UserSecret';
  readonly metadata: (NeuroJobView | UserSecretView)['metadata'];
  readonly text: EventText;
}

/** Waiting at one of these is worth a warning. */
const troubles: ReadonlySet<string> = new Set([
  'Conflict',
  'CreateContainerConfigError',
  'ErrImagePull',
  'ImagePullBackOff',
  'MissingSecrets',
  'QuotaExhausted',
  'Refused',
]);

export function eventsOf({ job, userSecrets }: JobFacts, report: Report): readonly JobEvent[] {
  const { phase, reason, message = reason } = report;
  const { status } = job;
  // The end was told already; what the container said at last comes after it.
  if (status.finishTime !== undefined) return [];
  if (status.phase === phase && status.reason === reason && status.message === report.message) return [];
  const isTrouble = phase === 'Failed' || (phase === 'Pending' && troubles.has(reason)) || reason === 'AccessRevoked';
  if (!isTrouble) return [];
  const text = { type: 'Warning', reason, action: phase === 'Pending' ? 'Start' : 'Finish', note: message } as const;
  return [{ kind: 'NeuroJob', metadata: job.metadata, text }, ...ownersEvents(job, userSecrets, report)];
}

/** The owner's side may learn who asks in vain; the job's side learns nothing. */
function ownersEvents(
  job: NeuroJobView,
  userSecrets: ReadonlyMap<string, UserSecretView>,
  { denied = [] }: Report,
): readonly JobEvent[] {
  return denied.flatMap((ref) => {
    const userSecret = userSecrets.get(refKey(ref));
    if (userSecret === undefined) return [];
    const note = `a job of ${identityOf(job).user} asks for this secret, and may not use it`;
    const text = { type: 'Warning', reason: 'UseDenied', action: 'Use', note } as const;
    return [{ kind: 'UserSecret' as const, metadata: userSecret.metadata, text }];
  });
}
