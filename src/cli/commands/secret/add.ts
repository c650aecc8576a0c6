/** `neuro secret add`: seals the value here, so that it neither travels nor rests in plain. */
import { ANNOTATION_ROTATE_BY, findCondition, rotateByOf, TLS_TYPE, type UserSecret } from '../../../api/index.ts';
import { copySentence, copySource } from '../../../client/index.ts';
import { checkPairOptions, isPairWanted, readPair, type PairOptions } from '../../args/certificate-pair.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { parseRotateBy } from '../../args/rotate-by.ts';
import { parseSecretMetadata, type SecretMetadataOptions } from '../../args/secret-metadata.ts';
import { readValue } from '../../args/value.ts';
import { sentencesBeforeReplacing } from '../../secrets/field-owners.ts';
import type { Connection } from '../../connect/connection.ts';
import { secretWord, type NamedSecret } from '../../secrets/find-secret.ts';
import { checkWords, secretNamed } from '../../secrets/named-secrets.ts';
import { namedRecipients, noteRecovery, withThisCluster, type RecipientOptions } from '../../secrets/recipients.ts';
import { grantsFor, grantsSentence } from '../../secrets/secret-uses.ts';
import { sourceOfCopy, writeCopy } from '../../secrets/write-copy.ts';
import { warnOfDroppedKeys } from '../../secrets/dropped-keys.ts';
import { settled, writeSealed, type WriteSteps } from '../../secrets/write-secret.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { waitingForOperator, withProgress } from '../../output/progress.ts';
import { detail, note, say, warn } from '../../output/say.ts';

export interface AddOptions extends SecretMetadataOptions, RecipientOptions, PairOptions {
  readonly raw?: boolean;
  readonly description?: string;
  readonly rotateBy?: string;
  /** The secret of another namespace that this one is a copy of. */
  readonly from?: string;
}

/** The operator handles a change within milliseconds, so a secret that it cannot use is reported here. */
const settleLimitMs = 3_000;

export async function addSecret(run: Invocation<AddOptions>, keyText: string, argument?: string): Promise<void> {
  const { options, io } = run;
  checkOptions(options, argument);
  const secretMetadata = parseSecretMetadata(options);
  const rotateBy = options.rotateBy === undefined ? undefined : parseRotateBy(options.rotateBy, io.now());
  if (options.from !== undefined) checkWords([options.from]);
  const { connection, named } = await secretNamed(run, keyText);
  let former: UserSecret | undefined;
  const steps: WriteSteps = {
    beforeReplacing: (existing) => {
      former = existing;
      const next = options.from === undefined ? 'sealed' : 'sharedFrom';
      for (const sentence of sentencesBeforeReplacing(existing, named, next)) warn(run, sentence);
    },
  };
  const type = isPairWanted(options) ? TLS_TYPE : undefined;
  if (options.from !== undefined) {
    const from = await sourceOfCopy(connection, named.namespace, options.from, io.now());
    const terms = { from, type, description: options.description, secretMetadata };
    const { secret, what } = await writeCopy(connection, named, terms, steps);
    say(run, `Secret '${named.key}' ${what}: a copy of ${copySource(from)}.`);
    note(run, copySentence);
    await tell(run, connection, named, secret, { isCopy: true });
    return;
  }
  const value = (await readPair(options)) ?? (await readValue(io, argument, { raw: options.raw ?? false }));
  if (value.tookNewlineOff) warn(run, 'One final line break was taken off the value; --raw keeps it.');
  if (value.from === 'argument' && io.isInputTerminal && io.isErrorTerminal)
    warn(
      run,
      'The value stands in the history of your shell now; leave it out next time, and it is asked for without an echo.',
    );
  const recipients = await withThisCluster(connection, options, await namedRecipients(run));
  const beside = { ...options, type, secretMetadata, recipients, annotations: annotationsOf(rotateBy) };
  const { secret, what } = await withProgress(run, { what: `Saving '${named.key}'` }, () =>
    writeSealed(connection, beside, named, value.bytes, steps),
  );
  say(run, `Secret '${named.key}' ${what} (${value.bytes.length} byte${value.bytes.length === 1 ? '' : 's'}).`);
  detail(run, `UserSecret ${named.namespace}/${secret.metadata.name}`);
  noteRecovery(run, recipients);
  if (former !== undefined) await warnOfDroppedKeys(run, connection, { named, former, recipients });
  if (rotateBy !== undefined && rotateBy !== '') note(run, `Rotate it by ${rotateBy}.`);
  else if (rotateBy === undefined && what === 'updated') noteFormerDate(run, secret, named);
  // A grant names a secret that may come later, or that was there before.
  const grants = what === 'added' ? await grantsFor(connection, named.namespace, secret.metadata.name) : [];
  const inForce = grants.filter(({ status }) => status?.phase !== 'Expired');
  if (inForce.length > 0) note(run, `It is shared already: ${grantsSentence(inForce)}.`);
  await tell(run, connection, named, secret, { isCopy: false });
}

/** What can be known without the cluster. */
function checkOptions(options: AddOptions, argument: string | undefined): void {
  if (options.from !== undefined) {
    if (argument !== undefined) throw new CliError('usage', 'A copy takes its value from --from: leave out VALUE.');
    refuseBeside(options, 'A copy takes its value from --from', [
      'raw',
      'for',
      'recovery',
      'rotateBy',
      'cert',
      'key',
      'ca',
    ]);
  }
  checkPairOptions(options, argument);
  if (options.cert !== undefined) refuseBeside(options, 'The value comes from --cert and --key', ['raw']);
}

function annotationsOf(rotateBy: string | undefined): Readonly<Record<string, string | null>> {
  return rotateBy === undefined ? {} : { [ANNOTATION_ROTATE_BY]: rotateBy === '' ? null : rotateBy };
}

/** A date that was set for the former value rarely holds for the next one. */
function noteFormerDate(run: Invocation<AddOptions>, secret: UserSecret, named: NamedSecret): void {
  const by = rotateByOf(secret);
  if (by === undefined) return;
  note(
    run,
    `The date to rotate by is still ${by.day}; \`neuro secret rotate-by ${secretWord(named)} 90d\` sets another.`,
  );
}

/** What the operator made of it. A copy may wait for its grant or its secret, so that is no failure. */
async function tell(
  run: Invocation<AddOptions>,
  connection: Connection,
  { key }: NamedSecret,
  secret: UserSecret,
  { isCopy }: { readonly isCopy: boolean },
): Promise<void> {
  const now = await withProgress(run, waitingForOperator, () => settled(connection, secret, settleLimitMs));
  if (now === undefined) {
    warn(run, 'The operator has not taken it up yet; does it run? Jobs wait until it has. `neuro doctor` looks.');
    return;
  }
  const { status, reason = '', message = '' } = findCondition(now.status?.conditions, 'Ready') ?? {};
  if (status === 'True') return;
  if (isCopy && reason === 'CopyUnavailable') warn(run, `It waits (${reason}): ${message}`);
  else throw new CliError('other', `Secret '${key}' is kept, but not usable (${reason}): ${message}`);
}
