/** The security fields of a job's Pod. Pure. */
import { demandsRestricted, jobSecurity, type JobSecurity } from '../../api/index.ts';
import { defined } from '../../defined.ts';
import type { NamespaceView } from '../views.ts';
import type { WholeJob } from './facts.ts';

export function securityOf(
  job: Pick<WholeJob, 'spec'>,
  namespace: NamespaceView,
  fsGroup: number | undefined,
): {
  readonly pod: JobSecurity['pod'] & { readonly fsGroup?: number };
  readonly container: JobSecurity['container'] | undefined;
} {
  const { pod, container } = jobSecurity(job.spec.securityContext, demandsRestricted(namespace.metadata.labels));
  return {
    pod: { ...pod, ...defined({ fsGroup }) },
    container: Object.keys(container).length === 0 ? undefined : container,
  };
}

/** Whether it is sure before the start that the container does not run as root. */
export function demandsNonRoot({ spec }: Pick<WholeJob, 'spec'>, namespace: NamespaceView): boolean {
  const { runAsUser, runAsNonRoot } = spec.securityContext ?? {};
  if (runAsUser !== undefined) return runAsUser !== 0;
  return runAsNonRoot ?? demandsRestricted(namespace.metadata.labels);
}
