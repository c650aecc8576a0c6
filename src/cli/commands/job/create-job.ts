/** Creates a job under the given name, or under a generated one. */
import { FIELD_MANAGERS, type NeuroJob, type NeuroJobSpec } from '../../../api/index.ts';
import { baseOfImage, isFinished, makeJobName } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { neuroJobs } from '../../connect/kinds.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { untilGone } from '../../connect/until-gone.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { withProgress } from '../../output/progress.ts';
import { warn } from '../../output/say.ts';

/** The command gives up after this many names: when all of them are taken, so are most of the 65,536. */
const mostDraws = 10;

interface NewJob {
  readonly namespace: string;
  /** Undefined: the name is generated from the image. */
  readonly name: string | undefined;
  readonly spec: NeuroJobSpec;
}

export async function createJob(
  run: Invocation,
  connection: Connection,
  { namespace, name, spec }: NewJob,
): Promise<NeuroJob> {
  const { client } = connection;
  const by = { fieldManager: FIELD_MANAGERS.cli };
  if (name !== undefined) {
    const object = { metadata: { namespace, name }, spec };
    const job = await unlessTaken(client.create(neuroJobs, object, by));
    if (job !== undefined) return job;
    await removeFormer(run, connection, { namespace, name });
    return client.create(neuroJobs, object, by);
  }
  for (let draw = 0; draw < mostDraws; draw += 1) {
    const metadata = { namespace, ...makeJobName(baseOfImage(spec.image)) };
    const job = await unlessTaken(client.create(neuroJobs, { metadata, spec }, by));
    if (job !== undefined) return job;
  }
  throw new CliError('other', `No free name was found for a job of '${spec.image}': choose one with --name.`);
}

async function unlessTaken(creating: Promise<NeuroJob>): Promise<NeuroJob | undefined> {
  try {
    return await creating;
  } catch (error) {
    if (isKernelError(error, 'AlreadyExists')) return undefined;
    throw error;
  }
}

/** A finished job frees its name, as in the original. */
async function removeFormer(
  run: Invocation,
  connection: Connection,
  target: { readonly namespace: string; readonly name: string },
): Promise<void> {
  const { client } = connection;
  const { name } = target;
  const former: NeuroJob | undefined = await client.get(neuroJobs, target);
  if (former === undefined) return;
  if (former.spec.suspend === true)
    throw new CliError('illegalArgument', `The job '${name}' exists and is a template: choose another name.`);
  if (!isFinished(former))
    throw new CliError(
      'illegalArgument',
      `The job '${name}' exists and has not finished: end it with ${jobCommand('kill', target)}, or choose another name.`,
    );
  warn(run, `The finished job '${name}' is replaced.`);
  const { uid } = former.metadata;
  await client.delete(neuroJobs, target, defined({ uid }));
  if (uid === undefined) return;
  await withProgress(run, { what: `Removing the finished job '${name}'` }, () =>
    untilGone(connection, neuroJobs, { ...target, uid }),
  );
}
