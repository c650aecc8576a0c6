/** `neuro secret reseal`: the same value, sealed with the newest key of the cluster. It is read and sealed here, and never shown. */
import {
  CONDITION_SEALING_KEY_OUTDATED,
  calledName,
  effectiveKey,
  isConditionTrue,
  madeBy,
  type UserSecret,
} from '../../../api/index.ts';
import { findSecret, notFound, parseKeyOrUri, type NamedSecret } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
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
import { lacksRecovery, sealedFor } from '../../secrets/sealed-for.ts';
import { replaceSealed } from '../../secrets/write-secret.ts';
import { CliError, explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Connection } from '../../connect/connection.ts';
import type { Invocation } from '../../factory.ts';
import type { GlobalOptions } from '../../options.ts';
import { eachWithProgress } from '../../output/progress.ts';
import { say, sayError, warn } from '../../output/say.ts';

export async function resealSecrets(run: Invocation<RecipientOptions>, keys: readonly string[]): Promise<number> {
  const { options } = run;
  const connection = await run.connect();
  const home = await homeOf(connection, options);
  const others = await namedRecipients(run);
  const recovery = await recoveryOf(connection, options);
  const wanted =
    keys.length === 0
      ? await outdated(connection, home, recovery)
      : keys.map((key) => parseKeyOrUri(key, home, connection.clusterName));
  if (wanted.length === 0)
    say(run, `No secret was sealed with an older key${recovery.length === 0 ? '' : ', or without a recovery key'}.`);
  let exitCode: number = exitCodes.ok;
  let written: Recipients | undefined;
  const resealOne = async (named: NamedSecret): Promise<void> => {
    try {
      const secret = await refuseWhatIsMade(connection, named);
      const bytes = await readBytes(connection, named);
      const context = { namespace: named.namespace, name: secret.metadata.name, key: effectiveKey(secret) };
      const recipients = await withThisCluster(connection, options, others);
      const dropped = await droppedKeys(connection, options, secret, recipients);
      await replaceSealed(connection, secret, await sealFor(recipients, context, bytes));
      const also = options.for === undefined ? '' : `, also for ${options.for.join(', ')}`;
      say(run, `Secret '${named.key}' resealed${also}.`);
      if (dropped.length > 0)
        warn(
          run,
          `'${named.key}' is no longer sealed for ${dropped.join(', ')}, which are keys of other clusters or recovery keys. To keep them, name them with --for.`,
        );
      written = recipients;
    } catch (error) {
      const explained = explain(error);
      sayError(run, explained.sentence);
      exitCode = explained.exitCode;
    }
  };
  await eachWithProgress(run, 'Sealing again', wanted, resealOne);
  if (written !== undefined) noteRecovery(run, written);
  return exitCode;
}

/** Keys of nobody that is known here, which the new texts leave out. */
async function droppedKeys(
  connection: Connection,
  options: GlobalOptions,
  secret: UserSecret,
  { clusters, recovery }: Recipients,
): Promise<readonly string[]> {
  const kept = [...clusters, ...recovery].map(({ keyId }) => keyId);
  return (await sealedFor(connection, options, secret))
    .filter(({ keyId, whose }) => whose === 'another cluster or key' && !kept.includes(keyId))
    .map(({ keyId }) => keyId);
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
  { client }: Connection,
  namespace: string,
  recovery: Recipients['recovery'],
): Promise<readonly NamedSecret[]> {
  const all = await listAll(client.list(userSecrets, { namespace }));
  return all
    .filter(
      (secret) =>
        isConditionTrue(secret.status?.conditions, CONDITION_SEALING_KEY_OUTDATED) || lacksRecovery(secret, recovery),
    )
    .map((secret) => ({ namespace, key: calledName(secret) }));
}
