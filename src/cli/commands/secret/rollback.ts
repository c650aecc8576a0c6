/**
 * `neuro secret rollback`: puts a former value in force, sealed, as `neuro secret add` writes it. So the object says what is in force,
 * and git shows the difference.
 */
import { findCondition, keyWord } from '../../../api/index.ts';
import { quote } from '../../../client/index.ts';
import { sentencesBeforeReplacing } from '../../secrets/field-owners.ts';
import { findVersion, versionBytes } from '../../secrets/history.ts';
import { noteRecovery, withThisCluster } from '../../secrets/recipients.ts';
import type { RecoveryOptions } from '../../secrets/recovery-keys.ts';
import { warnOfDroppedKeys } from '../../secrets/dropped-keys.ts';
import { settled, writeSealed } from '../../secrets/write-secret.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { waitingForOperator, withProgress } from '../../output/progress.ts';
import { note, say, warn } from '../../output/say.ts';
import { ownerOnly } from './get.ts';
import { targetOf } from './history.ts';

export interface RollbackOptions extends RecoveryOptions {
  readonly to?: string;
}

const settleLimitMs = 3_000;

export async function rollbackSecret(run: Invocation<RollbackOptions>, keyText: string): Promise<void> {
  const wanted = run.options.to;
  if (wanted === undefined)
    throw new CliError(
      'usage',
      `Say to which version: \`neuro secret history ${quote(keyWord(keyText))}\` lists them.`,
    );
  const { connection, secret, named } = await targetOf(run, keyText);
  const version = findVersion(secret, named, wanted);
  if (version.isInForce) {
    say(run, `Version ${version.version} of '${named.key}' is in force already.`);
    return;
  }
  const bytes = await versionBytes(connection, named, secret, version).catch((error: unknown) => {
    throw ownerOnly(error, named);
  });
  const recipients = await withThisCluster(connection, run.options);
  const written = await writeSealed(connection, { recipients }, named, bytes, {
    beforeReplacing: (existing) => {
      for (const sentence of sentencesBeforeReplacing(existing, named)) warn(run, sentence);
    },
  });
  const now = await withProgress(run, waitingForOperator, () => settled(connection, written.secret, settleLimitMs));
  if (now === undefined) {
    warn(run, `The sealed value is written, and the operator has not taken it up yet; \`neuro doctor\` looks.`);
    return;
  }
  const ready = findCondition(now.status?.conditions, 'Ready');
  if (ready?.status !== 'True')
    throw new CliError(
      'other',
      `Secret '${named.key}' is not usable (${ready?.reason ?? ''}): ${ready?.message ?? ''}`,
    );
  say(run, `Secret '${named.key}' is back at version ${version.version}.`);
  noteRecovery(run, recipients);
  await warnOfDroppedKeys(run, connection, { named, former: secret, recipients });
  note(run, 'Running jobs keep the value that they started with.');
}
