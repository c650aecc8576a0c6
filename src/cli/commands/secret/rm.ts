/**
 * `neuro secret rm`: takes a secret away, and the grants that the command made for it. Jobs that run keep the value they
 * started with. At a terminal it asks when something still uses the secret; elsewhere it says so and goes on.
 */
import type { NeuroJob, SecretGrant, UserSecret } from '../../../api/index.ts';
import { formatSubject, objectNameForKey } from '../../../api/index.ts';
import { quoteAll } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { confirm } from '../../args/prompt.ts';
import type { Connection } from '../../connect/connection.ts';
import { sentencesBeforeRemoving } from '../../secrets/field-owners.ts';
import { findSecret, notFound, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretsNamed } from '../../secrets/named-secrets.ts';
import { madeByLabel, madeByNeuro, secretGrants, userSecrets } from '../../connect/kinds.ts';
import { grantsOver, grantsSentence, jobsUsing } from '../../secrets/secret-uses.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { eachOnItsOwn } from '../../output/each-on-its-own.ts';
import { note, say, warn } from '../../output/say.ts';

export interface RemoveOptions {
  readonly force?: boolean;
}

/** A sentence that people read. */
const mostCommandsShown = 3;

export async function removeSecrets(run: Invocation<RemoveOptions>, keys: readonly string[]): Promise<number> {
  const { connection, names } = await secretsNamed(run, keys);
  return eachOnItsOwn(run, { what: 'Removing', nameOf: ({ key, typed = key }) => typed }, names, (named) =>
    removeOne(run, connection, named),
  );
}

async function removeOne(run: Invocation<RemoveOptions>, connection: Connection, named: NamedSecret): Promise<void> {
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  const { namespace } = named;
  const { name, uid } = secret.metadata;
  const grants = await grantsOver(connection, namespace, name);
  for (const sentence of sentencesBeforeRemoving(secret, named.key)) warn(run, sentence);
  if (run.options.force !== true)
    await askOrWarn(run, named, secret, await jobsUsing(connection, namespace, name), grants ?? []);
  await connection.client.delete(userSecrets, { namespace, name }, defined({ uid }));
  const made = (grants ?? []).filter(isMadeByNeuro);
  const stayed: SecretGrant[] = [];
  let why: unknown;
  for (const grant of made)
    try {
      await connection.client.delete(secretGrants, { namespace, name: grant.metadata.name });
    } catch (error) {
      stayed.push(grant);
      why = error;
    }
  const count = made.length - stayed.length;
  const withThem = count === 0 ? '' : `, and with it ${String(count)} grant${count === 1 ? '' : 's'}`;
  say(run, `Secret '${named.key}' removed${withThem}.`);
  if (grants === undefined) {
    note(
      run,
      `Grants over it are not yours to see; those that '${namespace}' made stay, and hold again for a new '${named.key}'.`,
    );
    return;
  }
  const kept = grants.filter((grant) => !isMadeByNeuro(grant));
  if (kept.length > 0) warn(run, keptSentence(named, secret, kept, 'that neuro did not make'));
  if (stayed.length === 0) return;
  warn(run, keptSentence(named, secret, stayed, 'that could not be removed'));
  throw why;
}

function isMadeByNeuro({ metadata }: SecretGrant): boolean {
  return metadata.labels?.[madeByLabel] === madeByNeuro;
}

/** A grant names a secret, so it holds again for one that is made with that name. */
function keptSentence(
  { key }: NamedSecret,
  { metadata }: UserSecret,
  kept: readonly SecretGrant[],
  which: string,
): string {
  const isOne = kept.length === 1;
  const what = isOne ? `1 grant ${which} stays, and holds` : `${kept.length} grants ${which} stay, and hold`;
  // The command finds a secret that has gone by the name that it would give it.
  const canRevoke = metadata.name === objectNameForKey(key);
  const commands = kept.slice(0, mostCommandsShown).map((grant) => {
    const words = canRevoke
      ? ['neuro', '-n', metadata.namespace ?? '', 'acl', 'revoke', `secret:${key}`, formatSubject(grant.spec.subject)]
      : ['kubectl', 'delete', 'secretgrant', '-n', metadata.namespace ?? '', grant.metadata.name];
    return `\`${quoteAll(words)}\``;
  });
  const more = kept.length > commands.length ? ', and so on' : '';
  return `${what} again for a new '${key}': ${grantsSentence(kept)}. To end ${isOne ? 'it' : 'them'}: ${commands.join(', ')}${more}.`;
}

async function askOrWarn(
  run: Invocation<RemoveOptions>,
  { key }: NamedSecret,
  secret: UserSecret,
  jobs: readonly NeuroJob[],
  grants: readonly SecretGrant[],
): Promise<void> {
  const others = Math.max(0, (secret.status?.usedBy ?? 0) - jobs.length);
  const uses = [
    ...jobs.map(({ metadata, status }) => `job ${metadata.name} (${(status?.phase ?? 'Pending').toLowerCase()})`),
    ...(others === 0 ? [] : [`${String(others)} job${others === 1 ? '' : 's'} of others`]),
    ...grants.map(({ spec }) => `grant of ${spec.access ?? 'read'} to ${formatSubject(spec.subject)}`),
  ];
  if (uses.length === 0) return;
  warn(run, `Secret '${key}' is used: ${uses.join(', ')}. Jobs that run keep the value they started with.`);
  if (!run.io.isInputTerminal || !run.io.isErrorTerminal) return;
  if (!(await confirm(run.io, `Remove '${key}'?`))) throw new CliError('interrupted', `Secret '${key}' was kept.`);
}
