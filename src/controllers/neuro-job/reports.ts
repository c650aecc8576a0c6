/** How a job stands, said as reports: a report is what the status says, whatever it said before. Pure. */
import type { NeuroJobRestartPolicy } from '../../api/index.ts';
import type { NeuroJobView, PodView } from '../views.ts';
import { containerStateOf, restartsIn, type ContainerState } from './container-state.ts';
import type { JobFacts } from './facts.ts';
import type { JobPlan } from './steps.ts';
import { restartsBefore } from './restarts.ts';
import type { Report } from './status.ts';

export function restartPolicyOf(job: NeuroJobView): NeuroJobRestartPolicy {
  return job.spec.restartPolicy ?? 'Never';
}

export function stateOf({ job, pod }: JobFacts): ContainerState | undefined {
  return pod === undefined ? undefined : containerStateOf(pod, restartPolicyOf(job));
}

export function base(phase: Report['phase'], reason: string, message: string | undefined): Report {
  return { phase, reason, ...(message === undefined ? {} : { message }) };
}

export function finish(
  facts: JobFacts,
  phase: 'Succeeded' | 'Failed' | 'Cancelled',
  reason: string,
  message: string | undefined,
  more: Partial<Report> = {},
): JobPlan {
  const { pod } = facts;
  const report = { ...base(phase, reason, message), ...(pod === undefined ? {} : { pod, ...restarts(pod) }), ...more };
  return { do: 'report', report, goOn: true };
}

export function pending(
  facts: JobFacts,
  reason: string,
  message: string | undefined,
): Extract<JobPlan, { do: 'report' }> {
  const { status } = facts.job;
  // Schedulers and kubelets word the same trouble anew all the time.
  const said = status.phase === 'Pending' && status.reason === reason ? (status.message ?? message) : message;
  const pod = facts.pod === undefined ? {} : { pod: facts.pod, ...restarts(facts.pod) };
  return { do: 'report', report: { ...base('Pending', reason, said), ...pod } };
}

export function running(
  facts: JobFacts,
  state: Extract<ContainerState, { kind: 'running' | 'restarting' }>,
): Extract<JobPlan, { do: 'report' }> {
  const pod = facts.pod === undefined ? {} : { pod: facts.pod, ...restarts(facts.pod) };
  const startedAt = state.startedAt === undefined ? {} : { startedAt: state.startedAt };
  if (state.kind === 'running') {
    return { do: 'report', report: { ...base('Running', 'Running', undefined), ...pod, ...startedAt } };
  }
  const message =
    state.message ??
    (state.exitCode === undefined
      ? undefined
      : `the container ended with exit code ${state.exitCode} and is started again`);
  const lastExitCode = state.exitCode === undefined ? {} : { lastExitCode: state.exitCode };
  return { do: 'report', report: { ...base('Running', 'Restarting', message), ...pod, ...startedAt, ...lastExitCode } };
}

export function restarts(pod: PodView): { readonly restarts: number } {
  return { restarts: restartsBefore(pod.metadata.labels) + restartsIn(pod) };
}

export function endSentence(state: Extract<ContainerState, { kind: 'ended' }>): string | undefined {
  return state.phase === 'Succeeded' ? undefined : `the container ended with exit code ${state.exitCode}`;
}
