/**
 * `neuro secret exec`: runs a command of this machine with secrets as variables. They are in the environment of that
 * command and nowhere else: no file, no argument, no output of ours.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { splitPair, type TlsPart } from '../../../api/index.ts';
import { parseEnv, readEnvSources, type EnvEntry } from '../../args/env.ts';
import { isDangerousVariable } from '../../args/dangerous-variables.ts';
import type { Connection } from '../../connect/connection.ts';
import { checkCluster } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
import { readBytes } from '../../secrets/read-secret.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { eachWithProgress } from '../../output/progress.ts';
import { note, warn } from '../../output/say.ts';
import { ownerOnly } from './get.ts';

export interface ExecOptions {
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
}

/** What Linux takes for one variable, with its name, the `=` and the final NUL. */
const maxVariableBytes = 128 * 1024;
/** A terminal sends these to the command itself, as it is in the same group. */
const ofTheTerminal = ['SIGINT', 'SIGQUIT'] as const;
const passedOn = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

export async function execWithSecrets(run: Invocation<ExecOptions>, words: readonly string[]): Promise<number> {
  const { options, io } = run;
  const [command, ...args] = words[0] === '--' ? words.slice(1) : words;
  if (command === undefined)
    throw new CliError('usage', 'Name the command: `neuro secret exec --env NAME=secret:KEY -- COMMAND`.');
  const entries = parseEnv(options.env ?? [], await readEnvSources(options.envFile ?? []), io.env);
  for (const { name } of entries)
    if (isDangerousVariable(name))
      warn(run, `${name} decides which programs run, or what they load; is it meant to be a secret?`);
  if (entries.length === 0)
    note(run, 'The command gets no secret: --env NAME=secret:KEY gives it one, --env-file FILE several.');
  if (args.includes(''))
    note(
      run,
      `An empty word is in the command. If it was a $NAME, your shell replaced it before: sh -c 'echo "$NAME"'.`,
    );
  const variables = await valuesOf(run, entries);
  return runChild(run, command, args, { ...io.env, ...variables });
}

async function valuesOf(
  run: Invocation<ExecOptions>,
  entries: readonly EnvEntry[],
): Promise<Readonly<Record<string, string>>> {
  // Not by assignment: a variable may be named `__proto__`.
  const values = new Map<string, string>();
  if (!entries.some((entry) => 'secret' in entry))
    return Object.fromEntries(entries.map((entry) => [entry.name, 'value' in entry ? entry.value : '']));
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  await eachWithProgress(run, { what: 'Reading' }, entries, async (entry) => {
    values.set(
      entry.name,
      'value' in entry ? entry.value : asVariable(entry.name, await read(connection, home, entry)),
    );
  });
  // The command may go on for hours.
  await connection.close();
  return Object.fromEntries(values);
}

async function read(
  connection: Connection,
  home: string,
  { secret }: Extract<EnvEntry, { readonly secret: unknown }>,
): Promise<Buffer> {
  checkCluster(secret, connection.clusterName);
  const named = { namespace: secret.owner ?? home, key: secret.key ?? '' };
  const value = await readBytes(connection, named).catch((error: unknown) => {
    throw ownerOnly(error, named);
  });
  return secret.part === undefined ? value : partOf(value, named.key, secret.part);
}

function partOf(value: Buffer, key: string, part: TlsPart): Buffer {
  const split = splitPair(value.toString('utf8'));
  const text = 'problem' in split ? undefined : split.parts[part];
  if (text !== undefined) return Buffer.from(text);
  throw new CliError('illegalArgument', `Secret '${key}' has no part ${part}; only certificate pairs have parts.`);
}

/** A variable is text that ends at the first NUL, so some values cannot be one. */
function asVariable(name: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const why = !Buffer.from(text, 'utf8').equals(bytes)
    ? 'it is not UTF-8'
    : text.includes('\0')
      ? 'it holds a NUL'
      : Buffer.byteLength(name) + bytes.length + 2 > maxVariableBytes
        ? `it has ${bytes.length} bytes, and a variable less than ${maxVariableBytes}`
        : undefined;
  if (why === undefined) return text;
  throw new CliError(
    'illegalArgument',
    `The value for ${name} cannot be a variable: ${why}. Write it into a file with \`neuro secret get KEY -f FILE\`.`,
  );
}

/** The exit code of the command; 128 and the number of the signal that ended it, as a shell has it. */
function runChild(
  run: Invocation,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const listeners = [...passedOn, ...ofTheTerminal].map((signal) => {
      const isForItToo = run.io.isInputTerminal && (ofTheTerminal as readonly string[]).includes(signal);
      const listener = (): void => {
        if (!isForItToo) child.kill(signal);
      };
      return [signal, listener] as const;
    });
    const leave = (): void => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
    // Before the command is there, or a signal in between would end this process alone and leave the command to itself.
    for (const [signal, listener] of listeners) process.on(signal, listener);
    const child = spawn(command, [...args], { stdio: 'inherit', env });
    child.once('error', (error: NodeJS.ErrnoException) => {
      leave();
      reject(cannotRun(command, error));
    });
    child.once('exit', (code, signal) => {
      leave();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function cannotRun(command: string, error: NodeJS.ErrnoException): CliError {
  if (error.code === 'ENOENT') {
    const meant = /^secret:/i.test(command) ? ` A secret goes behind --env: --env NAME=${command} -- COMMAND.` : '';
    return new CliError('notFound', `The command '${command}' was not found.${meant}`);
  }
  if (error.code === 'EACCES') return new CliError('notPermitted', `The command '${command}' may not be run.`);
  if (error.code === 'E2BIG')
    return new CliError('illegalArgument', 'The variables are too large together; give fewer or smaller ones.');
  return new CliError(
    'inputOutput',
    `The command '${command}' could not be run (${error.code ?? String(exitCodes.other)}).`,
  );
}
