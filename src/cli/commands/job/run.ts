/** `neuro run` (`neuro job run`): checks the secrets, makes a NeuroJob, and follows it to its end. */
import { randomUUID } from 'node:crypto';
import {
  FIELD_MANAGERS,
  formatSubject,
  parseSubject,
  type NeuroJob,
  type NeuroJobSpec,
  type SecretGrantSubject,
  type SecretReference,
  type SecretUri,
} from '../../../api/index.ts';
import { isFinished } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { parseEnv } from '../../args/env.ts';
import { readEnvFiles } from '../../args/env-file.ts';
import { parseVolume } from '../../args/volume.ts';
import { isUsable, secretChecker, type CheckedSecret, type MissingSecret } from '../../cluster/check-secrets.ts';
import type { Connection } from '../../cluster/connection.ts';
import { homeOf } from '../../cluster/home.ts';
import { neuroJobs } from '../../cluster/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import type { GlobalOptions } from '../../options.ts';
import { shareJob } from '../../cluster/share-job.ts';
import { printLines } from '../../output/print.ts';
import { note, say, sayError, warn } from '../../output/say.ts';
import { exitCodes } from '../../errors.ts';
import { wantsTerminal } from '../../terminal/wants-terminal.ts';
import { parsePortPair, type PortPair } from '../../args/port-pair.ts';
import type { FollowTarget } from './follow.ts';
import { createStatusTeller } from './status-teller.ts';
import { checkRunOptions, jobSpec, type RunOptions } from './job-spec.ts';
import { pause } from '../../cluster/pause.ts';

export async function runJob(run: Invocation<RunOptions>, image: string, command: readonly string[]): Promise<number> {
  const { io } = run;
  // Nobody is there to type where the job is left.
  const tty = isDetached(run.options) ? run.options.tty === true : wantsTerminal(io, run.options.tty);
  const options: RunOptions & GlobalOptions = { ...run.options, tty };
  checkRunOptions(options);
  const subjects = (options.share ?? []).map(parseSubject);
  const ports = (options.portForward ?? []).map(parsePortPair);
  const env = parseEnv(options.env ?? [], await readEnvFiles(options.envFile ?? []), io.env);
  const volumes = (options.volume ?? []).map(parseVolume);
  const connection = await run.connect();
  const namespace = await homeOf(connection, options);
  const checker = secretChecker(connection, namespace, io.now());
  const wanted = [...env, ...volumes].flatMap((entry) => ('secret' in entry ? [entry.secret] : []));
  const checked = new Map<SecretUri, CheckedSecret>();
  for (const secret of wanted) checked.set(secret, await checker.check(secret));
  const referenceOf = (secret: SecretUri): SecretReference => {
    const found = checked.get(secret);
    return found !== undefined && isUsable(found) ? found.reference : { name: '' };
  };
  if (options.check !== true) refuseMissing(run, checked);
  const words = command[0] === '--' ? command.slice(1) : command;
  const spec = jobSpec(options, { image, command: words, env, volumes, referenceOf });
  const name = options.name ?? `job-${randomUUID()}`;
  if (options.check === true)
    return (await import('./check.ts')).checkJob(run, connection, { namespace, name }, spec, [...checked.values()]);
  const job = await create(run, connection, { namespace, name }, spec);
  for (const subject of subjects) await shareJob(connection, job, subject);
  if (subjects.length > 0) note(run, sharedSentence(subjects, namespace, name));
  return follow(run, connection, { namespace, name }, spec, ports);
}

function refuseMissing(run: Invocation<RunOptions>, checked: ReadonlyMap<SecretUri, CheckedSecret>): void {
  const problems = uniqueProblems(checked);
  const [first, ...more] = problems;
  if (first === undefined) return;
  for (const { sentence } of more) sayError(run, `${sentence}.`);
  const code = problems.some(({ problem }) => problem === 'notPermitted') ? 'notPermitted' : 'notFound';
  throw new CliError(code, `${first.sentence}. No job was made.`);
}

function uniqueProblems(checked: ReadonlyMap<SecretUri, CheckedSecret>): readonly MissingSecret[] {
  const byUri = new Map([...checked.values()].map((secret) => [secret.uri, secret]));
  return [...byUri.values()].flatMap((secret) => (isUsable(secret) ? [] : [secret]));
}

async function create(
  run: Invocation<RunOptions>,
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
): Promise<NeuroJob> {
  const object = { metadata: target, spec };
  const by = { fieldManager: FIELD_MANAGERS.cli };
  try {
    return await connection.client.create(neuroJobs, object, by);
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
  }
  await removeFormer(run, connection, target);
  return connection.client.create(neuroJobs, object, by);
}

function sharedSentence(subjects: readonly SecretGrantSubject[], namespace: string, name: string): string {
  return `${subjects.map(formatSubject).join(', ')} may look after it: \`neuro status -n ${namespace} ${name}\`, logs, exec, kill.`;
}

/** A finished job frees its name, as in the original. */
async function removeFormer(run: Invocation<RunOptions>, connection: Connection, target: FollowTarget): Promise<void> {
  const { name } = target;
  const former: NeuroJob | undefined = await connection.client.get(neuroJobs, target);
  if (former === undefined) return;
  if (!isFinished(former))
    throw new CliError(
      'illegalArgument',
      `A job '${name}' is there and has not finished: \`neuro kill ${name}\`, or choose another name.`,
    );
  warn(run, `The finished job '${name}' is replaced.`);
  const { uid } = former.metadata;
  await connection.client.delete(neuroJobs, target, uid === undefined ? {} : { uid });
  while ((await connection.client.get(neuroJobs, target))?.metadata.uid === uid) await pause(50);
}

async function follow(
  run: Invocation<RunOptions>,
  connection: Connection,
  target: FollowTarget,
  { tty, stdin }: NeuroJobSpec,
  ports: readonly PortPair[],
): Promise<number> {
  const { options } = run;
  const isLeft = isDetached(options);
  // The output of the job has standard output for itself.
  const tell = (line: string): void => (isLeft ? say : note)(run, line);
  if (options.quiet === true && isLeft) printLines(run, [target.name]);
  tell(`Job ID: ${target.name}`);
  if (options.waitStart === false) return exitCodes.ok;
  const { stayWithJob } = await import('./stay.ts');
  return stayWithJob(run, connection, target, {
    tell: createStatusTeller(tell),
    tty: tty === true,
    stdin: stdin === true && tty !== true,
    ports,
    detach: isLeft,
  });
}

function isDetached({ detach, waitStart }: RunOptions): boolean {
  return detach === true || waitStart === false;
}
