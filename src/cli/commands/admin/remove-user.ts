/**
 * `neuro admin remove-user`: a home loses its person, and the person the access to it. The secrets stay for anyone who
 * administers the cluster, unless the namespace goes with all that is in it.
 */
import {
  ANNOTATION_GROUPS,
  ANNOTATION_USER,
  calledName,
  formatSecretUri,
  formatSubject,
  type SecretGrantSubject,
} from '../../../api/index.ts';
import { quoteAll } from '../../../client/index.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { confirm } from '../../args/prompt.ts';
import type { Connection } from '../../connect/connection.ts';
import { listHomes, ownerBinding, type Home } from '../../homes/homes.ts';
import { listAll, namespaces, neuroJobs, roleBindings, secretGrants, userSecrets } from '../../connect/kinds.ts';
import { CliError, explain } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { say, warn } from '../../output/say.ts';

export interface RemoveUserOptions {
  readonly deleteNamespace?: boolean;
  readonly force?: boolean;
}

export async function removeUser(run: Invocation<RemoveUserOptions>, user: string): Promise<void> {
  refuseBeside(run.options, 'The home is that of the user', ['namespace']);
  const connection = await run.connect();
  const homes = (await listHomes(connection)).filter((home) => home.user === user);
  if (homes.length === 0)
    throw new CliError('notFound', `No home of the user '${user}' was found; \`neuro admin ls-users\` lists them.`);
  for (const home of homes) await removeHome(run, connection, home);
  // A grant to a namespace is in force for the next one of that name.
  const gone = run.options.deleteNamespace === true ? homes.map(({ namespace }) => namespace) : [];
  try {
    await nameGrants(run, connection, user, gone);
  } catch (error) {
    if (!isKernelError(error)) throw error;
    // The user is removed: this is about what may remain.
    warn(run, `Grants that still name '${user}' were not looked for. ${explain(error).sentence}`);
  }
}

async function nameGrants(
  run: Invocation,
  connection: Connection,
  user: string,
  gone: readonly string[],
): Promise<void> {
  const all = await listAll(connection.client.list(secretGrants));
  const isOfGone = ({ kind, name, namespace = name }: SecretGrantSubject): boolean =>
    (kind === 'Namespace' || kind === 'ServiceAccount') && gone.includes(namespace);
  for (const { metadata, spec } of all) {
    const isOfUser = spec.subject.kind === 'User' && spec.subject.name === user;
    // Grants in a namespace that is deleted go with it.
    if ((!isOfUser && !isOfGone(spec.subject)) || gone.includes(metadata.namespace ?? '')) continue;
    const { namespace = '' } = metadata;
    const uri = formatSecretUri(await targetOf(connection, namespace, spec.secret));
    const subject = formatSubject(spec.subject);
    const words = subject.startsWith('-') ? ['--', uri, subject] : [uri, subject];
    const revoke = `neuro -n ${namespace} acl revoke ${quoteAll(words)}`;
    warn(run, `A grant of '${namespace}' still names '${isOfUser ? user : subject}': \`${revoke}\`.`);
  }
}

/** What a grant is about, in the form that people use: by the key. */
async function targetOf(
  { client }: Connection,
  namespace: string,
  name: string | undefined,
): Promise<{ readonly key?: string }> {
  if (name === undefined) return {};
  const secret = await client.get(userSecrets, { namespace, name });
  return { key: secret === undefined ? name : calledName(secret) };
}

async function removeHome(
  run: Invocation<RemoveUserOptions>,
  connection: Connection,
  { user, namespace }: Home,
): Promise<void> {
  const { client } = connection;
  if (run.options.deleteNamespace === true) {
    await ask(run, connection, namespace);
    await client.delete(namespaces, { name: namespace });
    say(run, `The namespace '${namespace}' goes, with all that is in it.`);
    return;
  }
  await unbind(connection, user, namespace);
  const annotations = { [ANNOTATION_USER]: null, [ANNOTATION_GROUPS]: null };
  await client.patch(namespaces, { name: namespace }, { metadata: { annotations } });
  say(
    run,
    `The namespace '${namespace}' is nobody's home any more; its secrets are kept. \`kubectl delete namespace ${namespace}\` ends them.`,
  );
}

async function unbind({ client }: Connection, user: string, namespace: string): Promise<void> {
  const binding = await client.get(roleBindings, { namespace, name: ownerBinding });
  const rest = (binding?.subjects ?? []).filter(({ kind, name }) => kind !== 'User' || name !== user);
  if (binding === undefined || rest.length === binding.subjects?.length) return;
  if (rest.length === 0) await client.delete(roleBindings, { namespace, name: ownerBinding });
  else await client.patch(roleBindings, { namespace, name: ownerBinding }, { subjects: rest });
}

async function ask(run: Invocation<RemoveUserOptions>, { client }: Connection, namespace: string): Promise<void> {
  if (run.options.force === true) return;
  const [secrets, jobs] = await Promise.all([
    counted('secret', listAll(client.list(userSecrets, { namespace }))),
    counted('job', listAll(client.list(neuroJobs, { namespace }))),
  ]);
  const what = `'${namespace}' with ${secrets} and ${jobs}`;
  if (!run.io.isInputTerminal || !run.io.isErrorTerminal)
    throw new CliError('usage', `${what} would be lost; --force does it without asking.`);
  if (!(await confirm(run.io, `Delete ${what} permanently?`)))
    throw new CliError('interrupted', `The namespace '${namespace}' was kept.`);
}

function counted(noun: string, listing: Promise<readonly unknown[]>): Promise<string> {
  return listing.then(
    ({ length }) => `${String(length)} ${noun}${length === 1 ? '' : 's'}`,
    (error: unknown) => {
      if (isKernelError(error, 'Forbidden')) return `an unknown number of ${noun}s`;
      // The kinds of the operator are not installed.
      if (isKernelError(error, 'NotFound')) return `no ${noun}s`;
      throw error;
    },
  );
}
