/** `neuro run` (`neuro job run`): checks the secrets, makes a NeuroJob, and follows it to its end. */
import { randomUUID } from 'node:crypto';
import {
  FIELD_MANAGERS,
  type NeuroJob,
  type NeuroJobSpec,
  type SecretReference,
  type SecretUri,
} from '../../../api/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { parseEnv } from '../../args/env.ts';
import { readEnvFiles } from '../../args/env-file.ts';
import { parseVolume } from '../../args/volume.ts';
import { isUsable, secretChecker, type CheckedSecret, type MissingSecret } from '../../cluster/check-secrets.ts';
import type { Connection } from '../../cluster/connection.ts';
import { homeOf } from '../../cluster/home.ts';
import { isFinished } from '../../cluster/jobs.ts';
import { neuroJobs } from '../../cluster/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import type { GlobalOptions } from '../../options.ts';
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
  if (options.check === true) return check(run, connection, { namespace, name }, spec, checked);
  await create(run, connection, { namespace, name }, spec);
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

/** Line by line what is there; the API server's own rules by a dry run. Nothing is created. */
async function check(
  run: Invocation<RunOptions>,
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  checked: ReadonlyMap<SecretUri, CheckedSecret>,
): Promise<number> {
  const lines = new Map([...checked.values()].map((secret) => [secret.uri, isUsable(secret) ? 'ok' : secret.sentence]));
  for (const [uri, result] of lines) run.io.stdout.write(`secret   ${uri}: ${result}\n`);
  const problems = uniqueProblems(checked);
  if (problems.length > 0)
    return problems.some(({ problem }) => problem === 'notPermitted') ? exitCodes.notPermitted : exitCodes.notFound;
  const by = { fieldManager: FIELD_MANAGERS.cli, dryRun: true };
  await connection.client.create(neuroJobs, { metadata: target, spec }, by);
  run.io.stdout.write(`job      the API server would take it in '${target.namespace}': ok\n`);
  if (spec.preset !== undefined)
    run.io.stdout.write(`preset   ${spec.preset}: known only to the operator, which looks at the start\n`);
  run.io.stdout.write(`image    ${spec.image}: looked for by the node, at the start\n`);
  return exitCodes.ok;
}

async function create(
  run: Invocation<RunOptions>,
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
): Promise<void> {
  const object = { metadata: target, spec };
  const by = { fieldManager: FIELD_MANAGERS.cli };
  try {
    await connection.client.create(neuroJobs, object, by);
    return;
  } catch (error) {
    if (!isKernelError(error, 'AlreadyExists')) throw error;
  }
  await removeFormer(run, connection, target);
  await connection.client.create(neuroJobs, object, by);
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
  if (options.quiet === true && isLeft) run.io.stdout.write(`${target.name}\n`);
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
