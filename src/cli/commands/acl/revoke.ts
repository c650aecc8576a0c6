/** `neuro acl revoke`: takes back every grant over exactly that secret to that subject. */
import { quoteAll } from '../../../client/index.ts';
import { formatSecretUri, formatSubject, parseSubject, type SecretGrant } from '../../../api/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { grantsTo } from '../../secrets/grants.ts';
import { listAll, roleBindings, secretGrants } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { eachWithProgress, waitingForOperator, withProgress } from '../../output/progress.ts';
import { note, say, warn } from '../../output/say.ts';
import { isKernelError } from '../../../kernel/index.ts';
import { pause } from '../../connect/pause.ts';
import { isSwapped, resolveTarget } from './target.ts';

/** An operator that does not run takes nothing away; the grant is deleted all the same. */
const unboundLimitMs = 3_000;
const pollMs = 50;

export async function revoke(run: Invocation, uri: string, who: string): Promise<void> {
  if (isSwapped(uri, who))
    throw new CliError('usage', `The secret comes before the subject: \`neuro acl revoke ${quoteAll([who, uri])}\`.`);
  const subject = parseSubject(who);
  const target = await resolveTarget(run, uri);
  const connection = await run.connect();
  const found = await grantsTo(connection, target, subject);
  const name = formatSubject(subject);
  if (found.length === 0)
    throw new CliError(
      'value',
      `${name} has no grant on ${target.shown}, so there is nothing to revoke; \`neuro acl ls --shared\` shows who has.`,
    );
  await eachWithProgress(
    run,
    { what: 'Revoking', nameOf: ({ metadata }) => metadata.name },
    found,
    async ({ metadata }) => {
      await connection.client.delete(secretGrants, { namespace: target.namespace, name: metadata.name });
    },
  );
  await withProgress(run, waitingForOperator, () => untilUnbound(connection, target.namespace, found));
  say(
    run,
    `${name} has no access to ${target.shown} any more; jobs that run keep the value, unless the secret says onRevoke: Terminate.`,
  );
  if (found.some(({ spec }) => spec.access === 'copy'))
    note(run, 'Copies that it let them keep are deleted, unless the secret says onRevoke: Continue.');
  if (target.secret === undefined) return;
  const rest = await listAll(connection.client.list(secretGrants, { namespace: target.namespace })).catch(
    (error: unknown) => {
      if (isKernelError(error, 'Forbidden')) return [];
      throw error;
    },
  );
  if (rest.some(({ spec }) => spec.secret === undefined && formatSubject(spec.subject) === name))
    warn(
      run,
      `${name} still has all secrets of '${target.namespace}': \`neuro acl revoke ${quoteAll([formatSecretUri({ owner: target.namespace }), name])}\` takes that back.`,
    );
}

/** The operator takes the bindings away a moment later; after this the next command of the other person is refused. */
async function untilUnbound({ client }: Connection, namespace: string, grants: readonly SecretGrant[]): Promise<void> {
  const names = grants.flatMap(({ status }) =>
    [status?.roleBindingName ?? [], status?.personRoleBindingName ?? []].flat(),
  );
  for (let waitedMs = 0; waitedMs < unboundLimitMs; waitedMs += pollMs) {
    try {
      const left = await Promise.all(names.map((name) => client.get(roleBindings, { namespace, name })));
      if (left.every((binding) => binding === undefined)) return;
    } catch (error) {
      // Someone who may only share cannot look.
      if (isKernelError(error, 'Forbidden')) return;
      throw error;
    }
    await pause(pollMs);
  }
}
