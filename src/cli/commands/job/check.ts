/** `neuro run --check`: line by line what a job needs and whether it is there. Nothing is created. */
import { FIELD_MANAGERS, PRESETS_CONFIG_MAP, type NeuroJobSpec } from '../../../api/index.ts';
import {
  checkJob,
  presetNames,
  type CheckedCluster,
  type CheckedSecret,
  type CheckProblem,
  type DryRun,
  type Look,
} from '../../../client/index.ts';
import { isKernelError, type KubeObject, type ResourceType } from '../../../kernel/index.ts';
import { allowed } from '../../connect/allowed.ts';
import type { Connection } from '../../connect/connection.ts';
import { claims, configMaps, neuroJobs } from '../../connect/kinds.ts';
import { explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { shownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { printLines } from '../../output/print.ts';
import type { FollowTarget } from './follow.ts';

const codes: Readonly<Record<CheckProblem, number>> = {
  notPermitted: exitCodes.notPermitted,
  notFound: exitCodes.notFound,
  refused: exitCodes.illegalArgument,
};

export async function printCheck(
  run: Invocation,
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  secrets: readonly CheckedSecret[],
): Promise<number> {
  const operatorNamespace = await shownOperatorNamespace(connection, run.options);
  const cluster = checkedCluster(connection, target, spec, operatorNamespace);
  const lines = await checkJob(cluster, { metadata: target, spec }, secrets);
  printLines(
    run,
    lines.map(({ kind, what, sentence }) => `${kind.padEnd(7)}  ${what}: ${sentence}`),
  );
  const problems = lines.flatMap(({ problem }) => problem ?? []);
  if (problems.includes('notPermitted')) return codes.notPermitted;
  const [first] = problems;
  return first === undefined ? exitCodes.ok : codes[first];
}

function checkedCluster(
  connection: Connection,
  target: FollowTarget,
  spec: NeuroJobSpec,
  operatorNamespace: string,
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
      const look = await lookAt(connection, configMaps, { namespace: operatorNamespace, name: PRESETS_CONFIG_MAP });
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

async function lookAt<T extends KubeObject>(
  { client }: Connection,
  type: ResourceType<T>,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Look<T>> {
  try {
    const found = await client.get(type, ref);
    return found === undefined ? 'absent' : { found };
  } catch (error) {
    if (!isKernelError(error, 'Forbidden')) throw error;
    return { unknown: explain(error).sentence };
  }
}
