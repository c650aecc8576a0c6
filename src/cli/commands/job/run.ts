/** `neuro run` (`neuro job run`): checks the secrets, makes a NeuroJob, and follows it to its end. */
import {
  formatSubject,
  parseSubject,
  type NeuroJob,
  type NeuroJobSpec,
  type SecretGrantSubject,
  type SecretReference,
} from '../../../api/index.ts';
import { defined } from '../../../defined.ts';
import { baseOfImage, isUsable, makeJobName } from '../../../client/index.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { parseEnv, readEnvSources } from '../../args/env.ts';
import type { SecretPartUri } from '../../args/secret-part.ts';
import { parseVolume } from '../../args/volume.ts';
import { secretChecker } from '../../secrets/check-secrets.ts';
import type { Connection } from '../../connect/connection.ts';
import { CliError } from '../../errors.ts';
import { homeOf } from '../../homes/home.ts';
import type { Invocation } from '../../factory.ts';
import type { GlobalOptions } from '../../options.ts';
import { jobCommand } from '../../jobs/jobs.ts';
import { shareJob } from '../../jobs/share-job.ts';
import { printLines } from '../../output/print.ts';
import { eachWithProgress } from '../../output/progress.ts';
import { note, say, warn } from '../../output/say.ts';
import { warnOfMissingSubject, warnOfSubject } from '../../output/warn-of-subject.ts';
import { exitCodes } from '../../exit-codes.ts';
import { wantsTerminal } from '../../terminal/wants-terminal.ts';
import { parsePortPair } from '../../args/port-pair.ts';
import { createJob } from './create-job.ts';
import type { FollowTarget } from './follow.ts';
import { checkAll, createMissingGuard, refuseMissing } from './missing-secrets.ts';
import type { StayOptions } from './stay.ts';
import { createStatusPrinter } from './status-printer.ts';
import { checkRunOptions, jobSpec, type RunOptions } from './job-spec.ts';

export async function runJob(run: Invocation<RunOptions>, image: string, command: readonly string[]): Promise<number> {
  const { io } = run;
  if (image.startsWith('-'))
    throw new CliError(
      'usage',
      `'${image}' is not an image, whose name does not begin with '-': write the options before the image, \`neuro run IMAGE\`.`,
    );
  // Where the command leaves the job, nobody is there to type.
  const isLeft = isDetached(run.options) || run.options.schedule !== undefined;
  const tty = isLeft ? run.options.tty === true : wantsTerminal(io, run.options.tty);
  const options: RunOptions & GlobalOptions = { ...run.options, tty };
  checkRunOptions(options);
  if (isLeft && options.check !== true) refuseBeside(options, 'Nobody follows the job', ['portForward']);
  const { schedule } = options;
  if (schedule !== undefined)
    (await import('../schedule/create.ts')).checkScheduleOptions(
      { ...options, tty: run.options.tty === true },
      schedule,
    );
  else if (options.timeZone !== undefined) throw new CliError('usage', '--time-zone goes with --schedule.');
  const subjects = (options.share ?? []).map(parseSubject);
  for (const subject of subjects) warnOfSubject(run, subject);
  const ports = (options.portForward ?? []).map(parsePortPair);
  const env = parseEnv(options.env ?? [], await readEnvSources(options.envFile ?? []), io.env);
  const volumes = (options.volume ?? []).map(parseVolume);
  const connection = await run.connect();
  const namespace = await homeOf(connection, options);
  for (const subject of subjects) await warnOfMissingSubject(run, connection, subject);
  const wanted = [...env, ...volumes].flatMap((entry) => ('secret' in entry ? [entry.secret] : []));
  const checked = await checkAll(secretChecker(connection, namespace, io.now()), wanted);
  const referenceOf = (secret: SecretPartUri): SecretReference => {
    const found = checked.get(secret);
    if (found === undefined || !isUsable(found)) return { name: '' };
    return { ...found.reference, ...defined({ part: secret.part }) };
  };
  const words = command[0] === '--' ? command.slice(1) : command;
  const spec = jobSpec(options, { image, command: words, env, volumes, referenceOf });
  if (options.check === true) {
    const { name } = options.name === undefined ? makeJobName(baseOfImage(image)) : { name: options.name };
    const { printCheck } = await import('./check.ts');
    return printCheck(run, connection, { namespace, name }, spec, [...checked.values()]);
  }
  if (schedule !== undefined) {
    refuseMissing(run, checked.values(), 'No schedule was made.');
    await (await import('../schedule/create.ts')).createSchedule(run, connection, namespace, { spec, schedule });
    return exitCodes.ok;
  }
  refuseMissing(run, checked.values(), 'No job was made.');
  const job = await createJob(run, connection, { namespace, name: options.name, spec });
  const { name } = job.metadata;
  await shareWithAll(run, connection, job, subjects);
  const onWaiting = createMissingGuard(run, connection, { namespace, name }, wanted);
  return follow(run, connection, { namespace, name }, { spec, ports, onWaiting });
}

/** Rejects with the first error, after a warning that the job exists all the same. */
async function shareWithAll(
  run: Invocation,
  connection: Connection,
  job: NeuroJob,
  subjects: readonly SecretGrantSubject[],
): Promise<void> {
  if (subjects.length === 0) return;
  const { namespace = '', name } = job.metadata;
  const target = { namespace, name };
  await eachWithProgress(run, { what: 'Sharing', nameOf: formatSubject }, subjects, (subject) =>
    shareJob(connection, job, subject).catch((error: unknown) => {
      const end = jobCommand('kill', target);
      warn(run, `The job '${name}' was made, and is not shared with ${formatSubject(subject)}; ${end} ends it.`);
      throw error;
    }),
  );
  const names = subjects.map(formatSubject).join(', ');
  note(run, `${names} may look after it: ${jobCommand('status', target)}, logs, exec, kill.`);
}

interface Following extends Pick<StayOptions, 'ports' | 'onWaiting'> {
  readonly spec: NeuroJobSpec;
}

async function follow(
  run: Invocation<RunOptions>,
  connection: Connection,
  target: FollowTarget,
  { spec: { tty, stdin }, ports, onWaiting }: Following,
): Promise<number> {
  const { options } = run;
  const isLeft = isDetached(options);
  // Only the output of the job goes to standard output.
  const tell = (line: string): void => (isLeft ? say : note)(run, line);
  if (options.quiet === true && isLeft) printLines(run, [target.name]);
  tell(`Job ID: ${target.name}`);
  if (options.waitStart === false) return exitCodes.ok;
  const { stayWithJob } = await import('./stay.ts');
  return stayWithJob(run, connection, target, {
    tell: createStatusPrinter(tell),
    tty: tty === true,
    stdin: stdin === true && tty !== true,
    ports,
    onWaiting,
    detach: isLeft,
  });
}

function isDetached({ detach, waitStart }: RunOptions): boolean {
  return detach === true || waitStart === false;
}
