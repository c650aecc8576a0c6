/**
 * The last words of a container with the job's secrets taken out, by the values in the snapshot. Both are read for it: neither is
 * kept in memory.
 */
import { JOB_CONTAINER } from '../../api/index.ts';
import type { Watched } from '../watched.ts';
import type { JobFacts } from './facts.ts';
import { redact } from './redact.ts';

const gone = 'the last words of the container are gone with its Pod';
/** Said instead, where the values to look for are not to be had any more. */
const withheld = 'the last words of the container are withheld: the snapshot that tells its secrets is gone';

export async function clearOutput(
  watched: Watched,
  { job, snapshot, pod }: Pick<JobFacts, 'job' | 'snapshot' | 'pod'>,
  signal: AbortSignal,
): Promise<string> {
  const current = await watched.pods.read(job.metadata, signal);
  const container = current?.status?.containerStatuses?.find(({ name }) => name === JOB_CONTAINER);
  const output = container?.state?.terminated?.message;
  if (output === undefined || current?.metadata.uid !== pod?.metadata.uid) return gone;
  if (snapshot === undefined) return job.status.snapshotName === undefined ? output.trim() : withheld;
  const { namespace } = job.metadata;
  const names = new Set(snapshot.taken.flatMap(({ secretName }) => secretName ?? []));
  const secrets = await Promise.all([...names].map((name) => watched.secrets.read({ namespace, name }, signal)));
  if (secrets.includes(undefined)) return withheld;
  const values = secrets.flatMap((secret) =>
    Object.values(secret?.data ?? {}).map((base64) => Buffer.from(base64, 'base64')),
  );
  return redact(output, values).trim();
}
