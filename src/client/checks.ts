/**
 * What a job needs, asked before it is made: line by line, whether it is there and may be used. Nothing is created. Pure: the
 * questions are asked by a {@link CheckedCluster}, which the command and the console each have.
 *
 * Promise: a line that is not fine names something that the API server or the operator will refuse. Not promised: the rest of what may
 * happen at the start, such as an image that the registry does not have.
 */
import { GROUP, KINDS, type NeuroJob, type NeuroJobSpec } from '../api/index.ts';
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
): Promise<readonly CheckLine[]> {
  const lines = [
    ...(await rightLines(cluster, namespace)),
    ...secretLines(secrets),
    ...(await volumeLines(cluster, namespace, spec)),
    ...(spec.preset === undefined ? [] : [presetLine(spec.preset, await cluster.presets())]),
    imageLine(spec.image),
  ];
  // What is known to be missing would make the API server's answer one about something else.
  return isReady(lines) ? [...lines, await jobLine(cluster, namespace)] : lines;
}

export function isReady(lines: readonly CheckLine[]): boolean {
  return lines.every(({ problem }) => problem === undefined);
}

async function rightLines(cluster: CheckedCluster, namespace: string): Promise<readonly CheckLine[]> {
  const { plural } = KINDS.NeuroJob;
  const [mayRun, mayRead] = await Promise.all([
    cluster.allowed({ group: GROUP, resource: plural, verb: 'create', namespace }),
    cluster.allowed({ group: '', resource: 'pods', subresource: 'log', verb: 'get', namespace }),
  ]);
  const make: CheckLine = { kind: 'right', what: `to make jobs in '${namespace}'`, sentence: 'ok' };
  return [
    mayRun
      ? make
      : { ...make, sentence: 'no; ask an administrator, or choose another namespace', problem: 'notPermitted' },
    { kind: 'right', what: 'to read their output', sentence: mayRead ? 'ok' : 'no; you would not see the output' },
  ];
}

function secretLines(secrets: readonly CheckedSecret[]): readonly CheckLine[] {
  const byUri = new Map(secrets.map((secret) => [secret.uri, secret]));
  return [...byUri.values()].map((secret): CheckLine =>
    'reference' in secret
      ? { kind: 'secret', what: secret.uri, sentence: secret.note ?? 'ok' }
      : { kind: 'secret', what: secret.uri, sentence: secret.sentence, problem: secret.problem },
  );
}

async function volumeLines(
  cluster: CheckedCluster,
  namespace: string,
  { volumes = [] }: NeuroJobSpec,
): Promise<readonly CheckLine[]> {
  const claims = new Set(volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []));
  const maps = new Set(volumes.flatMap(({ configMap }) => configMap?.name ?? []));
  return Promise.all([
    ...Array.from(claims, async (name) =>
      volumeLine(`pvc:${name}`, namespace, await cluster.claim(name), ({ isBound }) =>
        isBound ? 'ok' : 'there, not bound yet',
      ),
    ),
    ...Array.from(maps, async (name) =>
      volumeLine(`configmap:${name}`, namespace, await cluster.configMap(name), () => 'ok'),
    ),
  ]);
}

function volumeLine<T>(what: string, namespace: string, look: Look<T>, sentence: (found: T) => string): CheckLine {
  if (look === 'absent') return { kind: 'volume', what, sentence: `not in '${namespace}'`, problem: 'notFound' };
  return { kind: 'volume', what, sentence: 'found' in look ? sentence(look.found) : `not checked (${look.unknown})` };
}

function presetLine(preset: string, names: PresetNames): CheckLine {
  const line = { kind: 'preset', what: preset } as const;
  if ('unknown' in names) return { ...line, sentence: `not checked: ${names.unknown}` };
  if (names.names.includes(preset)) return { ...line, sentence: 'ok' };
  return { ...line, sentence: presetSentence(names.names), problem: 'notFound' };
}

function imageLine(text: string): CheckLine {
  const line = { kind: 'image', what: text } as const;
  const image = parseImage(text);
  if (image === undefined) return { ...line, sentence: 'not a valid image name', problem: 'refused' };
  const where = image.registry ?? 'the default registry of the node';
  const moves = image.digest === undefined && image.tag === 'latest' ? '; the tag latest can change' : '';
  return { ...line, sentence: `a valid name; the node pulls it from ${where} at the start${moves}` };
}

/** By the API server's own rules, admission included. */
async function jobLine(cluster: CheckedCluster, namespace: string): Promise<CheckLine> {
  const line = { kind: 'job', what: `in '${namespace}'` } as const;
  const answer = await cluster.dryRun();
  if (answer === 'accepted') return { ...line, sentence: 'the API server accepts it' };
  if (answer !== 'exists')
    return { ...line, sentence: `the API server refuses it: ${answer.refused}`, problem: answer.problem };
  const former = await cluster.former();
  // It was deleted between the two questions.
  if (former === 'absent') return { ...line, sentence: 'the name was taken, and is free again' };
  if ('unknown' in former)
    return { ...line, sentence: `a job of this name exists; ${former.unknown}`, problem: 'notPermitted' };
  const { name } = former.found.metadata;
  if (!isFinished(former.found))
    return {
      ...line,
      sentence: `the job '${name}' exists and has not finished; end it, or choose another name`,
      problem: 'refused',
    };
  const { plural } = KINDS.NeuroJob;
  return (await cluster.allowed({ group: GROUP, resource: plural, verb: 'delete', namespace, name }))
    ? { ...line, sentence: `it replaces the finished job '${name}'` }
    : {
        ...line,
        sentence: `you have no right to delete the finished job '${name}' that it would replace; choose another name`,
        problem: 'notPermitted',
      };
}
