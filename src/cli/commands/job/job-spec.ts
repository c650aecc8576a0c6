/** Makes the spec of a NeuroJob from the flags of `neuro run`. Pure: the caller looks up the names of secrets. */
import type { NeuroJobSpec, SecretReference } from '../../../api/index.ts';
import { DEFAULT_LIFE_SPAN, isJobName, restartPolicyOf, restartWords } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { checkDuration } from '../../args/duration.ts';
import type { EnvEntry } from '../../args/env.ts';
import { shellWords } from '../../args/shell-words.ts';
import type { SecretPartUri } from '../../args/secret-part.ts';
import type { VolumeEntry } from '../../args/volume.ts';
import { CliError } from '../../errors.ts';

export interface RunOptions {
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly description?: string;
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly volume?: readonly string[];
  readonly entrypoint?: string;
  readonly workdir?: string;
  readonly preset?: string;
  /** Five fields of cron: a schedule is made, and no job. */
  readonly schedule?: string;
  readonly timeZone?: string;
  readonly restart?: string;
  readonly lifeSpan?: string;
  readonly scheduleTimeout?: string;
  readonly httpPort?: string;
  readonly shm?: string;
  readonly detach?: boolean;
  readonly waitStart?: boolean;
  readonly check?: boolean;
  readonly share?: readonly string[];
  readonly priority?: string;
  readonly portForward?: readonly string[];
  /** What the flags say; the caller decides where there is none. */
  readonly tty?: boolean;
  readonly stdin?: boolean;
}

interface JobParts {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly EnvEntry[];
  readonly volumes: readonly VolumeEntry[];
  readonly referenceOf: (secret: SecretPartUri) => SecretReference;
}

/** Throws what is wrong with the flags themselves, before anything is asked of the cluster. */
export function checkRunOptions(options: RunOptions): void {
  const { name, workdir, restart, lifeSpan, scheduleTimeout, httpPort, tag } = options;
  if (name !== undefined && !isJobName(name))
    throw new CliError(
      'usage',
      `The name '${name}' of the job has to be 3 to 40 of a-z, 0-9 and -, beginning with a letter.`,
    );
  if (workdir !== undefined && !workdir.startsWith('/'))
    throw new CliError('usage', `--workdir '${workdir}' is not an absolute path: begin it with /.`);
  if (restart !== undefined && restartPolicyOf(restart) === undefined)
    throw new CliError('usage', `--restart is one of ${Object.values(restartWords).join(', ')}, not '${restart}'.`);
  for (const [flag, text] of [
    ['--life-span', lifeSpan],
    ['--schedule-timeout', scheduleTimeout],
  ] as const) {
    if (text === undefined || (flag === '--life-span' && isZero(text))) continue;
    checkDuration(flag, text);
  }
  if (
    httpPort !== undefined &&
    !(Number.isInteger(Number(httpPort)) && Number(httpPort) >= 0 && Number(httpPort) < 65_536)
  )
    throw new CliError('usage', `--http-port '${httpPort}' is not a port: 1 to 65535, or 0 for none.`);
  for (const text of tag ?? [])
    if (!/^\S{1,256}$/.test(text))
      throw new CliError('usage', `The tag '${text}' has to be 1 to 256 characters without spaces.`);
}

export function jobSpec(options: RunOptions, parts: JobParts): NeuroJobSpec {
  const { image, command, env, volumes, referenceOf } = parts;
  const [onlyWord, ...moreWords] = command;
  // One word is a command line of its own, several are words already: as the original reads them.
  const args = onlyWord !== undefined && moreWords.length === 0 ? shellWords(onlyWord) : command;
  const files = volumes.filter((volume) => volume.kind === 'secret');
  const claims = volumes.filter((volume) => volume.kind === 'claim');
  const lifeSpan = options.lifeSpan ?? DEFAULT_LIFE_SPAN;
  const tags = [...new Set(options.tag ?? [])].sort();
  const port = Number(options.httpPort ?? 0);
  const restartPolicy = restartPolicyOf(options.restart ?? '');
  return {
    image,
    ...defined({ description: options.description }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(options.entrypoint === undefined ? {} : { command: shellWords(options.entrypoint) }),
    ...(args.length === 0 ? {} : { args }),
    ...defined({ workingDir: options.workdir }),
    ...(env.length === 0
      ? {}
      : {
          env: env.map((entry) =>
            'secret' in entry ? { name: entry.name, fromSecret: referenceOf(entry.secret) } : entry,
          ),
        }),
    ...(files.length === 0
      ? {}
      : { files: files.map(({ path, secret }) => ({ path, fromSecret: referenceOf(secret) })) }),
    ...(claims.length === 0
      ? {}
      : {
          volumes: claims.map(({ path, claim, readOnly }) => ({
            mountPath: path,
            ...(readOnly ? { readOnly } : {}),
            persistentVolumeClaim: { claimName: claim },
          })),
        }),
    ...defined({ preset: options.preset }),
    ...(options.priority === undefined || options.priority === 'normal' ? {} : { priorityClassName: options.priority }),
    ...defined({ shm: options.shm, restartPolicy }),
    ...(isZero(lifeSpan) ? {} : { lifeSpan }),
    ...defined({ scheduleTimeout: options.scheduleTimeout }),
    ...(port === 0 ? {} : { http: { port } }),
    ...(options.tty === true ? { tty: true } : {}),
    ...(options.tty === true || options.stdin === true ? { stdin: true } : {}),
  };
}

function isZero(duration: string): boolean {
  return /^0[dhms]?$/.test(duration);
}
