/** `neuro job generate-run-command`: prints a `neuro run …` that makes such a job again. */
import { calledName, type SecretReference } from '../../../api/index.ts';
import { keyOfShared, lostSentence, runCommandOf, usedKeys } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { homeOf } from '../../homes/home.ts';
import { getJob, jobCommand } from '../../jobs/jobs.ts';
import { userSecrets } from '../../connect/kinds.ts';
import { sharedWithMe } from '../../secrets/shared-with-me.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import { warn } from '../../output/say.ts';

export async function generateRunCommand(run: Invocation, text: string): Promise<void> {
  const connection = await run.connect();
  const namespace = await homeOf(connection, run.options);
  const job = await getJob(connection, namespace, text);
  const noted = usedKeys(job);
  const keys = new Map<string, string>();
  const references = [...(job.spec.env ?? []), ...(job.spec.files ?? [])].flatMap(({ fromSecret }) => fromSecret ?? []);
  for (const { name, namespace: owner = namespace } of references) {
    const id = `${owner}/${name}`;
    if (keys.has(id)) continue;
    const secret = { name, namespace: owner };
    keys.set(id, noted(secret) ?? (await keyNow(connection, namespace, secret, run.io.now())));
  }
  const keyOf = ({ name, namespace: owner = namespace }: SecretReference): string =>
    keys.get(`${owner}/${name}`) ?? name;
  const withNamespace = run.options.namespace !== undefined;
  const { line, lost } = runCommandOf(job, { namespace, withNamespace, keyOf });
  printLines(run, [line]);
  if (lost.length > 0)
    warn(
      run,
      `${lostSentence(lost)} ${jobCommand('status -o yaml', { namespace, name: job.metadata.name })} shows all of it.`,
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
    if (namespace !== home) return keyOfShared(await sharedWithMe(connection, home, now), { namespace, name }) ?? name;
    const secret = await connection.client.get(userSecrets, { namespace, name });
    return secret === undefined ? name : calledName(secret);
  } catch (error) {
    if (isKernelError(error, 'Forbidden')) return name;
    throw error;
  }
}
