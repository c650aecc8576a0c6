/** `neuro run --check`: line by line what a job would need and whether it is there. Nothing is created. */
import { FIELD_MANAGERS, type NeuroJobSpec } from '../../../api/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { parseImage } from '../../args/image.ts';
import { allowed } from '../../cluster/allowed.ts';
import { isUsable, type CheckedSecret } from '../../cluster/check-secrets.ts';
import type { Connection } from '../../cluster/connection.ts';
import { claims, listAll, neuroJobs } from '../../cluster/kinds.ts';
import { exitCodes, explain } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printLines } from '../../output/print.ts';
import type { FollowTarget } from './follow.ts';

interface Line {
  readonly what: 'right' | 'secret' | 'volume' | 'preset' | 'image' | 'job';
  readonly text: string;
  /** Of a line that stands in the way. */
  readonly exitCode?: number;
}

export async function checkJob(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  secrets: readonly CheckedSecret[],
): Promise<number> {
  const lines: readonly Line[] = [
    ...(await rightLines(connection, target.namespace)),
    ...secretLines(secrets),
    ...(await claimLines(connection, target.namespace, spec)),
    ...(spec.preset === undefined ? [] : [await presetLine(connection, target.namespace, spec.preset)]),
    imageLine(spec.image),
  ];
  const all = lines.some(({ exitCode }) => exitCode !== undefined)
    ? lines
    : [...lines, await jobLine(connection, target, spec)];
  printLines(
    run,
    all.map(({ what, text }) => `${what.padEnd(7)}  ${text}`),
  );
  const codes = all.flatMap(({ exitCode }) => exitCode ?? []);
  return codes.includes(exitCodes.notPermitted) ? exitCodes.notPermitted : (codes[0] ?? exitCodes.ok);
}

async function rightLines(connection: Connection, namespace: string): Promise<readonly Line[]> {
  const [mayRun, mayRead] = await Promise.all([
    allowed(connection, { group: 'neu.ro', resource: 'neurojobs', verb: 'create', namespace }),
    allowed(connection, { group: '', resource: 'pods', subresource: 'log', verb: 'get', namespace }),
  ]);
  return [
    mayRun
      ? { what: 'right', text: `to make jobs in '${namespace}': ok` }
      : {
          what: 'right',
          text: `to make jobs in '${namespace}': no; an administrator gives it, or choose another --namespace`,
          exitCode: exitCodes.notPermitted,
        },
    { what: 'right', text: `to read what they print: ${mayRead ? 'ok' : 'no; the job would run unseen'}` },
  ];
}

function secretLines(secrets: readonly CheckedSecret[]): readonly Line[] {
  const byUri = new Map(secrets.map((secret) => [secret.uri, secret]));
  return [...byUri].map(([uri, secret]) =>
    isUsable(secret)
      ? { what: 'secret', text: `${uri}: ok` }
      : {
          what: 'secret',
          text: `${uri}: ${secret.sentence}`,
          exitCode: secret.problem === 'notPermitted' ? exitCodes.notPermitted : exitCodes.notFound,
        },
  );
}

async function claimLines(
  { client }: Connection,
  namespace: string,
  { volumes = [] }: NeuroJobSpec,
): Promise<readonly Line[]> {
  const names = new Set(volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []));
  return Promise.all(
    [...names].map(async (name): Promise<Line> => {
      try {
        const claim = await client.get(claims, { namespace, name });
        return claim === undefined
          ? { what: 'volume', text: `pvc:${name}: not in '${namespace}'`, exitCode: exitCodes.notFound }
          : { what: 'volume', text: `pvc:${name}: ${claim.status?.phase === 'Bound' ? 'ok' : 'there, not bound yet'}` };
      } catch (error) {
        return { what: 'volume', text: `pvc:${name}: not known (${explain(error).sentence})` };
      }
    }),
  );
}

/** Presets stand in the configuration of the operator, which only it reads; what former jobs met is all there is. */
async function presetLine({ client }: Connection, namespace: string, preset: string): Promise<Line> {
  const jobs = await listAll(client.list(neuroJobs, { namespace })).catch((error: unknown) => {
    if (isKernelError(error, 'Forbidden')) return [];
    throw error;
  });
  const [last] = jobs
    .filter(({ spec, status }) => spec.preset === preset && (status?.startTime ?? status?.finishTime) !== undefined)
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
  if (last === undefined)
    return { what: 'preset', text: `${preset}: known only to the operator, which looks at the start` };
  if (last.status?.reason === 'PresetNotFound')
    return {
      what: 'preset',
      text: `${preset}: the job '${last.metadata.name}' failed for it: there was no such preset`,
    };
  return { what: 'preset', text: `${preset}: the job '${last.metadata.name}' started with it` };
}

function imageLine(text: string): Line {
  const image = parseImage(text);
  if (image === undefined)
    return { what: 'image', text: `${text}: no name of an image`, exitCode: exitCodes.illegalArgument };
  const where = image.registry ?? 'the default registry of the node';
  const moves = image.digest === undefined && image.tag === 'latest' ? ', and latest is not the same tomorrow' : '';
  return { what: 'image', text: `${text}: a valid name; the node looks for it in ${where} at the start${moves}` };
}

/** By the API server's own rules. */
async function jobLine({ client }: Connection, target: FollowTarget, spec: NeuroJobSpec): Promise<Line> {
  try {
    await client.create(neuroJobs, { metadata: target, spec }, { fieldManager: FIELD_MANAGERS.cli, dryRun: true });
    return { what: 'job', text: `the API server would take it in '${target.namespace}': ok` };
  } catch (error) {
    // A finished job of that name would be replaced.
    if (isKernelError(error, 'AlreadyExists'))
      return { what: 'job', text: `there is one of the name '${target.name}'` };
    const { exitCode, sentence } = explain(error);
    return { what: 'job', text: `the API server would not take it: ${sentence}`, exitCode };
  }
}
