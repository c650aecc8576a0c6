/** What `neuro doctor` checks of the user's home: that it exists, its secrets, and the rights of the user in it. */
import { calledName, findCondition, isNamespaceName } from '../../../api/index.ts';
import { quote } from '../../../client/index.ts';
import { allowed } from '../../connect/allowed.ts';
import type { Connection } from '../../connect/connection.ts';
import { listAll, userSecrets } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { homeOf } from '../../homes/home.ts';
import { missingSentence, namespaceState } from '../../homes/namespace-state.ts';
import { sentenceOf } from '../../output/report-error.ts';
import { isReady } from '../../secrets/find-secret.ts';
import { bad, ok, orUnknown, type Finding } from './finding.ts';

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

export async function homeThatExists(connection: Connection, options: Invocation['options']): Promise<string> {
  const home = await homeOf(connection, options);
  // The API server lists nothing of a namespace that does not exist, and refuses nothing either.
  if ((await namespaceState(connection, home)).presence === 'missing')
    throw new CliError('notFound', missingSentence(home));
  return home;
}

/** The command that creates a home. The home has the name of the user, where that can name a namespace. */
export function addUser(user: string): string {
  const home = isNamespaceName(user) ? '' : '--home NAMESPACE ';
  return `an administrator makes one: neuro admin add-user ${home}${user.startsWith('-') ? '-- ' : ''}${quote(user)}`;
}

/** Secrets without a value for jobs are also the surest sign that the operator does not run. */
export async function secretsFinding(run: Invocation, { client }: Connection, namespace: string): Promise<Finding> {
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
    return bad(what, sentenceOf(run, error), undefined);
  }
}

export async function examineRights(
  run: Invocation,
  connection: Connection,
  { home: namespace, user }: { readonly home: string; readonly user: string },
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
  const answers = rights.map((right) => orUnknown(run, `may ${right.what}`, () => answerTo(right)));
  for (const finding of await Promise.all(answers)) tell(finding);
}
