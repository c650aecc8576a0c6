/** The Pod of a job, where it runs; otherwise what to say of it. */
import { JOB_CONTAINER, type NeuroJob } from '../../api/index.ts';
import { isFinished } from '../../client/index.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import { getRunnableJob, jobCommand, statusWithReason } from './jobs.ts';

export interface RunningPod {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export async function runningPod(connection: Connection, namespace: string, text: string): Promise<RunningPod> {
  const job = await getRunnableJob(connection, namespace, text);
  const pod = podOf(job, namespace);
  if (pod !== undefined) return pod;
  const { name } = job.metadata;
  const advice = isFinished(job)
    ? `${jobCommand('logs', { namespace, name })} shows what it printed`
    : `${jobCommand('attach', { namespace, name })} waits for it`;
  throw new CliError('value', `Job '${name}' is not running: it is ${statusWithReason(job)}; ${advice}.`);
}

/** Undefined where it does not run. */
export function podOf({ status }: NeuroJob, namespace: string): RunningPod | undefined {
  if (status?.phase !== 'Running' || status.podName === undefined) return undefined;
  return { namespace, pod: status.podName, container: JOB_CONTAINER };
}
