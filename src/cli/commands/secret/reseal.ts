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
import { recipientKeys, sealFor, type RecipientOptions } from '../../secrets/recipients.ts';
import { ownKey } from '../../secrets/sealing-key.ts';
import { replaceSealed, writeSealed } from '../../secrets/write-secret.ts';
import { CliError, explain } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Connection } from '../../connect/connection.ts';
import type { Invocation } from '../../factory.ts';
import { say, sayError } from '../../output/say.ts';

export async function resealSecrets(run: Invocation<RecipientOptions>, keys: readonly string[]): Promise<number> {
  const connection = await run.connect();
  const home = await homeOf(connection, run.options);
  const wanted =
    keys.length === 0
      ? await outdated(connection, home)
      : keys.map((key) => parseKeyOrUri(key, home, connection.clusterName));
  if (wanted.length === 0) say(run, 'No secret was sealed with an older key.');
  const keysOfOthers = await recipientKeys(run.options.for ?? [], run.options, run.connectTo);
  let exitCode: number = exitCodes.ok;
  for (const named of wanted) {
    try {
      const secret = await refuseWhatIsMade(connection, named);
      const bytes = await readBytes(connection, named);
      if (keysOfOthers.length === 0) await writeSealed(connection, run.options, named, bytes);
      else {
        const context = { namespace: named.namespace, name: secret.metadata.name, key: effectiveKey(secret) };
        const own = await ownKey(connection, run.options);
        await replaceSealed(
          connection,
          secret,
          await sealFor([own, ...keysOfOthers.filter(({ keyId }) => keyId !== own.keyId)], context, bytes),
        );
      }
      const also = keysOfOthers.length === 0 ? '' : `, also for ${(run.options.for ?? []).join(', ')}`;
      say(run, `Secret '${named.key}' resealed${also}.`);
    } catch (error) {
      const explained = explain(error);
      sayError(run, explained.sentence);
      exitCode = explained.exitCode;
    }
  }
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

async function outdated({ client }: Connection, namespace: string): Promise<readonly NamedSecret[]> {
  const all = await listAll(client.list(userSecrets, { namespace }));
  return all
    .filter(({ status }) => isConditionTrue(status?.conditions, CONDITION_SEALING_KEY_OUTDATED))
    .map((secret) => ({ namespace, key: calledName(secret) }));
}
