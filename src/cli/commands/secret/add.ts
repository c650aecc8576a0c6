/** `neuro secret add`: seals the value here, so that it neither travels nor rests in plain. */
import { findCondition } from '../../../api/index.ts';
import { readValue } from '../../args/value.ts';
import { sentencesBeforeReplacing } from '../../secrets/field-owners.ts';
import { parseKeyOrUri } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
import { grantsFor, grantsSentence } from '../../secrets/secret-uses.ts';
import { settled, writeSealed } from '../../secrets/write-secret.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { detail, note, say, warn } from '../../output/say.ts';

export interface AddOptions {
  readonly raw?: boolean;
  readonly description?: string;
}

/** The operator handles a change within milliseconds, so a secret that it cannot use is reported here. */
const settleLimitMs = 3_000;

export async function addSecret(run: Invocation<AddOptions>, keyText: string, argument?: string): Promise<void> {
  const connection = await run.connect();
  const named = parseKeyOrUri(keyText, await homeOf(connection, run.options), connection.clusterName);
  const value = await readValue(run.io, argument, { raw: run.options.raw ?? false });
  if (value.tookNewlineOff) warn(run, 'One final line break was taken off the value; --raw keeps it.');
  if (value.from === 'argument' && run.io.isInputTerminal && run.io.isErrorTerminal)
    warn(
      run,
      'The value stands in the history of your shell now; leave it out next time, and it is asked for without an echo.',
    );
  const { secret, what } = await writeSealed(connection, run.options, named, value.bytes, {
    beforeReplacing: (existing) => {
      for (const sentence of sentencesBeforeReplacing(existing, named.key)) warn(run, sentence);
    },
  });
  say(run, `Secret '${named.key}' ${what} (${value.bytes.length} byte${value.bytes.length === 1 ? '' : 's'}).`);
  detail(run, `UserSecret ${named.namespace}/${secret.metadata.name}`);
  // A grant names a secret that may come later, or that was there before.
  const grants = what === 'added' ? await grantsFor(connection, named.namespace, secret.metadata.name) : [];
  const inForce = grants.filter(({ status }) => status?.phase !== 'Expired');
  if (inForce.length > 0) note(run, `It is shared already: ${grantsSentence(inForce)}.`);
  const now = await settled(connection, secret, settleLimitMs);
  if (now === undefined) {
    warn(run, 'The operator has not taken it up yet; does it run? Jobs wait until it has. `neuro doctor` looks.');
    return;
  }
  const ready = findCondition(now.status?.conditions, 'Ready');
  if (ready?.status !== 'True')
    throw new CliError(
      'other',
      `Secret '${named.key}' is kept, but not usable (${ready?.reason ?? ''}): ${ready?.message ?? ''}`,
    );
}
