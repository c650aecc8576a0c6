/** `neuro job generate-run-command`: prints a `neuro run …` that makes such a job again. */
import { effectiveKey, type SecretReference } from '../../../api/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../cluster/connection.ts';
import { homeOf } from '../../cluster/home.ts';
import { getJob } from '../../cluster/jobs.ts';
import { userSecrets } from '../../cluster/kinds.ts';
import { sharedWithMe } from '../../cluster/shared-with-me.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { warn } from '../../output/say.ts';
import { runCommandOf } from './run-command.ts';

export async function generateRunCommand(run: Invocation, text: string): Promise<void> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const job = await getJob(connection, namespace, text);
  const keys = new Map((job.status?.secrets ?? []).map((secret) => [`${secret.namespace}/${secret.name}`, secret.key]));
  const references = [...(job.spec.env ?? []), ...(job.spec.files ?? [])].flatMap(({ fromSecret }) => fromSecret ?? []);
  for (const { name, namespace: owner = namespace } of references) {
    const id = `${owner}/${name}`;
    if (keys.get(id) === undefined)
      keys.set(id, await keyNow(connection, namespace, { name, namespace: owner }, run.io.now()));
  }
  const keyOf = ({ name, namespace: owner = namespace }: SecretReference): string =>
    keys.get(`${owner}/${name}`) ?? name;
  const { line, lost } = runCommandOf(job, namespace, keyOf);
  printLines(run, [line]);
  if (lost.length > 0)
    warn(
      run,
      `No flag says these of the job: ${lost.join(', ')}. \`neuro status ${job.metadata.name} -o yaml\` has all.`,
    );
}

/** A job that has not started yet knows names only. */
async function keyNow(
  connection: Connection,
  home: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  now: Date,
): Promise<string> {
  try {
    if (namespace !== home)
      return (
        (await sharedWithMe(connection, home, now)).find(
          (entry) => entry.namespace === namespace && entry.name === name,
        )?.key ?? name
      );
    const secret = await connection.client.get(userSecrets, { namespace, name });
    return secret === undefined ? name : effectiveKey(secret);
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return name;
    throw error;
  }
}
