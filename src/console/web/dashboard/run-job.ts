/** From a draft to the NeuroJob, and to the command that would make the same. Pure. */
import { formatSecretUri, type NeuroJob, type NeuroJobSpec, type SecretReference } from '../../../api/index.ts';
import { quote } from '../parts/shell-quote.ts';
import { splitWords } from '../parts/shell-words.ts';
import type { Mount, RunDraft, SecretChoice } from './run-draft.ts';

export function jobOf(
  draft: RunDraft,
  choices: ReadonlyMap<string, SecretChoice>,
  place: { readonly namespace: string; readonly name: string },
): NeuroJob {
  const { kind, image, entrypoint, command, preset, httpPort, lifeSpan, restartPolicy, description, tags } = draft;
  const referenceOf = (uri: string): SecretReference => {
    const choice = choices.get(uri);
    if (choice === undefined) return { name: '' };
    return choice.namespace === place.namespace
      ? { name: choice.name }
      : { name: choice.name, namespace: choice.namespace };
  };
  const entry = splitWords(entrypoint) ?? [];
  const args = splitWords(command) ?? [];
  const env = [
    ...draft.variables.map(({ name, value }) => ({ name, value })),
    ...draft.attachments
      .filter((attachment) => attachment.kind === 'env')
      .map(({ target, secret }) => ({ name: target, fromSecret: referenceOf(secret) })),
  ];
  const files = draft.attachments
    .filter((attachment) => attachment.kind === 'file')
    .map(({ target, secret }) => ({ path: target, fromSecret: referenceOf(secret) }));
  const spec: NeuroJobSpec = {
    image: image.trim(),
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    ...(tags.length === 0 ? {} : { tags: [...new Set(tags)].sort() }),
    ...(entry.length === 0 ? {} : { command: entry }),
    ...(args.length === 0 ? {} : { args }),
    ...(env.length === 0 ? {} : { env }),
    ...(files.length === 0 ? {} : { files }),
    ...(draft.mounts.length === 0 ? {} : { volumes: draft.mounts.map(volumeOf) }),
    ...(preset === '' ? {} : { preset }),
    ...(restartPolicy === 'Never' ? {} : { restartPolicy }),
    ...(lifeSpan === '' ? {} : { lifeSpan }),
    ...(httpPort === '' ? {} : { http: { port: Number(httpPort) } }),
    // A shell that has no input would end at once.
    ...(kind === 'terminal' ? { tty: true, stdin: true } : {}),
  };
  return { metadata: { ...place }, spec };
}

function volumeOf({ kind, source, path, readOnly }: Mount): NonNullable<NeuroJobSpec['volumes']>[number] {
  const common = { mountPath: path, ...(readOnly && kind !== 'configMap' ? { readOnly } : {}) };
  switch (kind) {
    case 'claim':
      return { ...common, persistentVolumeClaim: { claimName: source } };
    case 'configMap':
      return { ...common, configMap: { name: source } };
    case 'empty':
      return { mountPath: path, emptyDir: {} };
    default:
      kind satisfies never;
      throw new TypeError('unknown kind');
  }
}

/** `neuro run …`, ready to paste; names of secrets, never values. What the command has no flag for is left out. */
export function commandOf({ metadata, spec }: NeuroJob, keyOf: (reference: SecretReference) => string): string {
  const { namespace = '' } = metadata;
  const uriOf = (reference: SecretReference): string => {
    const owner = reference.namespace ?? namespace;
    const key = keyOf(reference);
    return formatSecretUri(owner === namespace ? { key } : { owner, key });
  };
  const flags: (readonly [string, string])[] = [];
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') flags.push([flag, value]);
  };
  add('--namespace', namespace);
  add('--name', /^job-[0-9a-f-]{36}$/.test(metadata.name) ? undefined : metadata.name);
  add('--description', spec.description);
  for (const tag of spec.tags ?? []) add('--tag', tag);
  add('--preset', spec.preset);
  for (const { name, value, fromSecret } of spec.env ?? [])
    add('--env', `${name}=${fromSecret === undefined ? (value ?? '') : uriOf(fromSecret)}`);
  for (const { path, fromSecret } of spec.files ?? []) add('--volume', `${uriOf(fromSecret)}:${path}`);
  for (const { mountPath, persistentVolumeClaim, readOnly } of spec.volumes ?? [])
    if (persistentVolumeClaim !== undefined)
      add('--volume', `pvc:${persistentVolumeClaim.claimName}:${mountPath}${readOnly === true ? ':ro' : ''}`);
  add('--workdir', spec.workingDir);
  add('--entrypoint', spec.command?.map(quote).join(' '));
  add('--http-port', spec.http === undefined ? undefined : String(spec.http.port));
  add('--shm', spec.shm === undefined ? undefined : String(spec.shm));
  add('--restart', spec.restartPolicy === undefined ? undefined : restartWords[spec.restartPolicy]);
  add('--life-span', spec.lifeSpan ?? '0');
  add('--schedule-timeout', spec.scheduleTimeout);
  const args = spec.args ?? [];
  // One word alone would be split once more.
  const [only, ...more] = args;
  const words = only !== undefined && more.length === 0 ? [quote(quote(only))] : args.map(quote);
  return [
    'neuro run',
    ...flags.map(([flag, value]) => `${flag} ${quote(value)}`),
    quote(spec.image),
    ...(words.length === 0 ? [] : ['--', ...words]),
  ].join(' ');
}

const restartWords = { Never: 'never', OnFailure: 'on-failure', Always: 'always' } as const;

/** From a job that ran, back to a draft: "Run again, changed".. */
export function draftFromJob({ spec }: NeuroJob, uriOf: (reference: SecretReference) => string): RunDraft {
  let id = 0;
  return {
    kind: spec.tty === true ? 'terminal' : spec.http === undefined ? 'job' : 'web',
    name: '',
    image: spec.image,
    entrypoint: (spec.command ?? []).map(quote).join(' '),
    command: (spec.args ?? []).map(quote).join(' '),
    preset: spec.preset ?? '',
    attachments: [
      ...(spec.env ?? []).flatMap(({ name, fromSecret }) =>
        fromSecret === undefined ? [] : [{ id: id++, kind: 'env', secret: uriOf(fromSecret), target: name } as const],
      ),
      ...(spec.files ?? []).map(
        ({ path, fromSecret }) => ({ id: id++, kind: 'file', secret: uriOf(fromSecret), target: path }) as const,
      ),
    ],
    variables: (spec.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [{ id: id++, name, value }])),
    mounts: (spec.volumes ?? []).map(({ mountPath, readOnly, persistentVolumeClaim, configMap }) => ({
      id: id++,
      kind: persistentVolumeClaim !== undefined ? 'claim' : configMap !== undefined ? 'configMap' : 'empty',
      source: persistentVolumeClaim?.claimName ?? configMap?.name ?? '',
      path: mountPath,
      readOnly: readOnly === true,
    })),
    httpPort: spec.http === undefined ? '' : String(spec.http.port),
    lifeSpan: spec.lifeSpan ?? '',
    restartPolicy: spec.restartPolicy ?? 'Never',
    description: spec.description ?? '',
    tags: spec.tags ?? [],
  };
}
