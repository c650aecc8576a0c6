/**
 * What a job needs, asked before it is made: line by line, whether it is there and may be used. Nothing is created. Pure: the
 * questions are asked by a {@link CheckedCluster}, which the command and the console each have.
 *
 * Promise: a line that is not fine names something that the API server or the operator will refuse. Not promised: the rest of what may
 * happen at the start, such as an image that the registry does not have.
 */
import { GROUP, KINDS, type NeuroJob, type NeuroJobSpec } from '../api/index.ts';
import { checkWords, type CheckWords } from './check-words.ts';
import { isFinished } from './job-words.ts';
import { parseImage } from './image.ts';
import { presetSentence, type PresetNames } from './presets.ts';
import type { CheckedSecret } from './secret-checks.ts';

export type CheckProblem = 'notPermitted' | 'notFound' | 'refused';

export interface CheckLine {
  readonly kind: 'right' | 'secret' | 'volume' | 'preset' | 'image' | 'job';
  /** What the line is about; unique in its kind. */
  readonly what: string;
  readonly sentence: string;
  /** Absent where nothing stands in the way. */
  readonly problem?: CheckProblem;
}

export interface Question {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly namespace: string;
  readonly name?: string;
}

/** What a look at an object finds; `unknown` holds a sentence about why nobody can say. */
export type Look<T> = { readonly found: T } | 'absent' | { readonly unknown: string };

/** What the API server says to the job; `refused` holds its sentence. */
export type DryRun = 'accepted' | 'exists' | { readonly refused: string; readonly problem: CheckProblem };

/** Questions to the API server, with the user's own rights. Each resolves, whatever the answer is. */
export interface CheckedCluster {
  readonly allowed: (question: Question) => Promise<boolean>;
  readonly claim: (name: string) => Promise<Look<{ readonly isBound: boolean }>>;
  readonly configMap: (name: string) => Promise<Look<unknown>>;
  readonly presets: () => Promise<PresetNames>;
  readonly dryRun: () => Promise<DryRun>;
  /** The job that has the name now. */
  readonly former: () => Promise<Look<NeuroJob>>;
}

export async function checkJob(
  cluster: CheckedCluster,
  { metadata: { namespace = '' }, spec }: NeuroJob,
  secrets: readonly CheckedSecret[],
  words: CheckWords = checkWords,
): Promise<readonly CheckLine[]> {
  const lines = [
    ...(await rightLines(cluster, namespace, words)),
    ...secretLines(secrets, words),
    ...(await volumeLines(cluster, namespace, spec, words)),
    ...(spec.preset === undefined ? [] : [presetLine(spec.preset, await cluster.presets(), words)]),
    imageLine(spec.image, words),
  ];
  // What is known to be missing would make the API server's answer one about something else.
  return isReady(lines) ? [...lines, await jobLine(cluster, namespace, words)] : lines;
}

export function isReady(lines: readonly CheckLine[]): boolean {
  return lines.every(({ problem }) => problem === undefined);
}

async function rightLines(
  cluster: CheckedCluster,
  namespace: string,
  words: CheckWords,
): Promise<readonly CheckLine[]> {
  const { plural } = KINDS.NeuroJob;
  const [mayRun, mayRead] = await Promise.all([
    cluster.allowed({ group: GROUP, resource: plural, verb: 'create', namespace }),
    cluster.allowed({ group: '', resource: 'pods', subresource: 'log', verb: 'get', namespace }),
  ]);
  const make: CheckLine = { kind: 'right', what: words.makeJobs(namespace), sentence: words.ok };
  return [
    mayRun ? make : { ...make, sentence: words.mayNotMake, problem: 'notPermitted' },
    { kind: 'right', what: words.readOutput, sentence: mayRead ? words.ok : words.mayNotRead },
  ];
}

function secretLines(secrets: readonly CheckedSecret[], words: CheckWords): readonly CheckLine[] {
  const byUri = new Map(secrets.map((secret) => [secret.uri, secret]));
  return [...byUri.values()].map((secret): CheckLine =>
    'reference' in secret
      ? { kind: 'secret', what: secret.uri, sentence: secret.note ?? words.ok }
      : { kind: 'secret', what: secret.uri, sentence: secret.sentence, problem: secret.problem },
  );
}

async function volumeLines(
  cluster: CheckedCluster,
  namespace: string,
  { volumes = [] }: NeuroJobSpec,
  words: CheckWords,
): Promise<readonly CheckLine[]> {
  const claims = new Set(volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []));
  const maps = new Set(volumes.flatMap(({ configMap }) => configMap?.name ?? []));
  const volumeLine = <T>(what: string, look: Look<T>, sentence: (found: T) => string): CheckLine => {
    if (look === 'absent') return { kind: 'volume', what, sentence: words.notIn(namespace), problem: 'notFound' };
    return { kind: 'volume', what, sentence: 'found' in look ? sentence(look.found) : words.notChecked(look.unknown) };
  };
  return Promise.all([
    ...Array.from(claims, async (name) =>
      volumeLine(`pvc:${name}`, await cluster.claim(name), ({ isBound }) => (isBound ? words.ok : words.notBound)),
    ),
    ...Array.from(maps, async (name) => volumeLine(`configmap:${name}`, await cluster.configMap(name), () => words.ok)),
  ]);
}

function presetLine(preset: string, names: PresetNames, words: CheckWords): CheckLine {
  const line = { kind: 'preset', what: preset } as const;
  if ('unknown' in names) return { ...line, sentence: words.presetNotChecked(names.unknown) };
  if (names.names.includes(preset)) return { ...line, sentence: words.ok };
  return { ...line, sentence: presetSentence(names.names, words), problem: 'notFound' };
}

function imageLine(text: string, words: CheckWords): CheckLine {
  const line = { kind: 'image', what: text } as const;
  const image = parseImage(text);
  if (image === undefined) return { ...line, sentence: words.badImage, problem: 'refused' };
  const pulled = words.pulledFrom(image.registry ?? words.defaultRegistry);
  const moves = image.digest === undefined && image.tag === 'latest';
  return { ...line, sentence: moves ? `${pulled}; ${words.tagMoves}` : pulled };
}

/** Asks the API server for a dry run, so that all of its rules apply, those of admission too. */
async function jobLine(cluster: CheckedCluster, namespace: string, words: CheckWords): Promise<CheckLine> {
  const line = { kind: 'job', what: words.inNamespace(namespace) } as const;
  const answer = await cluster.dryRun();
  if (answer === 'accepted') return { ...line, sentence: words.accepted };
  if (answer !== 'exists') return { ...line, sentence: words.refused(answer.refused), problem: answer.problem };
  const former = await cluster.former();
  // It was deleted between the two questions.
  if (former === 'absent') return { ...line, sentence: words.nameFree };
  if ('unknown' in former) return { ...line, sentence: words.nameTaken(former.unknown), problem: 'notPermitted' };
  const { name } = former.found.metadata;
  if (!isFinished(former.found))
    return {
      ...line,
      sentence: words.notFinished(name),
      problem: 'refused',
    };
  const { plural } = KINDS.NeuroJob;
  return (await cluster.allowed({ group: GROUP, resource: plural, verb: 'delete', namespace, name }))
    ? { ...line, sentence: words.replaces(name) }
    : {
        ...line,
        sentence: words.mayNotReplace(name),
        problem: 'notPermitted',
      };
}
