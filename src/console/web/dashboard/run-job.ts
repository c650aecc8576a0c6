/** From a draft to the NeuroJob, and from a job back to a draft. Pure. */
import { type NeuroJob, type NeuroJobSpec, type SecretReference } from '../../../api/index.ts';
import { quote, splitWords } from '../../../client/index.ts';
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
