/**
 * `neuro doctor` checks line by line whether everything that the command needs is there, and says what corrects it. It changes nothing, and goes on
 * after a bad line where that makes sense.
 */
import { isKernelError } from '../../../kernel/index.ts';
import { ExplainedError } from '../../connect/unreachable.ts';
import { explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { NoHome, userName } from '../../homes/home.ts';
import { shownOperatorNamespace } from '../../operator/operator-namespace.ts';
import { operatorSign, policyState, schemaDifferences, serverVersion } from '../../operator/operator-signs.ts';
import { printObjects } from '../../output/objects.ts';
import { printWords } from '../../output/print.ts';
import { say, spoken } from '../../output/say.ts';
import { found, orUnknown, type Finding } from './finding.ts';
import { addUser, examineRights, homeThatExists, secretsFinding } from './home-findings.ts';
import {
  operatorFinding,
  otherOperatorsFindings,
  policiesFinding,
  recoveryKeysFinding,
  schemaFinding,
  sealingKeyFinding,
} from './operator-findings.ts';

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

/** The last line, for people who read only that. */
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
  const connection = await found(run, tell, 'kubeconfig', () => run.connect(), {
    say: ({ clusterName }) => `cluster '${clusterName}'`,
    mend: '`neuro config get-contexts` shows what there is; choose --context or --kubeconfig',
  });
  if (connection === undefined) return;
  const server = await found(run, tell, 'API server', () => serverVersion(connection), {
    say: (text) => text,
    mend: (error) =>
      error instanceof ExplainedError
        ? undefined
        : isKernelError(error, 'Unauthorized', 'Forbidden')
          ? logInAfter(error)
          : 'look at the network, and at the address with `neuro config show`',
  });
  if (server === undefined) return;
  const user = await found(run, tell, 'user', () => userName(connection), {
    say: (name) => name,
    mend: logInAfter,
  });
  // A user whom the cluster does not know has no rights, and all other checks would say only that.
  if (user === undefined) return;
  const ask = async (what: string, find: () => Promise<Finding>): Promise<void> =>
    tell(await orUnknown(run, what, find));
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
  const home = await found(run, tell, 'home', () => homeThatExists(connection, options), {
    say: (name) => `namespace '${name}'`,
    // For several homes, and for a namespace that does not exist, the sentence itself says what to do.
    mend: (error) => (error instanceof NoHome ? addUser(user) : undefined),
  });
  if (home === undefined) return;
  await ask('secrets', () => secretsFinding(run, connection, home));
  await examineRights(run, connection, { home, user }, tell);
}

/** What to do if the API server does not accept the credentials. The sentence of the error may say it already. */
function logInAfter(error: unknown): string | undefined {
  // There are no credentials, and the sentence says why and what to do.
  if (isKernelError(error, 'Unauthorized') && error.cause instanceof Error) return undefined;
  return explain(error).sentence.includes('log in again') ? whoami : logIn;
}

function wordsOf({ what, state, found: text, mend }: Finding): Parameters<typeof printWords>[1] {
  const colour = state === 'ok' ? 'green' : state === 'bad' ? 'red' : 'yellow';
  // A sentence of an error has an end of its own.
  const said = text === '' ? '' : `: ${text.replace(/\.$/, '')}`;
  return [{ text: state.padEnd(7), colour }, `  ${what}${said}${mend === undefined ? '' : `; ${mend}`}`];
}
