/** Makes the job of a draft, and from a job a draft that makes the same job. Pure. */
import {
  formatSecretUri,
  KUEUE_LABEL_PREFIX,
  type NeuroJob,
  type NeuroJobSpec,
  type NeuroJobVolume,
  type SecretReference,
} from '../api/index.ts';
import { defined } from '../defined.ts';
import type { JobDraft, Mount, SecretChoice } from './job-draft.ts';
import { baseOfImage, baseOfJob, makeJobName, type MadeName } from './names.ts';
import { quoteAll, splitWords } from './shell.ts';
import { usedKeys } from './used-keys.ts';

export interface NewJob {
  readonly namespace: string;
  /** The suffix of a generated name. It stays the same while the form is open. */
  readonly suffix: string;
}

/** `choices`: by URI. */
export function jobOf(
  draft: JobDraft,
  choices: ReadonlyMap<string, SecretChoice>,
  { namespace, suffix }: NewJob,
): NeuroJob {
  const { kind, image, preset, httpPort, lifeSpan, restartPolicy, description, tags, labels } = draft;
  const referenceOf = (uri: string): SecretReference => {
    const choice = choices.get(uri);
    if (choice === undefined) return { name: '' };
    return choice.namespace === namespace ? { name: choice.name } : { name: choice.name, namespace: choice.namespace };
  };
  const entry = splitWords(draft.entrypoint) ?? [];
  const args = splitWords(draft.command) ?? [];
  const env = [
    ...draft.variables.map(({ id, name, value }) => ({ id, entry: { name, value } })),
    ...draft.attachments
      .filter((attachment) => attachment.kind === 'env')
      .map(({ id, target, secret, part }) => ({
        id,
        entry: { name: target, fromSecret: { ...referenceOf(secret), ...defined({ part }) } },
      })),
  ]
    // The value of one variable may name those before it.
    .sort((a, b) => a.id - b.id)
    .map((one) => one.entry);
  const files = draft.attachments
    .filter((attachment) => attachment.kind === 'file')
    .map(({ target, secret, mode, part }) => ({
      path: target,
      fromSecret: { ...referenceOf(secret), ...defined({ part }) },
      ...defined({ mode }),
    }));
  const spec: NeuroJobSpec = {
    ...draft.kept,
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
  const name: MadeName | { readonly name: string } =
    draft.name === '' ? makeJobName(draft.base === '' ? baseOfImage(image.trim()) : draft.base, suffix) : draft;
  const { generateName } = name as Partial<MadeName>;
  return {
    metadata: {
      namespace,
      name: name.name,
      ...defined({ generateName }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    spec,
  };
}

/** The same job again, under another name. */
export function jobAgain(job: NeuroJob, suffix: string): NeuroJob {
  const { cancel: _cancel, ...spec } = job.spec;
  const { namespace } = job.metadata;
  const labels = labelsOf(job);
  return {
    metadata: {
      ...defined({ namespace }),
      ...makeJobName(baseOfJob(job), suffix),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    spec,
  };
}

/** Makes a draft of a job that ran. Nothing of its spec is lost. */
export function draftFromJob(
  job: NeuroJob,
  keyOf: (reference: SecretReference) => string | undefined = usedKeys(job),
): JobDraft {
  const { image, command, args, preset, env = [], files = [], volumes = [], http, lifeSpan, ...more } = job.spec;
  const { restartPolicy = 'Never', description = '', tags = [], cancel: _cancel, tty, stdin, ...others } = more;
  const isTerminal = tty === true && stdin === true;
  const kept = { ...others, ...(isTerminal ? {} : { ...(tty && { tty }), ...(stdin && { stdin }) }) };
  const { namespace: own = '' } = job.metadata;
  const references: Record<string, SecretReference> = {};
  const uriOf = (reference: SecretReference): string => {
    const { name, namespace = own } = reference;
    const key = keyOf(reference) ?? name;
    if (namespace === own) return formatSecretUri({ key });
    const uri = formatSecretUri({ owner: namespace, key });
    references[uri] = reference;
    return uri;
  };
  let id = 0;
  const variables: JobDraft['variables'][number][] = [];
  const attachments: JobDraft['attachments'][number][] = [];
  for (const { name, value = '', fromSecret } of env) {
    if (fromSecret === undefined) variables.push({ id, name, value });
    else
      attachments.push({
        id,
        kind: 'env',
        secret: uriOf(fromSecret),
        target: name,
        ...defined({ part: fromSecret.part }),
      });
    id += 1;
  }
  for (const { path, fromSecret, mode } of files) {
    attachments.push({
      id,
      kind: 'file',
      secret: uriOf(fromSecret),
      target: path,
      ...defined({ part: fromSecret.part }),
      ...(mode !== undefined && { mode }),
    });
    id += 1;
  }
  return {
    kind: isTerminal ? 'terminal' : http === undefined ? 'job' : 'web',
    name: '',
    base: baseOfJob(job),
    image,
    entrypoint: quoteAll(command ?? []),
    command: quoteAll(args ?? []),
    preset: preset ?? '',
    attachments,
    variables,
    mounts: volumes.map((volume) => mountOf(volume, id++)),
    httpPort: http === undefined ? '' : String(http.port),
    lifeSpan: lifeSpan ?? '',
    restartPolicy,
    description,
    tags,
    kept,
    references,
    labels: labelsOf(job),
  };
}

function labelsOf({ metadata: { labels = {} } }: NeuroJob): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label.startsWith(KUEUE_LABEL_PREFIX)));
}

function mountOf(volume: NeuroJobVolume, id: number): Mount {
  const { mountPath, readOnly, persistentVolumeClaim, configMap } = volume;
  return {
    id,
    kind: persistentVolumeClaim !== undefined ? 'claim' : configMap !== undefined ? 'configMap' : 'empty',
    source: persistentVolumeClaim?.claimName ?? configMap?.name ?? '',
    path: mountPath,
    readOnly: readOnly === true,
    kept: volume,
  };
}

function volumeOf({ kind, source, path, readOnly, kept }: Mount): NeuroJobVolume {
  const common = {
    mountPath: path,
    ...defined({ subPath: kept?.subPath }),
    ...(readOnly ? { readOnly } : {}),
  };
  switch (kind) {
    case 'claim':
      return { ...common, persistentVolumeClaim: { ...kept?.persistentVolumeClaim, claimName: source } };
    case 'configMap':
      return { ...common, configMap: { ...kept?.configMap, name: source } };
    case 'empty':
      return { ...common, emptyDir: { ...kept?.emptyDir } };
    default:
      kind satisfies never;
      throw new TypeError('unknown kind');
  }
}
