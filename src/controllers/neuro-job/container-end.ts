/** How a container ended, as its status in the Pod says it. Pure. */
import type { NeuroJobReason } from '../../api/index.ts';
import type { PodView } from '../pod-view.ts';

export type Terminated = NonNullable<NonNullable<NonNullable<PodView['container']>['state']>['terminated']>;

export function endReason({ reason, exitCode }: Terminated): NeuroJobReason {
  switch (reason) {
    case 'OOMKilled':
    case 'ContainerCannotRun':
    case 'DeadlineExceeded':
      return reason;
    // Containerd's word for the same.
    case 'StartError':
      return 'ContainerCannotRun';
    default:
      return exitCode === 0 ? 'Completed' : 'Error';
  }
}

/** The start of time stands for a container that was never started. */
export function startOf({ startedAt }: Terminated): string | undefined {
  return startedAt !== undefined && Date.parse(startedAt) > 0 ? startedAt : undefined;
}

/** The runtime says which, and may quote the command for it. */
export function cannotRunSentence({ exitCode }: Terminated): string {
  return (
    `the container did not start (exit code ${exitCode}): its command cannot be run in the image, ` +
    'or a file, a folder or a variable of the job cannot be set there'
  );
}
