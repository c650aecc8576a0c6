/** `neuro acl grant` and `neuro share`: one SecretGrant for a secret and a subject, made or brought up to date. */
import {
  ANNOTATION_USER,
  FIELD_MANAGERS,
  findCondition,
  formatSubject,
  parseSubject,
  type SecretGrant,
  type SecretGrantGrantedBy,
  type SecretGrantSubject,
} from '../../../api/index.ts';
import { accessLevels, granterOf, grantName, planGrant, quoteAll, type GrantPlan } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { parseExpires } from '../../args/expires.ts';
import { allowed } from '../../connect/allowed.ts';
import type { Connection } from '../../connect/connection.ts';
import { grantsTo } from '../../secrets/grants.ts';
import { userName, visibleNamespace } from '../../homes/home.ts';
import { madeByLabel, madeByNeuro, roleBindings, secretGrants } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { waitingForOperator, withProgress } from '../../output/progress.ts';
import { say, warn } from '../../output/say.ts';
import { warnOfMissingSubject, warnOfSubject } from '../../output/warn-of-subject.ts';
import { isSwapped, resolveTarget, type AclTarget } from './target.ts';
import { pause } from '../../connect/pause.ts';

export interface GrantOptions {
  readonly expires?: string;
  readonly description?: string;
}

const settleLimitMs = 3_000;
const pollMs = 50;

export async function grant(run: Invocation<GrantOptions>, uri: string, who: string, level = 'read'): Promise<void> {
  if (!/^secret:/i.test(uri) && /^secret:/i.test(level))
    throw new CliError('usage', `The secret comes first: \`neuro share ${quoteAll([level, uri, who])}\`.`);
  const access = accessLevels.find((known) => known === level);
  if (access === undefined)
    throw new CliError(
      'usage',
      `'${level}' is not a level of access: choose ${accessLevels.join(', ')} (default read).`,
    );
  if (isSwapped(uri, who))
    throw new CliError('usage', `The secret comes before the subject: \`neuro share ${quoteAll([who, uri])}\`.`);
  const subject = parseSubject(who);
  const isDoubtful = warnOfSubject(run, subject);
  const { expires, description } = run.options;
  const now = run.io.now();
  const expiresAt = expires === undefined ? undefined : expires === 'never' ? null : parseExpires(expires, now);
  if (typeof expiresAt === 'string' && new Date(expiresAt).getTime() <= now.getTime())
    warn(run, `${expiresAt} has passed, so the grant gives nothing.`);
  const target = await resolveTarget(run, uri);
  const connection = await run.connect();
  if (target.presence === 'missing')
    warn(
      run,
      `Secret '${target.key ?? ''}' does not exist in the namespace '${target.namespace}'; the grant waits for it.`,
    );
  if (await isOwner(connection, target, subject))
    warn(
      run,
      `${formatSubject(subject)} needs no grant: the people and jobs of the namespace '${target.namespace}' can use its secrets.`,
    );
  else await warnOfMissingSubject(run, connection, subject);
  const found = await grantsTo(connection, target, subject);
  const plan = planGrant(target, subject, found, { access, expiresAt, description }, now.getTime());
  const object = await write(connection, target, plan);
  const { former, kept, passedAt, spec } = plan;
  const until = spec.expiresAt === undefined ? '' : ` until ${spec.expiresAt}`;
  const before = former === undefined || former === access ? '' : ` (was ${former})`;
  const what = target.key === undefined ? `all secrets of '${target.namespace}'` : target.shown;
  say(run, `${formatSubject(subject)} was granted ${access} on ${what}${until}${before}.`);
  if (kept.expiresAt !== undefined) say(run, 'The end is kept; `--expires never` removes it.');
  if (kept.description !== undefined) say(run, `The description is kept: ${kept.description}`);
  if (passedAt !== undefined)
    warn(run, `The former end, ${passedAt}, has passed and is not kept: the grant has no end now.`);
  warnAbout(run, await withProgress(run, waitingForOperator, () => settled(connection, object)), subject, isDoubtful);
}

/** Who can use the secret without a grant. */
async function isOwner(
  connection: Connection,
  { namespace, isHome }: AclTarget,
  { kind, name, namespace: of = name }: SecretGrantSubject,
): Promise<boolean> {
  switch (kind) {
    case 'Namespace':
    case 'ServiceAccount':
      return of === namespace;
    case 'Group':
      return false;
    case 'User': {
      const owner = (await visibleNamespace(connection, namespace))?.metadata.annotations?.[ANNOTATION_USER];
      return name === (owner ?? (isHome ? await userName(connection) : undefined));
    }
  }
}

async function write(connection: Connection, target: AclTarget, plan: GrantPlan): Promise<SecretGrant> {
  const { namespace } = target;
  const { client } = connection;
  const by = { fieldManager: FIELD_MANAGERS.cli };
  let object: SecretGrant | undefined;
  for (const { name, spec } of plan.changes)
    object = await client.patch(secretGrants, { namespace, name }, { spec }, by);
  if (object !== undefined) return object;
  const grantedBy = await granterFor(connection, namespace);
  const spec = { ...plan.spec, ...defined({ grantedBy }) };
  const metadata = { namespace, name: grantName(target, spec.subject), labels: { [madeByLabel]: madeByNeuro } };
  return client.create(secretGrants, { metadata, spec }, by);
}

/** A grant of someone who may not write RoleBindings of the namespace stands on their own right, and says so. */
async function granterFor(connection: Connection, namespace: string): Promise<SecretGrantGrantedBy | undefined> {
  const question = { group: roleBindings.group, resource: roleBindings.plural, verb: 'create', namespace };
  return (await allowed(connection, question)) ? undefined : granterOf(await userName(connection));
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

function warnAbout(
  run: Invocation<GrantOptions>,
  object: SecretGrant | undefined,
  subject: SecretGrantSubject,
  isDoubtful: boolean,
): void {
  if (object === undefined) {
    warn(run, 'The operator has not taken the grant up yet; does it run?');
    return;
  }
  const { phase, namespaces, conditions } = object.status ?? {};
  const isPerson = subject.kind === 'User' || subject.kind === 'Group';
  if (phase === 'Active' && isPerson && !isDoubtful && (namespaces ?? []).length === 0) {
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
