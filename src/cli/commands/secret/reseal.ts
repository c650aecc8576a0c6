/**
 * `neuro secret reseal`: the same value, sealed with the newest key of the cluster. It is read and sealed here, and never shown.
 *
 * Without names: what is sealed with an older key, lacks a recovery key, or is for one that the list keeps as not active. A key that no list
 * has may be that of another cluster, which needs its text, so such secrets are named and left as they are. So are those that the operator
 * cannot open: their text may hold another value than their native Secret.
 */
import {
  CONDITION_READY,
  CONDITION_SEALING_KEY_OUTDATED,
  calledName,
  effectiveKey,
  findCondition,
  isConditionTrue,
  madeBy,
  type UserSecret,
  type UserSecretReason,
} from '../../../api/index.ts';
import { findSecret, notFound, secretWord, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretsNamed } from '../../secrets/named-secrets.ts';
import { listAll, userSecrets } from '../../connect/kinds.ts';
import { readBytes } from '../../secrets/read-secret.ts';
import {
  namedRecipients,
  noteRecovery,
  recoveryOf,
  sealFor,
  withThisCluster,
  type RecipientOptions,
  type Recipients,
} from '../../secrets/recipients.ts';
import { droppedKeys, warnOfDroppedKeys } from '../../secrets/dropped-keys.ts';
import { lacksRecovery, sealedFor, sealedKeyIds } from '../../secrets/sealed-for.ts';
import { replaceSealed } from '../../secrets/write-secret.ts';
import { CliError } from '../../errors.ts';
import type { Connection } from '../../connect/connection.ts';
import type { Invocation } from '../../factory.ts';
import { eachOnItsOwn } from '../../output/each-on-its-own.ts';
import { note, say, warn } from '../../output/say.ts';

/** The most secrets that the note names as left unchanged. With more it would be too long to read; the rest are named when these are done. */
const mostNamed = 10;
/** Reasons of the condition Ready for a sealed value that no key opened. */
const unopenedReasons: readonly string[] = [
  'UnknownSealingKey',
  'CannotOpen',
  'Malformed',
] satisfies readonly UserSecretReason[];

export async function resealSecrets(run: Invocation<RecipientOptions>, keys: readonly string[]): Promise<number> {
  const { options } = run;
  const { connection, home, names } = await secretsNamed(run, keys);
  const others = await namedRecipients(run);
  const recovery = await recoveryOf(connection, options);
  const wanted =
    keys.length === 0
      ? await outdated(run, connection, home, {
          clusters: others.clusters,
          recovery: [...recovery, ...others.recovery],
        })
      : names;
  if (wanted.length === 0)
    say(run, `No secret was sealed with an older key${recovery.length === 0 ? '' : ', or without a recovery key'}.`);
  let written: Recipients | undefined;
  const resealOne = async (named: NamedSecret): Promise<void> => {
    const secret = await refuseWhatIsMade(connection, named);
    const bytes = await readBytes(connection, named);
    const context = { namespace: named.namespace, name: secret.metadata.name, key: effectiveKey(secret) };
    const recipients = await withThisCluster(connection, options, others);
    await replaceSealed(connection, secret, await sealFor(recipients, context, bytes));
    const also = options.for === undefined ? '' : `, also for ${options.for.join(', ')}`;
    say(run, `Secret '${named.key}' resealed${also}.`);
    if (isUnopened(secret))
      warn(
        run,
        `The operator could not open '${named.key}', so the value of its native Secret is sealed now. If the text was for another value, set that again.`,
      );
    await warnOfDroppedKeys(run, connection, { named, former: secret, recipients });
    written = recipients;
  };
  const exitCode = await eachOnItsOwn(
    run,
    { what: 'Sealing again', nameOf: ({ key, typed = key }) => typed },
    wanted,
    resealOne,
  );
  if (written !== undefined) noteRecovery(run, written);
  return exitCode;
}

/** A sealed value in the place of a generated or referred one would end its rotation, or its following. */
async function refuseWhatIsMade(connection: Connection, named: NamedSecret): Promise<UserSecret> {
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  const how = madeBy(secret.spec);
  if (how === undefined) return secret;
  throw new CliError(
    'illegalArgument',
    `Secret '${named.key}' ${how}, so there is nothing sealed in it; it was left as it is.`,
  );
}

async function outdated(
  run: Invocation<RecipientOptions>,
  connection: Connection,
  namespace: string,
  recipients: Recipients,
): Promise<readonly NamedSecret[]> {
  const wanted: NamedSecret[] = [];
  const left: NamedSecret[] = [];
  const unopened: NamedSecret[] = [];
  const unknown = new Set<string>();
  for (const secret of await listAll(connection.client.list(userSecrets, { namespace }))) {
    const named = { namespace, key: calledName(secret) };
    if (isUnopened(secret)) {
      unopened.push(named);
      continue;
    }
    // A text for one key alone is for this cluster, or nothing here can open it.
    const hasOthers = (sealedKeyIds(secret)?.length ?? 0) > 1;
    const isFormer =
      hasOthers &&
      (await sealedFor(connection, run.options, secret)).some(({ whose }) => whose === 'a former recovery key');
    if (
      isFormer ||
      isConditionTrue(secret.status?.conditions, CONDITION_SEALING_KEY_OUTDATED) ||
      lacksRecovery(secret, recipients.recovery)
    ) {
      wanted.push(named);
      continue;
    }
    const dropped = hasOthers ? await droppedKeys(connection, run.options, secret, recipients) : [];
    if (dropped.length > 0) left.push(named);
    for (const keyId of dropped) unknown.add(keyId);
  }
  if (left.length > 0) note(run, leftSentence(left, [...unknown]));
  if (unopened.length > 0) note(run, unopenedSentence(unopened));
  return wanted;
}

/** Whether the operator has no key for the text, or none that opens it. */
function isUnopened({ status }: UserSecret): boolean {
  const ready = findCondition(status?.conditions, CONDITION_READY);
  return ready?.status === 'False' && unopenedReasons.includes(ready.reason);
}

function unopenedSentence(unopened: readonly NamedSecret[]): string {
  const { words, more } = shortList(unopened);
  return (
    `Left as they are, because the operator cannot open them: ${words}${more}. Restore its sealing keys; or seal the values that their native Secrets ` +
    `still have, in the place of the texts, with \`neuro secret reseal ${words}\`.`
  );
}

function shortList(secrets: readonly NamedSecret[]): { readonly words: string; readonly more: string } {
  const words = secrets.slice(0, mostNamed).map(secretWord).join(' ');
  return { words, more: secrets.length > mostNamed ? `, and ${secrets.length - mostNamed} more,` : '' };
}

function leftSentence(left: readonly NamedSecret[], keyIds: readonly string[]): string {
  const { words, more } = shortList(left);
  return (
    `Left as they are, because they are also sealed for keys that this cluster does not know (${keyIds.join(', ')}): ${words}${more}. ` +
    'If those are keys of other clusters, there is nothing to do. If one is a recovery key that was taken out of the configuration, ' +
    `remove its text with \`neuro secret reseal ${words}\`.`
  );
}
