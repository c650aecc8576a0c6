/**
 * The `neuro run …` that makes such a job again, ready to paste into a shell. It names secrets and holds no value of one. Pure.
 *
 * Promise: what the line says makes the same spec, and `lost` names everything else of the job. Fields that say the default
 * (an empty list, `false`, no readOnly) count as absent, as they do in a Pod.
 */
import {
  formatSecretUri,
  partSuffix,
  isDuration,
  KUEUE_LABEL_PREFIX,
  looksLikeSecretUri,
  type NeuroJob,
  type NeuroJobSpec,
  type SecretReference,
} from '../api/index.ts';
import { DEFAULT_LIFE_SPAN, restartWords } from './job-words.ts';
import { isJobName, isMadeUp } from './names.ts';
import { quote, quoteAll } from './shell.ts';

export interface RunCommand {
  readonly line: string;
  /** Fields of the job that no flag of `neuro run` can say, for people. */
  readonly lost: readonly string[];
}

export interface RunCommandOptions {
  /** Namespace of the job. */
  readonly namespace: string;
  /** Say the namespace, where the reader may work in another. */
  readonly withNamespace?: boolean;
  /** The key by which people know a secret. */
  readonly keyOf: (secret: SecretReference) => string;
}

/** The part of the command that one field becomes. */
interface Line {
  flag(name: string, value?: string): void;
  lost(what: string): void;
  uriOf(secret: SecretReference): string;
}

type Sayer<K extends keyof NeuroJobSpec> = (
  value: NonNullable<NeuroJobSpec[K]>,
  line: Line,
  spec: NeuroJobSpec,
) => void;

/** NUL ends an argument, so no command line can hold it. */
const NUL = '\u0000';
const MAX_PORT = 65_535;

/** Writes each field of the spec, in the order of the command line. Every field has a row: a new field does not compile without one. */
const sayers: { readonly [K in keyof Required<NeuroJobSpec>]: Sayer<K> } = {
  description: text('--description'),
  tags: (tags, line) => {
    for (const tag of tags) text('--tag')(tag, line);
  },
  preset: text('--preset'),
  priorityClassName: (name, line) => {
    // `neuro run` reads `--priority normal` as no class.
    if (name === 'normal' || name === '') line.lost(`priorityClassName '${name}'`);
    else text('--priority')(name, line);
  },
  shm: (size, line) => line.flag('--shm', String(size)),
  http: ({ port }, line) => {
    if (port > 0 && port <= MAX_PORT) line.flag('--http-port', String(port));
    else line.lost('http');
  },
  restartPolicy: (policy, line) => line.flag('--restart', restartWords[policy]),
  lifeSpan: (span, line) => {
    if (!isDuration(span)) line.lost('lifeSpan');
    else if (span !== DEFAULT_LIFE_SPAN) line.flag('--life-span', span);
  },
  scheduleTimeout: (time, line) => {
    if (isDuration(time)) line.flag('--schedule-timeout', time);
    else line.lost('scheduleTimeout');
  },
  workingDir: (folder, line) => {
    if (folder.startsWith('/')) text('--workdir')(folder, line);
    else line.lost('workingDir');
  },
  command: (words, line) => {
    if (words.length > 0) text('--entrypoint')(quoteAll(words), line);
  },
  tty: (isWanted, line, { stdin = false }) => {
    // On a terminal `neuro run` gives the job a terminal as well, unless a flag forbids it.
    line.flag(isWanted ? '--tty' : '--no-tty');
    if (isWanted && !stdin) line.lost('tty without stdin');
  },
  stdin: (isWanted, line, { tty = false }) => {
    if (isWanted && !tty) line.flag('--stdin');
  },
  env: (entries, line) => {
    for (const { name, value = '', fromSecret } of entries) {
      if (fromSecret !== undefined) line.flag('--env', `${name}=${line.uriOf(fromSecret)}`);
      // `neuro run` would read it as the name of a secret.
      else if (looksLikeSecretUri(value)) line.lost(`env ${name} (a plain value that begins with secret:)`);
      else if (value.includes(NUL)) line.lost(`env ${name} (its value holds NUL)`);
      else line.flag('--env', `${name}=${value}`);
    }
  },
  files: (files, line) => {
    for (const { path, fromSecret, mode } of files) {
      if (!isMountPath(path)) {
        line.lost(`file ${path}`);
        continue;
      }
      line.flag('--volume', `${line.uriOf(fromSecret)}:${path}`);
      if (mode !== undefined) line.lost(`mode of ${path}`);
    }
  },
  volumes: (volumes, line) => {
    for (const { mountPath, persistentVolumeClaim, readOnly, subPath } of volumes) {
      const isPlain = subPath === undefined && persistentVolumeClaim?.readOnly !== true && isMountPath(mountPath);
      if (persistentVolumeClaim === undefined || !isPlain) line.lost(`volume at ${mountPath}`);
      else
        line.flag('--volume', `pvc:${persistentVolumeClaim.claimName}:${mountPath}${readOnly === true ? ':ro' : ''}`);
    }
  },
  imagePullPolicy: unsaid('imagePullPolicy'),
  imagePullSecret: unsaid('imagePullSecret'),
  imagePullSecrets: unsaid('imagePullSecrets'),
  resources: unsaid('resources'),
  nodeSelector: unsaid('nodeSelector'),
  tolerations: unsaid('tolerations'),
  schedulingGates: unsaid('schedulingGates'),
  ttlAfterFinished: unsaid('ttlAfterFinished'),
  serviceAccountName: unsaid('serviceAccountName'),
  automountServiceAccountToken: unsaid('automountServiceAccountToken'),
  securityContext: unsaid('securityContext'),
  // A copy of a job that was ended is not ended.
  cancel: () => undefined,
  // A copy of a template runs.
  suspend: () => undefined,
  // Said at their places, after the flags.
  image: () => undefined,
  args: () => undefined,
};

