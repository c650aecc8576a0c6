/** `neuro acl grant` and `neuro share`: one SecretGrant for a secret and a subject, made or brought up to date. */
import {
  FIELD_MANAGERS,
  findCondition,
  formatSubject,
  parseSubject,
  type SecretGrant,
  type SecretGrantAccess,
  type SecretGrantSubject,
} from '../../../api/index.ts';
import { parseExpires } from '../../args/expires.ts';
import type { Connection } from '../../cluster/connection.ts';
import { grantName, grantsTo } from '../../cluster/grants.ts';
import { madeByLabel, madeByNeuro, secretGrants } from '../../cluster/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { say, warn } from '../../output/say.ts';
import { resolveTarget, type AclTarget } from './target.ts';
import { pause } from '../../cluster/pause.ts';

export interface GrantOptions {
  readonly expires?: string;
  readonly description?: string;
}

const levels = ['read', 'write', 'manage'] as const satisfies readonly SecretGrantAccess[];
const settleLimitMs = 3_000;
const pollMs = 50;

export async function grant(run: Invocation<GrantOptions>, uri: string, who: string, level = 'read'): Promise<void> {
  const access = levels.find((known) => known === level);
  if (access === undefined)
    throw new CliError('usage', `'${level}' is no level: choose ${levels.join(', ')} (default read).`);
  const subject = parseSubject(who);
  const { expires, description } = run.options;
  const now = run.io.now();
  const expiresAt = expires === undefined ? undefined : parseExpires(expires, now);
  if (expiresAt !== undefined && new Date(expiresAt).getTime() <= now.getTime())
    warn(run, `${expiresAt} has passed, so the grant gives nothing.`);
  const connection = await run.connect();
  const target = await resolveTarget(connection, run.options, uri);
  if (target.presence === 'missing')
    warn(
      run,
      `Secret '${target.key ?? ''}' does not exist in the namespace '${target.namespace}'; the grant waits for it.`,
    );
  const { object, former } = await write(connection, target, subject, { access, expiresAt, description });
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  const before = former === undefined || former === access ? '' : ` (was ${former})`;
  const what = target.key === undefined ? `all secrets of '${target.namespace}'` : target.shown;
  say(run, `${formatSubject(subject)} was granted ${access} on ${what}${until}${before}.`);
  warnAbout(run, await settled(connection, object), subject);
}

interface Terms {
  readonly access: SecretGrantAccess;
  readonly expiresAt: string | undefined;
  readonly description: string | undefined;
}

async function write(
  connection: Connection,
  target: AclTarget,
  subject: SecretGrantSubject,
  { access, expiresAt, description }: Terms,
): Promise<{ readonly object: SecretGrant; readonly former?: SecretGrantAccess }> {
  const { namespace, secret } = target;
  const { client } = connection;
  const by = { fieldManager: FIELD_MANAGERS.cli };
  const found = await grantsTo(connection, target, subject);
  const [existing] = found;
  const said = description === undefined ? {} : { description };
  if (existing === undefined) {
    const object = await client.create(
      secretGrants,
      {
        metadata: { namespace, name: grantName(target, subject), labels: { [madeByLabel]: madeByNeuro } },
        spec: {
          ...(secret === undefined ? {} : { secret }),
          subject,
          access,
          ...said,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        },
      },
      by,
    );
    return { object };
  }
  // What was granted twice would outlast the new terms.
  const spec = { access, expiresAt: expiresAt ?? null, ...said };
  let object: SecretGrant = existing;
  for (const { metadata } of found)
    object = await client.patch(secretGrants, { namespace, name: metadata.name }, { spec }, by);
  return { object, former: existing.spec.access ?? 'read' };
}

async function settled(connection: Connection, { metadata }: SecretGrant): Promise<SecretGrant | undefined> {
  const { namespace = '', name } = metadata;
  for (let waitedMs = 0; waitedMs <= settleLimitMs; waitedMs += pollMs) {
    const now = await connection.client.get(secretGrants, { namespace, name });
    if (now === undefined) return undefined;
    if ((now.status?.observedGeneration ?? 0) >= (now.metadata.generation ?? 0)) return now;
    await pause(pollMs);
  }
  return undefined;
}

function warnAbout(run: Invocation<GrantOptions>, object: SecretGrant | undefined, subject: SecretGrantSubject): void {
  if (object === undefined) {
    warn(run, 'The operator has not taken the grant up yet; does it run?');
    return;
  }
  const { phase, namespaces, conditions } = object.status ?? {};
  const isPerson = subject.kind === 'User' || subject.kind === 'Group';
  if (phase === 'Active' && isPerson && (namespaces ?? []).length === 0) {
    const kind = subject.kind === 'User' ? 'user' : 'group';
    warn(
      run,
      `No namespace is home to the ${kind} '${subject.name}' yet (is the name right?); the grant holds when there is one.`,
    );
  }
  const ready = findCondition(conditions, 'Ready');
  if (phase === 'Pending' && ready !== undefined && ready.reason !== 'SecretNotFound')
    warn(run, `The grant is not in force (${ready.reason}): ${ready.message}`);
}
