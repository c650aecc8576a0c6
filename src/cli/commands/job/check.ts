/** `neuro run --check`: line by line what a job needs and whether it is there. Nothing is created. */
import { FIELD_MANAGERS, PRESETS_CONFIG_MAP, type NeuroJobSpec } from '../../../api/index.ts';
import {
  checkJob,
  isReady,
  presetNames,
  publishedPresets,
  type CheckedCluster,
  type CheckedSecret,
  type CheckProblem,
  type DryRun,
  type Look,
  type PublishedPreset,
} from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { allowed } from '../../connect/allowed.ts';
import type { Connection } from '../../connect/connection.ts';
import { claims, configMaps, neuroJobs, type ConfigMap } from '../../connect/kinds.ts';
import { lookAt } from '../../connect/look.ts';
import { explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { shownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { printLines } from '../../output/print.ts';
import { checkPod } from './check-pod.ts';
import type { FollowTarget } from './follow.ts';
import type { RunOptions } from './job-spec.ts';

const codes: Readonly<Record<CheckProblem, number>> = {
  notPermitted: exitCodes.notPermitted,
  notFound: exitCodes.notFound,
  refused: exitCodes.illegalArgument,
};

export async function printCheck(
  run: Invocation<RunOptions>,
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  secrets: readonly CheckedSecret[],
): Promise<number> {
  const operatorNamespace = await shownOperatorNamespace(connection, run.options);
  const look = presetsIn(connection, operatorNamespace);
  const cluster = checkedCluster(connection, target, spec, { presets: look, operatorNamespace });
  const checked = await checkJob(cluster, { metadata: target, spec }, secrets);
  const rights = await rightLines(connection, target, run.options, spec);
  const preset = await presetOf(spec, look);
  const lines = [...checked, ...rights, ...(isReady(checked) ? await checkPod(connection, target, spec, preset) : [])];
  printLines(
    run,
    lines.map(({ kind, what, sentence }) => `${kind.padEnd(7)}  ${what}: ${sentence}`),
  );
  const problems = lines.flatMap(({ problem }) => problem ?? []);
  if (problems.includes('notPermitted')) return codes.notPermitted;
  const [first] = problems;
  return first === undefined ? exitCodes.ok : codes[first];
}

type Presets = () => Promise<Look<ConfigMap>>;

/** Asked for once, and only where it is needed. */
function presetsIn(connection: Connection, namespace: string): Presets {
  let asked: Promise<Look<ConfigMap>> | undefined;
  return () => (asked ??= lookAt(connection, configMaps, { namespace, name: PRESETS_CONFIG_MAP }));
}

async function presetOf({ preset }: NeuroJobSpec, presets: Presets): Promise<PublishedPreset | undefined> {
  if (preset === undefined) return undefined;
  const look = await presets();
  const data = look !== 'absent' && 'found' in look ? look.found.data : undefined;
  return publishedPresets(data)?.find(({ name }) => name === preset);
}

/** What the options of the command need besides the job; without the right to share, the job runs, and the command fails. */
async function rightLines(
  connection: Connection,
  { namespace }: FollowTarget,
  options: RunOptions,
  { tty, stdin }: NeuroJobSpec,
): Promise<readonly RightLine[]> {
  const may = (group: string, resource: string, subresource?: string): Promise<boolean> =>
    allowed(connection, { group, resource, verb: 'create', namespace, ...defined({ subresource }) });
  const rbac = 'rbac.authorization.k8s.io';
  const lines: RightLine[] = [];
  if ((options.share ?? []).length > 0)
    lines.push(
      (await may(rbac, 'roles')) && (await may(rbac, 'rolebindings'))
        ? { kind: 'right', what: 'to share it', sentence: 'ok' }
        : {
            kind: 'right',
            what: 'to share it',
            sentence: `no; you may not create Roles and RoleBindings in '${namespace}': leave out --share, or ask an administrator`,
            problem: 'notPermitted',
          },
    );
  if (tty === true || stdin === true)
    lines.push(rightLine('to attach to it', await may('', 'pods', 'attach'), 'its terminal and input'));
  if ((options.portForward ?? []).length > 0)
    lines.push(rightLine('to forward its ports', await may('', 'pods', 'portforward'), 'its ports'));
  return lines;
}

interface RightLine {
  readonly kind: 'right';
  readonly what: string;
  readonly sentence: string;
  readonly problem?: CheckProblem;
}

function rightLine(what: string, isAllowed: boolean, lost: string): RightLine {
  return { kind: 'right', what, sentence: isAllowed ? 'ok' : `no; you would not reach ${lost}` };
}

function checkedCluster(
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  { presets, operatorNamespace }: { readonly presets: Presets; readonly operatorNamespace: string },
): CheckedCluster {
  const { client } = connection;
  const { namespace } = target;
  return {
    allowed: (question) => allowed(connection, question),
    claim: async (name) => {
      const look = await lookAt(connection, claims, { namespace, name });
      return typeof look === 'object' && 'found' in look
        ? { found: { isBound: look.found.status?.phase === 'Bound' } }
        : look;
    },
    configMap: (name) => lookAt(connection, configMaps, { namespace, name }),
    presets: async () => {
      const look = await presets();
      if (look === 'absent') return presetNames(undefined, operatorNamespace);
      return 'found' in look ? presetNames(look.found.data, operatorNamespace) : look;
    },
    dryRun: async (): Promise<DryRun> => {
      try {
        await client.create(neuroJobs, { metadata: target, spec }, { fieldManager: FIELD_MANAGERS.cli, dryRun: true });
        return 'accepted';
      } catch (error) {
        if (isKernelError(error, 'AlreadyExists')) return 'exists';
        const problem = isKernelError(error, 'Forbidden')
          ? 'notPermitted'
          : isKernelError(error, 'NotFound')
            ? 'notFound'
            : 'refused';
        if (problem === 'refused' && !isKernelError(error, 'Invalid', 'BadRequest')) throw error;
        return { refused: explain(error).sentence, problem };
      }
    },
    former: () => lookAt(connection, neuroJobs, target),
  };
}
