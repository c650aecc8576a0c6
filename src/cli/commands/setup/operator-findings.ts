/** What `neuro doctor` checks of the operator: its resources, keys, replicas and admission policies. */
import { STATUS_CONFIG_MAP } from '../../../api/index.ts';
import { OPERATOR_BINDING, quote } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { SealingError } from '../../../sealing/index.ts';
import type { Connection } from '../../connect/connection.ts';
import type { Invocation } from '../../factory.ts';
import { knownOperatorNamespace } from '../../operator/operator-namespace.ts';
import {
  otherOperators,
  sealingKeyMadeAt,
  type OperatorSign,
  type PolicyState,
  type SchemaDifference,
} from '../../operator/operator-signs.ts';
import { ago } from '../../output/when.ts';
import { recoveryKeys } from '../../secrets/recovery-keys.ts';
import { version } from '../../version.ts';
import { bad, ok, type Finding } from './finding.ts';

export function schemaFinding(differences: readonly SchemaDifference[] | undefined): Finding {
  const what = 'resources';
  if (differences === undefined)
    return bad(what, 'the cluster does not know neu.ro/v1', 'an administrator applies crds/ and installs the operator');
  const missing = differences.flatMap(({ kind, missing: fields }) => fields.map((field) => `${kind} ${field}`));
  if (missing.length > 0)
    return bad(
      what,
      `older than this command (${version}): no ${missing.slice(0, 3).join(', ')}`,
      'an administrator applies the crds/ of this version',
    );
  const unknown = differences.flatMap(({ kind, unknown: fields }) => fields.map((field) => `${kind} ${field}`));
  return unknown.length === 0
    ? ok(what, `those of this version (${version})`)
    : bad(what, `newer than this command (${version}): ${unknown.slice(0, 3).join(', ')}`, 'install a newer neuro');
}

/** Checks the sealing key. It is chosen as the commands choose it: never from a namespace that only has the usual name. */
export async function sealingKeyFinding({ options, io }: Invocation, connection: Connection): Promise<Finding> {
  const what = 'sealing key';
  const namespace = await knownOperatorNamespace(connection, options);
  if (namespace === undefined)
    return bad(
      what,
      `the cluster does not name the namespace of the operator (ClusterRoleBinding ${OPERATOR_BINDING})`,
      'an administrator installs the operator; one that is older than this command needs --operator-namespace',
    );
  const madeAt = await sealingKeyMadeAt(connection, namespace);
  return madeAt === undefined
    ? bad(what, `none that you can read in '${namespace}'`, 'install the operator there, or give --operator-namespace')
    : ok(what, `made ${ago(madeAt, io.now())} ago`);
}

/** A recovery key that cannot be used stops every command that seals. */
export async function recoveryKeysFinding({ options }: Invocation, connection: Connection): Promise<Finding> {
  const what = 'recovery keys';
  try {
    const ids = (await recoveryKeys(connection, options)).map(({ keyId }) => keyId);
    return ok(what, ids.length === 0 ? 'none; values are sealed for the cluster alone' : ids.join(', '));
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    return bad(what, error.message, 'ask an administrator to fix it; --no-recovery seals for this cluster only');
  }
}

export function operatorFinding(sign: OperatorSign, namespace: string): Finding {
  switch (sign.runs) {
    case true:
      return ok('operator', sign.how);
    case 'unknown':
      return { what: 'operator', state: 'unknown', found: sign.why };
    case false:
      return bad('operator', sign.why, `an administrator looks: kubectl get pods -n ${quote(namespace)}`);
  }
}

/** One line where there is another operator; normally none. */
export async function otherOperatorsFindings(
  { options, io }: Invocation,
  connection: Connection,
): Promise<readonly Finding[]> {
  let others: readonly string[] = [];
  try {
    others = await otherOperators(connection, options, io.now());
  } catch (error) {
    // A line above says already that the API server does not answer.
    if (!isKernelError(error)) throw error;
  }
  if (others.length === 0) return [];
  const named = others.map((namespace) => `'${namespace}'`).join(', ');
  return [
    bad(
      'other operators',
      `another installation leads in ${named}, and each undoes what the other writes`,
      'an administrator uninstalls all but one; the sealing keys of each are in its namespace, so keep them',
    ),
  ];
}

export function policiesFinding(state: PolicyState, namespace: string): Finding {
  const what = 'admission policies';
  switch (state.kind) {
    case 'in place':
      return ok(what, 'in place');
    case 'missing':
      return bad(
        what,
        state.why,
        'an administrator applies manifests/admission.yaml or upgrades the chart; grants by others than owners wait',
      );
    case 'unknown':
      return {
        what,
        state: 'unknown',
        found: `not known: no ConfigMap ${STATUS_CONFIG_MAP} in '${namespace}' that you can read`,
      };
  }
}