/** What a field without a value means to `neuro run`, where that is not the same. */
const whereAbsent: NeuroJobSpec = { image: '', tty: false };

export function runCommandOf(job: Pick<NeuroJob, 'metadata' | 'spec'>, options: RunCommandOptions): RunCommand {
  const { metadata, spec } = job;
  const { namespace, keyOf } = options;
  const words = ['neuro', 'run'];
  const lost: string[] = [];
  const line: Line = {
    flag: (name, value) => words.push(name, ...(value === undefined ? [] : [quote(value)])),
    lost: (what) => lost.push(what),
    uriOf: (secret) => {
      const { namespace: owner = namespace } = secret;
      const key = keyOf(secret);
      return `${formatSecretUri(owner === namespace ? { key } : { owner, key })}${partSuffix(secret)}`;
    },
  };
  if (options.withNamespace === true) line.flag('--namespace', namespace);
  if (!isMadeUp(job)) {
    if (isJobName(metadata.name)) line.flag('--name', metadata.name);
    else line.lost(`the name '${metadata.name}'`);
  }
  for (const field of Object.keys(sayers) as (keyof NeuroJobSpec)[]) say(field, spec, line);
  if (spec.lifeSpan === undefined) line.flag('--life-span', '0');
  for (const field of Object.keys(spec)) if (!(field in sayers)) line.lost(field);
  for (const label of Object.keys(metadata.labels ?? {}))
    if (label.startsWith(KUEUE_LABEL_PREFIX)) line.lost(`label ${label}`);
  if (spec.image.startsWith('-')) line.lost('image');
  words.push(quote(spec.image));
  words.push(...argumentsOf(spec, line));
  return { line: words.join(' '), lost };
}

/** Tells people which parts of the job the command cannot say. */
export function lostSentence(lost: readonly string[]): string {
  return `No flag of neuro run says this of the job: ${lost.join(', ')}.`;
}

function say(field: keyof NeuroJobSpec, spec: NeuroJobSpec, line: Line): void {
  const value = spec[field] ?? whereAbsent[field];
  // The table's own type pairs each field with its sayer.
  if (value !== undefined)
    (sayers[field] as (value: unknown, line: Line, spec: NeuroJobSpec) => void)(value, line, spec);
}

function argumentsOf({ args = [] }: NeuroJobSpec, line: Line): readonly string[] {
  const [only, ...more] = args;
  if (only === undefined) return [];
  if (args.some((word) => word.includes(NUL))) {
    line.lost('args (they hold NUL)');
    return [];
  }
  // `neuro run` splits a single word once more.
  return ['--', ...(more.length === 0 ? [quote(quote(only))] : args.map(quote))];
}

function text(flag: string): (value: string, line: Line) => void {
  return (value, line) => {
    if (value.includes(NUL)) line.lost(`${flag.slice(2)} (it holds NUL)`);
    else line.flag(flag, value);
  };
}

/** For fields without a flag. An empty list or map, and false, mean the same as an absent field, so nothing is lost. */
function unsaid(field: string): (value: unknown, line: Line) => void {
  return (value, line) => {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (value !== false && !isEmpty) line.lost(field);
  };
}

/** `neuro run` separates the parts of a volume by ':'. */
function isMountPath(path: string): boolean {
  return path.startsWith('/') && !/[:\n\u0000]/.test(path);
}
