/** The `neuro run …` that makes such a job again, as it is typed in a POSIX shell. Pure. References to secrets, never values. */
import { formatSecretUri, looksLikeSecretUri, type NeuroJob, type SecretReference } from '../../../api/index.ts';
import { defaultLifeSpan } from './job-spec.ts';

export interface RunCommand {
  readonly line: string;
  /** Fields of the spec that no flag of `run` can say. */
  readonly lost: readonly string[];
}

/** What a flag says, or what follows from another field. */
const said = new Set([
  ...[
    'image',
    'command',
    'args',
    'workingDir',
    'env',
    'files',
    'volumes',
    'preset',
    'shm',
    'restartPolicy',
    'lifeSpan',
  ],
  ...['scheduleTimeout', 'http', 'tty', 'stdin', 'description', 'tags', 'cancel', 'priorityClassName'],
]);
const restartPolicies = { Never: 'never', OnFailure: 'on-failure', Always: 'always' } as const;

/** `keyOf`: the key by which people know a secret. */
export function runCommandOf(
  { spec, metadata }: NeuroJob,
  namespace: string,
  keyOf: (secret: SecretReference) => string,
): RunCommand {
  const lost = Object.keys(spec).filter((field) => !said.has(field));
  const words = ['neuro', 'run'];
  const flag = (name: string, value: string | undefined): void => {
    if (value !== undefined) words.push(name, quoted(value));
  };
  const uriOf = (secret: SecretReference): string => {
    const key = keyOf(secret);
    const { namespace: owner = namespace } = secret;
    return formatSecretUri(owner === namespace ? { key } : { owner, key });
  };
  // Its own word for a name that nobody gave.
  if (!/^job-[0-9a-f]{8}-/.test(metadata.name)) flag('--name', metadata.name);
  flag('--description', spec.description);
  for (const tag of spec.tags ?? []) flag('--tag', tag);
  flag('--preset', spec.preset);
  flag('--priority', spec.priorityClassName);
  flag('--shm', spec.shm === undefined ? undefined : String(spec.shm));
  flag('--http-port', spec.http === undefined ? undefined : String(spec.http.port));
  if (spec.restartPolicy !== undefined) flag('--restart', restartPolicies[spec.restartPolicy]);
  if (spec.lifeSpan !== defaultLifeSpan) flag('--life-span', spec.lifeSpan ?? '0');
  flag('--schedule-timeout', spec.scheduleTimeout);
  flag('--workdir', spec.workingDir);
  flag('--entrypoint', spec.command?.map(quoted).join(' '));
  if (spec.tty === true) words.push('--tty');
  else if (spec.stdin === true) words.push('--stdin');
  for (const { name, value, fromSecret } of spec.env ?? []) {
    if (fromSecret !== undefined) flag('--env', `${name}=${uriOf(fromSecret)}`);
    else if (looksLikeSecretUri(value ?? '')) lost.push(`env ${name} (its text begins as a secret's name does)`);
    else flag('--env', `${name}=${value ?? ''}`);
  }
  for (const { path, fromSecret, mode } of spec.files ?? []) {
    flag('--volume', `${uriOf(fromSecret)}:${path}`);
    if (mode !== undefined) lost.push(`mode of ${path}`);
  }
  for (const { mountPath, persistentVolumeClaim, readOnly, subPath } of spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined || subPath !== undefined) lost.push(`volume at ${mountPath}`);
    else flag('--volume', `pvc:${persistentVolumeClaim.claimName}:${mountPath}${readOnly === true ? ':ro' : ''}`);
  }
  words.push(quoted(spec.image));
  const [only, ...more] = spec.args ?? [];
  if (only !== undefined) {
    words.push('--');
    // One word would be split as a shell splits it.
    words.push(...(more.length === 0 ? [quoted(quoted(only))] : (spec.args ?? []).map(quoted)));
  }
  return { line: words.join(' '), lost };
}

/** As a POSIX shell reads it back as one word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
