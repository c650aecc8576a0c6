/**
 * The last words of a container, with the job's secrets taken out by the values in the snapshot. One native Secret is in
 * memory at a time, and none is kept.
 */
import { JOB_CONTAINER } from '../../../api/index.ts';
import type { Watched } from '../../watched.ts';
import type { JobFacts } from '../facts.ts';
import { jobSecretRefs } from '../../secret-refs.ts';
import { redact } from './redact.ts';

/**
 * Native Secrets of a snapshot, 1 MiB each. To look for more takes too long for an extra that the Pod's log has anyway:
 * some 50 ms of a processor each.
 */
const mostSearchedSecrets = 4;

type Stores = Pick<Watched, 'pods' | 'secrets'>;

const snapshotGone = 'the snapshot of its secrets is gone';

/** Undefined: there are none, or they are gone with the Pod. */
export async function clearOutput(
  watched: Stores,
  { job, snapshot, pod }: Pick<JobFacts, 'job' | 'snapshot' | 'pod'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const current = await watched.pods.read(job.metadata, signal);
  const container = current?.status?.containerStatuses?.find(({ name }) => name === JOB_CONTAINER);
  const output = container?.state?.terminated?.message?.trim();
  if (output === undefined || output === '' || current?.metadata.uid !== pod?.metadata.uid) return undefined;
  if (snapshot === undefined) {
    return jobSecretRefs(job).length === 0 && job.rotates === undefined
      ? output
      : withheld(job.metadata.name, snapshotGone);
  }
  // The values of a rotation are in the first one, which may hold nothing else, so that nothing that was taken names it.
  const ofRotation = job.rotates === undefined ? [] : [snapshot.name];
  const names = [...new Set([...ofRotation, ...snapshot.taken.flatMap(({ secretName }) => secretName ?? [])])];
  if (names.length > mostSearchedSecrets) {
    return withheld(job.metadata.name, `its secrets have more than ${mostSearchedSecrets} MiB, too much to look for`);
  }
  const read = snapshotValues(watched, job.metadata.namespace, names, signal);
  const cleared = await redact(output, read.values);
  return read.isWhole() ? cleared.trim() : withheld(job.metadata.name, snapshotGone);
}

/** The values of a snapshot, one native Secret after the other. */
function snapshotValues(watched: Stores, namespace: string, names: readonly string[], signal: AbortSignal) {
  let missing = 0;
  async function* values(): AsyncGenerator<Uint8Array> {
    for (const name of names) {
      const secret = await watched.secrets.read({ namespace, name }, signal);
      if (secret === undefined) missing += 1;
      for (const base64 of Object.values(secret?.data ?? {})) yield Buffer.from(base64, 'base64');
    }
  }
  return { values: values(), isWhole: () => missing === 0 };
}

function withheld(pod: string, why: string): string {
  return `the last words of the container are withheld: ${why}; see the log of the Pod '${pod}'`;
}
