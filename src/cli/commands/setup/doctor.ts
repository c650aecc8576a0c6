/**
 * `neuro doctor`: line by line whether all that the command needs is there, and what mends it. It changes nothing, and
 * goes on after a line that is not well, as far as that makes sense.
 */
import { STATUS_CONFIG_MAP, calledName, findCondition } from '../../../api/index.ts';
import { quote } from '../../../client/index.ts';
import { isReady } from '../../secrets/find-secret.ts';
import { listAll, userSecrets } from '../../connect/kinds.ts';
import type { Connection } from '../../connect/connection.ts';
import { homeOf, userName } from '../../homes/home.ts';
import { allowed } from '../../connect/allowed.ts';
import {
  operatorSign,
  policyState,
  schemaDifferences,
  sealingKeyMadeAt,
  serverVersion,
  type OperatorSign,
  type PolicyState,
  type SchemaDifference,
} from '../../operator/operator-signs.ts';
import { explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { shownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { printObjects } from '../../output/objects.ts';
import { printWords } from '../../output/print.ts';
import { say } from '../../output/say.ts';
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

export async function doctor(run: Invocation): Promise<number> {
  const findings: Finding[] = [];
  const isList = run.options.output !== undefined && run.options.output !== 'wide';
  const tell = (finding: Finding): void => {
    findings.push(finding);
    if (!isList) printWords(run, wordsOf(finding));
  };
  await examine(run, tell);
  if (!isList) say(run, summaryOf(findings));
  if (isList) await printObjects(run, findings, { nameOf: ({ what, state }: Finding) => `${what}: ${state}` });
  return findings.some(({ state }) => state === 'bad') ? exitCodes.other : exitCodes.ok;
}

/** The last line, for those who read no other. */
function summaryOf(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const [isBad, isUnknown] = [count('bad'), count('unknown')];
  if (isBad === 0 && isUnknown === 0) return 'Everything is there.';
  const parts = [
    ...(isBad === 0 ? [] : [`${isBad} ${isBad === 1 ? 'thing has' : 'things have'} to be mended`]),
    ...(isUnknown === 0 ? [] : [`${isUnknown} could not be looked at`]),
  ];
  return `${parts.join(', ')}; ${count('ok')} are all right.`;
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
    mend: 'look at the network, and at the address with `neuro config show`',
  });
  if (server === undefined) return;
  const user = await found(tell, 'user', () => userName(connection), {
    say: (name) => name,
    mend: 'log in again as your cluster wants it; `kubectl auth whoami` must work',
  });
  tell(schemaFinding(await schemaDifferences(connection)));
  const operatorNamespace = await shownOperatorNamespace(connection, options);
  const madeAt = await sealingKeyMadeAt(connection, options);
  tell(
    madeAt === undefined
      ? bad('sealing key', `none in '${operatorNamespace}'`, 'install the operator there, or give --operator-namespace')
      : ok('sealing key', `made ${ago(madeAt, run.io.now())} ago`),
  );
  tell(operatorFinding(await operatorSign(connection, options, run.io.now()), operatorNamespace));
  tell(policiesFinding(await policyState(connection, options), operatorNamespace));
  const home = await found(tell, 'home', () => homeOf(connection, options), {
    say: (name) => `namespace '${name}'`,
    mend: `an administrator makes one: neuro admin add-user ${quote(user ?? 'NAME')}`,
  });
  if (home === undefined) return;
  tell(await secretsFinding(connection, home));
  await examineRights(connection, home, user ?? 'NAME', tell);
}

async function examineRights(
  connection: Connection,
  namespace: string,
  user: string,
  tell: (finding: Finding) => void,
): Promise<void> {
  const answers = await Promise.all(rights.map((right) => allowed(connection, { ...right, namespace })));
  for (const [index, { what, verb, resource }] of rights.entries())
    tell(
      answers[index] === true
        ? ok(`may ${what}`, '')
        : bad(
            `may ${what}`,
            `no right to ${verb} ${resource} in '${namespace}'`,
            `an administrator gives it: kubectl create rolebinding owner -n ${namespace} --clusterrole=admin ${quote(`--user=${user}`)}`,
          ),
    );
}

async function found<T>(
  tell: (finding: Finding) => void,
  what: string,
  find: () => Promise<T>,
  { say, mend }: { readonly say: (result: T) => string; readonly mend: string },
): Promise<T | undefined> {
  try {
    const result = await find();
    tell(ok(what, say(result)));
    return result;
  } catch (error) {
    tell(bad(what, explain(error).sentence, mend));
    return undefined;
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
    if (unusable.length === 0) return ok(what, `${all.length}, all usable`);
    const named = unusable.slice(0, 3).map((secret) => {
      const reason = findCondition(secret.status?.conditions, 'Ready')?.reason;
      return `${calledName(secret)} (${reason ?? 'not taken up by the operator'})`;
    });
    return bad(
      what,
      `${unusable.length} of ${all.length} not usable: ${named.join(', ')}`,
      '`neuro secret ls -o wide`',
    );
  } catch (error) {
    return bad(what, explain(error).sentence, 'look at -n and at the context');
  }
}

function operatorFinding(sign: OperatorSign, namespace: string): Finding {
  switch (sign.runs) {
    case true:
      return ok('operator', sign.how);
    case 'unknown':
      return { what: 'operator', state: 'unknown', found: sign.why };
    case false:
      return bad('operator', sign.why, `an administrator looks: kubectl get pods -n ${namespace}`);
  }
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

function bad(what: string, text: string, mend: string): Finding {
  return { what, state: 'bad', found: text, mend };
}

function wordsOf({ what, state, found: text, mend }: Finding): Parameters<typeof printWords>[1] {
  const colour = state === 'ok' ? 'green' : state === 'bad' ? 'red' : 'yellow';
  // A sentence of an error has an end of its own.
  const said = text === '' ? '' : `: ${text.replace(/\.$/, '')}`;
  return [{ text: state.padEnd(7), colour }, `  ${what}${said}${mend === undefined ? '' : `; ${mend}`}`];
}
