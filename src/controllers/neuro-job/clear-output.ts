/** The last words of a container with the job's secrets taken out, by the values in the snapshot, which is read for it. */
import type { Watched } from '../watched.ts';
import type { JobFacts } from './facts.ts';
import { redact } from './redact.ts';

/** Said instead, where the values to look for are not to be had any more. */
const withheld = 'the last words of the container are withheld: the snapshot that tells its secrets is gone';

export async function clearOutput(
  watched: Watched,
  { job, snapshot }: Pick<JobFacts, 'job' | 'snapshot'>,
  output: string,
  signal: AbortSignal,
): Promise<string> {
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
