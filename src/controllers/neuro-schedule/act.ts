/** Creates and deletes the jobs of a schedule. A job is created by POST under a name that belongs to its time alone. */
import { copyOfTemplate, FIELD_MANAGERS, LABEL_SCHEDULE } from '../../api/index.ts';
import { isKernelError, type Clock } from '../../kernel/index.ts';
import { NamespaceRate } from '../namespace-rate.ts';
import { sentenceOf } from '../failure.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { Watched } from '../watched.ts';
import type { WriteRates } from '../write-rates.ts';
import type { ScheduleInput } from './due.ts';
import type { ScheduleStep } from './plan.ts';

export interface ActDependencies {
  readonly watched: Pick<Watched, 'neuroJobs'>;
  readonly rates: WriteRates;
  readonly jobRate: Pick<NamespaceRate, 'take' | 'waitMs'>;
}

type Learned = Partial<ScheduleInput>;

/** The most jobs that the schedules of one namespace create in a minute. Each costs the cluster a Pod. */
const mostJobsPerMinute = 60;
/** How often a schedule's status is written for each job: when the job is created, and when it has ended. */
const writesPerJob = 2;

export function jobsOfSchedules(clock: Clock, onBound?: (bound: string) => void): NamespaceRate {
  return new NamespaceRate({ perMinute: mostJobsPerMinute, clock, onRefused: () => onBound?.('jobs_of_schedules') });
}

export async function act(
  deps: ActDependencies,
  step: ScheduleStep,
  input: ScheduleInput,
  signal: AbortSignal,
): Promise<Learned> {
  switch (step.do) {
    case 'start':
      return start(deps, step, input, signal);
    case 'delete':
      await deps.watched.neuroJobs.delete(
        { namespace: input.schedule.metadata.namespace, name: step.name },
        { uid: step.uid, signal },
      );
      return { clearances: (input.clearances ?? 0) + 1 };
    default:
      return step satisfies never;
  }
}

export function describe({ do: what, name }: ScheduleStep): string {
  return `${what === 'start' ? 'creating' : 'deleting'} the NeuroJob '${name}'`;
}

async function start(
  { watched, rates, jobRate }: ActDependencies,
  { name }: Extract<ScheduleStep, { readonly do: 'start' }>,
  { schedule, template: known }: ScheduleInput,
  signal: AbortSignal,
): Promise<Learned> {
  const { namespace, name: scheduleName, uid } = schedule.metadata;
  const bytes = writesPerJob * schedule.bytes + (known?.bytes ?? 0);
  const waitMs = Math.max(jobRate.waitMs(namespace, 1), rates.change.waitMs(namespace, bytes));
  if (waitMs > 0) return { waitMs };
  jobRate.take(namespace, 1);
  rates.change.take(namespace, bytes);
  const template = await watched.neuroJobs.read({ namespace, name: schedule.spec.jobTemplate.name }, signal);
  const copy = template === undefined ? undefined : copyOfTemplate(template);
  if (copy === undefined) return { refused: `the NeuroJob '${schedule.spec.jobTemplate.name}' has just been deleted` };
  const job = {
    metadata: {
      namespace,
      name,
      labels: { ...copy.labels, [LABEL_SCHEDULE]: scheduleName },
      ownerReferences: [ownerReferenceTo({ kind: 'NeuroSchedule', name: scheduleName, uid })],
    },
    spec: copy.spec,
  };
  try {
    await watched.neuroJobs.create(job, { fieldManager: FIELD_MANAGERS.neuroSchedule, signal });
    return {};
  } catch (error) {
    if (isKernelError(error, 'Forbidden', 'Invalid'))
      return { refused: `the NeuroJob '${name}': ${sentenceOf(error.message)}` };
    if (!isKernelError(error, 'AlreadyExists')) throw error;
    // It is ours from before a crash, or somebody else's.
    const found = await watched.neuroJobs.refresh({ namespace, name }, signal);
    const isOurs = found?.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.controller === true);
    return isOurs === true ? {} : { refused: `the NeuroJob '${name}' exists, and this schedule did not make it` };
  }
}
