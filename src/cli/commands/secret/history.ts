/** `neuro secret history`: the versions of a value, without any value; what two have in common; and their end. */
import { effectiveKey, ownValue, type UserSecret } from '../../../api/index.ts';
import { versionsOf, type SecretVersion } from '../../../client/index.ts';
import { defined } from '../../../defined.ts';
import { confirm } from '../../args/prompt.ts';
import type { Connection } from '../../connect/connection.ts';
import { findSecret, notFound, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretNamed } from '../../secrets/named-secrets.ts';
import { findVersion, formerSecrets, previousValue, removePrevious, versionBytes } from '../../secrets/history.ts';
import { nativeSecrets } from '../../connect/kinds.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { printObjects } from '../../output/objects.ts';
import { eachWithProgress } from '../../output/progress.ts';
import { note, say } from '../../output/say.ts';
import { printRows, type Column } from '../../output/table.ts';
import { ago } from '../../output/when.ts';

export interface PurgeOptions {
  readonly force?: boolean;
}

export interface Target {
  readonly connection: Connection;
  readonly named: NamedSecret;
  readonly secret: UserSecret;
}

export async function secretHistory(run: Invocation, keyText: string): Promise<void> {
  const { secret, named } = await targetOf(run, keyText);
  const versions = versionsOf(secret);
  if (await printObjects(run, versions, { nameOf: ({ version }: SecretVersion) => version })) return;
  const now = run.io.now();
  const columns: readonly Column<SecretVersion>[] = [
    { title: 'VERSION', cell: ({ version }) => version },
    { title: 'SET', cell: ({ since }) => ago(since, now) },
    { title: 'REPLACED', cell: ({ until, isInForce }) => (isInForce ? 'in force' : ago(until, now)) },
    { title: 'BY', cell: ({ user, manager }) => user ?? manager ?? '', isFlexible: true },
    { title: 'MANAGER', cell: ({ manager }) => manager ?? '', isWide: true },
    { title: 'SECRET', cell: ({ secretName }) => secretName ?? '', isWide: true },
  ];
  printRows(run, columns, versions, { header: run.options.quiet !== true });
  if (versions.length < 2) note(run, `No former value of '${named.key}' is kept.`);
}

/** 0 where both are the same value, 1 where they differ, as `diff` has it. */
export async function diffVersions(run: Invocation, keyText: string, one: string, other: string): Promise<number> {
  const { connection, secret, named } = await targetOf(run, keyText);
  const rows: (SecretVersion & { readonly bytes: number })[] = [];
  for (const text of [one, other]) {
    const version = findVersion(secret, named, text);
    rows.push({ ...version, bytes: (await versionBytes(connection, named, secret, version)).length });
  }
  const isSame = rows[0]?.version === rows[1]?.version;
  if (!(await printObjects(run, rows, { nameOf: ({ version }: SecretVersion) => version })))
    printRows(
      run,
      [
        { title: 'VERSION', cell: ({ version }) => version },
        { title: 'BYTES', cell: ({ bytes }) => String(bytes) },
        { title: 'REPLACED', cell: ({ until, isInForce }) => (isInForce ? 'in force' : ago(until, run.io.now())) },
      ],
      rows,
      { header: run.options.quiet !== true },
    );
  note(run, isSame ? 'Both are the same value.' : 'The values differ.');
  return isSame ? exitCodes.ok : exitCodes.other;
}

export async function purgeHistory(run: Invocation<PurgeOptions>, keyText: string): Promise<void> {
  const { connection, secret, named } = await targetOf(run, keyText);
  const former = await formerSecrets(connection, named, secret);
  const previous = await previousValue(connection, named, secret);
  // After a rotation it is one of those, unless no history is kept.
  const isOneMore =
    previous !== undefined && former.every(({ data }) => ownValue(data, effectiveKey(secret)) !== previous.value);
  const total = former.length + Number(isOneMore);
  const count = `${String(total)} former value${total === 1 ? '' : 's'}`;
  if (total > 0 && run.options.force !== true && run.io.isInputTerminal && run.io.isErrorTerminal) {
    if (!(await confirm(run.io, `Delete ${count} of '${named.key}' for good?`)))
      throw new CliError('interrupted', `The history of '${named.key}' was kept.`);
  }
  // First, because it fails where the Secret has changed: then nothing is deleted.
  if (previous !== undefined) await removePrevious(connection, previous);
  const nameOf = ({ metadata }: (typeof former)[number]): string => metadata.name;
  await eachWithProgress(run, { what: 'Deleting former values', nameOf }, former, async ({ metadata }) => {
    const { namespace = '', name, uid } = metadata;
    await connection.client.delete(nativeSecrets, { namespace, name }, defined({ uid }));
  });
  say(run, total === 0 ? `No former value of '${named.key}' is kept.` : `${count} of '${named.key}' deleted.`);
  if (total > 0) note(run, 'Running jobs keep the value that they started with; backups of the cluster keep all.');
}

/** The secret that a key or a URI names. */
export async function targetOf(run: Invocation, keyText: string): Promise<Target> {
  const { connection, named } = await secretNamed(run, keyText);
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  return { connection, named, secret };
}
