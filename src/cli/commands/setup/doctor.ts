/**
 * `neuro doctor`: line by line whether all that the command needs is there, and what mends it. It changes nothing, and
 * goes on after a line that is not well, as far as that makes sense.
 */
import { STATUS_CONFIG_MAP, calledName, findCondition, isNamespaceName } from '../../../api/index.ts';
import { OPERATOR_BINDING, quote } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { defined } from '../../../defined.ts';
import { SealingError } from '../../../sealing/index.ts';
import { isReady } from '../../secrets/find-secret.ts';
import { recoveryKeys } from '../../secrets/recovery-keys.ts';
import { listAll, userSecrets } from '../../connect/kinds.ts';
import type { Connection } from '../../connect/connection.ts';
import { ExplainedError } from '../../connect/unreachable.ts';
import { NoHome, homeOf, userName } from '../../homes/home.ts';
import { missingSentence, namespaceState } from '../../homes/namespace-state.ts';
import { allowed } from '../../connect/allowed.ts';
import {
  operatorSign,
  otherOperators,
  policyState,
  schemaDifferences,
  sealingKeyMadeAt,
  serverVersion,
  type OperatorSign,
  type PolicyState,
  type SchemaDifference,
} from '../../operator/operator-signs.ts';
import { CliError, explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { knownOperatorNamespace, shownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { printObjects } from '../../output/objects.ts';
import { printWords } from '../../output/print.ts';
import { say, spoken } from '../../output/say.ts';
import { ago } from '../../output/when.ts';
import { version } from '../../version.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'bad' | 'unknown';
  readonly found: string;
  readonly mend?: string;
}

const rights = [
  { what: 'keep secrets', group: 'neu.ro', resource: 'usersecrets', verb: 'create' },
  { what: 'read my values', group: '', resource: 'secrets', verb: 'get' },
  { what: 'share secrets', group: 'neu.ro', resource: 'usersecrets', verb: 'share' },
  { what: 'make grants', group: 'neu.ro', resource: 'secretgrants', verb: 'create' },
  { what: 'see what is shared with me', group: '', resource: 'configmaps', verb: 'get' },
  { what: 'run jobs', group: 'neu.ro', resource: 'neurojobs', verb: 'create' },
  { what: 'read what jobs print', group: '', resource: 'pods', subresource: 'log', verb: 'get' },
  { what: 'run commands in jobs', group: '', resource: 'pods', subresource: 'exec', verb: 'create' },
  { what: 'attach to jobs', group: '', resource: 'pods', subresource: 'attach', verb: 'create' },
  { what: 'forward ports of jobs', group: '', resource: 'pods', subresource: 'portforward', verb: 'create' },
] as const;

const whoami = '`kubectl auth whoami` must work';
const logIn = `log in again as your cluster requires; ${whoami}`;

export async function doctor(run: Invocation): Promise<number> {
  const findings: Finding[] = [];
  const isList = run.options.output !== undefined && run.options.output !== 'wide';
  const tell = ({ mend, ...seen }: Finding): void => {
    const finding: Finding = mend === undefined ? seen : { ...seen, mend: spoken(run, mend) };
    const isSaid = findings.some((former) => finding.mend !== undefined && former.mend === finding.mend);
    findings.push(finding);
    if (!isList) printWords(run, wordsOf(isSaid ? { ...finding, mend: 'as above' } : finding));
  };
  await examine(run, tell);
  if (!isList) say(run, summaryOf(findings));
  if (isList) await printObjects(run, findings, { nameOf: ({ what, state }: Finding) => `${what}: ${state}` });
  return findings.some(({ state }) => state === 'bad') ? exitCodes.other : exitCodes.ok;
}

/** The last line, for those who read no other. */
function summaryOf(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const [isOk, isBad, isUnknown] = [count('ok'), count('bad'), count('unknown')];
  if (isBad === 0 && isUnknown === 0) return 'Everything that the command needs is there.';
  const parts = [
    ...(isBad === 0 ? [] : [`${isBad} ${isBad === 1 ? 'thing has' : 'things have'} to be mended`]),
    ...(isUnknown === 0 ? [] : [`${isUnknown} could not be checked`]),
  ];
  return `${parts.join(', ')}; ${isOk} ${isOk === 1 ? 'is' : 'are'} all right.`;
}

async function examine(run: Invocation, tell: (finding: Finding) => void): Promise<void> {
  const { options } = run;
  const connection = await found(tell, 'kubeconfig', () => run.connect(), {
    say: ({ clusterName }) => `cluster '${clusterName}'`,
    mend: '`neuro config get-contexts` shows what there is; choose --context or --kubeconfig',
  });
  if (connection === undefined) return;
  const server = await found(tell, 'API server', () => serverVersion(connection), {
    say: (text) => text,
    mend: (error) =>
      error instanceof ExplainedError
        ? undefined
        : isKernelError(error, 'Unauthorized', 'Forbidden')
          ? logInOr(error)
          : 'look at the network, and at the address with `neuro config show`',
  });
  if (server === undefined) return;
  const user = await found(tell, 'user', () => userName(connection), {
    say: (name) => name,
    mend: logInOr,
  });
  // Whom the cluster does not know has no rights, and all other answers would say only that.
  if (user === undefined) return;
  const ask = async (what: string, find: () => Promise<Finding>): Promise<void> => tell(await orUnknown(what, find));
  const operatorNamespace = (): Promise<string> => shownOperatorNamespace(connection, options);
  await ask('resources', async () => schemaFinding(await schemaDifferences(connection)));
  await ask('sealing key', () => sealingKeyFinding(run, connection));
  await ask('recovery keys', () => recoveryKeysFinding(run, connection));
  await ask('operator', async () =>
    operatorFinding(await operatorSign(connection, options, run.io.now()), await operatorNamespace()),
  );
  for (const finding of await otherOperatorsFindings(run, connection)) tell(finding);
  await ask('admission policies', async () =>
    policiesFinding(await policyState(connection, options), await operatorNamespace()),
  );
  const home = await found(tell, 'home', () => homeThatExists(connection, options), {
    say: (name) => `namespace '${name}'`,
    // For several homes, and for a namespace that does not exist, the sentence itself says what to do.
    mend: (error) => (error instanceof NoHome ? addUser(user) : undefined),
  });
  if (home === undefined) return;
  await ask('secrets', () => secretsFinding(connection, home));
  await examineRights(connection, home, user, tell);
}

/** The sentence of the error may say it already. */
function logInOr(error: unknown): string {
  return explain(error).sentence.includes('log in again') ? whoami : logIn;
}

async function homeThatExists(connection: Connection, options: Invocation['options']): Promise<string> {
  const home = await homeOf(connection, options);
  // The API server lists nothing of a namespace that does not exist, and refuses nothing either.
  if ((await namespaceState(connection, home)).presence === 'missing')
    throw new CliError('notFound', missingSentence(home));
  return home;
}

/** The home has the name of the user, where that can be one of a namespace. */
function addUser(user: string): string {
  const home = isNamespaceName(user) ? '' : '--home NAMESPACE ';
  return `an administrator makes one: neuro admin add-user ${home}${user.startsWith('-') ? '-- ' : ''}${quote(user)}`;
}

/** Checks the sealing key. It is chosen as the commands choose it: never from a namespace that only has the usual name. */
async function sealingKeyFinding({ options, io }: Invocation, connection: Connection): Promise<Finding> {
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

/** One that cannot be used stops every command that seals. */
async function recoveryKeysFinding({ options }: Invocation, connection: Connection): Promise<Finding> {
  const what = 'recovery keys';
  try {
    const ids = (await recoveryKeys(connection, options)).map(({ keyId }) => keyId);
    return ok(what, ids.length === 0 ? 'none; values are sealed for the cluster alone' : ids.join(', '));
  } catch (error) {
    if (!(error instanceof SealingError)) throw error;
    return bad(what, error.message, 'ask an administrator to fix it; --no-recovery seals for this cluster only');
  }
}

async function examineRights(
  connection: Connection,
  namespace: string,
  user: string,
  tell: (finding: Finding) => void,
): Promise<void> {
  const answerTo = async ({ what, ...right }: (typeof rights)[number]): Promise<Finding> => {
    if (await allowed(connection, { ...right, namespace })) return ok(`may ${what}`, '');
    const { verb, resource } = right;
    const whole = 'subresource' in right ? `${resource}/${right.subresource}` : resource;
    return bad(
      `may ${what}`,
      `no right to ${verb} ${whole} in '${namespace}'`,
      `an administrator gives it: kubectl create rolebinding owner -n ${quote(namespace)} --clusterrole=admin ${quote(`--user=${user}`)}`,
    );
  };
  const answers = rights.map((right) => orUnknown(`may ${right.what}`, () => answerTo(right)));
  for (const finding of await Promise.all(answers)) tell(finding);
}

interface Search<T> {
  readonly say: (result: T) => string;
  readonly mend: string | ((error: unknown) => string | undefined);
}

async function found<T>(
  tell: (finding: Finding) => void,
  what: string,
  find: () => Promise<T>,
  { say, mend }: Search<T>,
): Promise<T | undefined> {
  try {
    const result = await find();
    tell(ok(what, say(result)));
    return result;
  } catch (error) {
    tell(bad(what, explain(error).sentence, typeof mend === 'string' ? mend : mend(error)));
    return undefined;
  }
}

/** A question without an answer is a line too, and the next one is asked. */
async function orUnknown(what: string, find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    return { what, state: 'unknown', found: explain(error).sentence };
  }
}

function schemaFinding(differences: readonly SchemaDifference[] | undefined): Finding {
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

/** A secret that has no value for jobs is the surest sign of an operator that does not run, too. */
async function secretsFinding({ client }: Connection, namespace: string): Promise<Finding> {
  const what = 'secrets';
  try {
    const all = await listAll(client.list(userSecrets, { namespace }));
    const unusable = all.filter((secret) => !isReady(secret));
    if (unusable.length === 0) return ok(what, all.length === 0 ? 'none yet' : `${all.length}, all usable`);
    const named = unusable.slice(0, 3).map((secret) => {
      const reason = findCondition(secret.status?.conditions, 'Ready')?.reason;
      return `${calledName(secret)} (${reason ?? 'not taken up by the operator'})`;
    });
    return bad(
      what,
      `${unusable.length} of ${all.length} not usable: ${named.join(', ')}${unusable.length > named.length ? ', …' : ''}`,
      `\`neuro secret ls -n ${quote(namespace)} -o wide\` shows why`,
    );
  } catch (error) {
    return bad(what, explain(error).sentence, undefined);
  }
}

function operatorFinding(sign: OperatorSign, namespace: string): Finding {
  switch (sign.runs) {
    case true:
      return ok('operator', sign.how);
    case 'unknown':
      return { what: 'operator', state: 'unknown', found: sign.why };
    case false:
      return bad('operator', sign.why, `an administrator looks: kubectl get pods -n ${quote(namespace)}`);
  }
}

/** A line only where there is another one, which is the exception. */
async function otherOperatorsFindings(
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

function policiesFinding(state: PolicyState, namespace: string): Finding {
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

function ok(what: string, text: string): Finding {
  return { what, state: 'ok', found: text };
}

function bad(what: string, text: string, mend: string | undefined): Finding {
  return { what, state: 'bad', found: text, ...defined({ mend }) };
}

function wordsOf({ what, state, found: text, mend }: Finding): Parameters<typeof printWords>[1] {
  const colour = state === 'ok' ? 'green' : state === 'bad' ? 'red' : 'yellow';
  // A sentence of an error has an end of its own.
  const said = text === '' ? '' : `: ${text.replace(/\.$/, '')}`;
  return [{ text: state.padEnd(7), colour }, `  ${what}${said}${mend === undefined ? '' : `; ${mend}`}`];
}
