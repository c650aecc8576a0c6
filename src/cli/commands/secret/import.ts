/**
 * `neuro secret import`: many secrets at once, out of a file of variables, native Secrets or SealedSecrets. Plain values are
 * sealed here; sealed ones stay sealed, so nobody sees them. Whatever is not taken over is a line and an exit code, in the dry
 * run as in the real one: the dry run asks the API server the same, which then stores nothing.
 */
import { findCondition, type UserSecret } from '../../../api/index.ts';
import {
  calledOf,
  prefixed,
  withoutClashes,
  type ImportItem,
  type ImportProblem,
  type ImportRead,
} from '../../args/import-item.ts';
import { quote } from '../../../client/index.ts';
import { refuseBeside } from '../../args/refuse-beside.ts';
import { readObjects } from '../../args/import-objects.ts';
import { importFormats, readImport } from '../../args/import-source.ts';
import { readSource } from '../../args/value.ts';
import type { Connection } from '../../connect/connection.ts';
import { warnOfDroppedKeys } from '../../secrets/dropped-keys.ts';
import { sentencesBeforeReplacing } from '../../secrets/field-owners.ts';
import { isReady } from '../../secrets/find-secret.ts';
import { homeOf } from '../../homes/home.ts';
import { existingAmong, formerOf, importItem, refusalOf } from '../../secrets/import-secret.ts';
import { listAll, nativeSecrets, sealedSecrets, userSecrets } from '../../connect/kinds.ts';
import { noteRecovery, withThisCluster } from '../../secrets/recipients.ts';
import type { RecoveryOptions } from '../../secrets/recovery-keys.ts';
import { settled } from '../../secrets/write-secret.ts';
import { CliError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Invocation } from '../../factory.ts';
import { eachOnItsOwn } from '../../output/each-on-its-own.ts';
import { waitingForOperator, withProgress } from '../../output/progress.ts';
import { note, say, sayError, warn } from '../../output/say.ts';

export interface ImportOptions extends RecoveryOptions {
  readonly fromSecret?: string;
  readonly fromSealedSecret?: string;
  readonly format?: string;
  readonly prefix?: string;
  readonly dryRun?: boolean;
}

/** All at once; the operator takes some hundreds a second. */
const settleLimitMs = 10_000;

export async function importSecrets(run: Invocation<ImportOptions>, source?: string): Promise<number> {
  const { options } = run;
  const format = importFormats.find((known) => known === options.format);
  if (options.format !== undefined && format === undefined)
    throw new CliError('usage', `--format is one of ${importFormats.join(', ')}, not '${options.format}'.`);
  const fromCluster = options.fromSecret ?? options.fromSealedSecret;
  if ((source === undefined) === (fromCluster === undefined))
    throw new CliError('usage', 'Name what to import: a file, - for standard input, or --from-secret NAME.');
  if (source === undefined) refuseBeside(options, '--format is for files', ['format']);
  if (options.fromSecret !== undefined) refuseBeside(options, 'An import has one source', ['fromSealedSecret']);
  if (options.fromSealedSecret !== undefined) refuseBeside(options, 'The values stay sealed as they are', ['recovery']);
  const connection = await run.connect();
  const home = await homeOf(connection, options);
  const name = source === '-' ? 'line' : (source ?? '').replace(/^@/, '');
  const read =
    source === undefined
      ? await fromTheCluster(connection, options, home)
      : await readImport(await readSource(run.io, source), { name, format });
  return takeOver(run, connection, home, read);
}

/** Takes over what was read, and reports what was not; for `secret adopt` too. */
export async function takeOver(
  run: Invocation<ImportOptions>,
  connection: Connection,
  home: string,
  read: ImportRead,
  done: Done = 'imported',
): Promise<number> {
  const { options } = run;
  for (const sentence of read.notes) warn(run, sentence);
  const { items, problems } = withoutClashes(read.items.map((item) => prefixed(item, options.prefix ?? '')));
  const refused = [...read.problems, ...problems];
  const { exitCode, count } = await importAll(run, connection, home, items, refused, done);
  const total = items.length + refused.length;
  const would = options.dryRun === true ? 'would be ' : '';
  note(
    run,
    total === 0
      ? `Nothing to ${done === 'adopted' ? 'adopt' : 'import'}: there is no assignment and no Secret in it.`
      : `${count} of ${total} ${would}${done}.`,
  );
  return exitCode;
}

export async function fromTheCluster(
  { client }: Connection,
  options: ImportOptions,
  namespace: string,
): Promise<ImportRead> {
  const name = options.fromSecret ?? options.fromSealedSecret ?? '';
  const type = options.fromSecret === undefined ? sealedSecrets : nativeSecrets;
  const object = await client.get(type, { namespace, name });
  if (object === undefined)
    throw new CliError(
      'notFound',
      `${type.kind} '${name}' not found in the namespace '${namespace}'; \`kubectl get ${type.plural} -n ${quote(namespace)}\` shows which are there.`,
    );
  const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === 'UserSecret');
  if (owner !== undefined)
    throw new CliError(
      'illegalArgument',
      `The Secret '${name}' holds the value of your secret '${owner.name}', so it is there already.`,
    );
  return readObjects([{ ...object, kind: type.kind }]);
}

/** What the command says of each. */
type Done = 'imported' | 'adopted';

interface Written {
  readonly item: ImportItem;
  readonly secret: UserSecret;
}

async function importAll(
  run: Invocation<ImportOptions>,
  connection: Connection,
  home: string,
  items: readonly ImportItem[],
  problems: readonly ImportProblem[],
  done: Done,
): Promise<{ readonly exitCode: number; readonly count: number }> {
  let exitCode: number = problems.length === 0 ? exitCodes.ok : exitCodes.illegalArgument;
  const refuse = ({ where, why }: ImportProblem): void => sayError(run, `Not ${done}: ${where}: ${why}.`);
  problems.forEach(refuse);
  const existing = existingAmong(await listAll(connection.client.list(userSecrets, { namespace: home })));
  const dryRun = run.options.dryRun === true;
  const written: Written[] = [];
  const takeOne = async (item: ImportItem): Promise<void> => {
    const why = refusalOf(item, home, existing);
    if (why !== undefined) {
      refuse({ where: item.where, why });
      exitCode = exitCodes.illegalArgument;
      return;
    }
    const former = formerOf(item, existing);
    const next = 'secretKeyRef' in item.source ? 'secretKeyRef' : 'sealed';
    const named = { namespace: home, key: calledOf(item) };
    const before = former === undefined ? [] : sentencesBeforeReplacing(former, named, next);
    for (const each of before) warn(run, each);
    written.push({ item, secret: await importItem(connection, run.options, home, item, { former, dryRun }) });
    say(run, sentence(item, former !== undefined, dryRun));
    if (former !== undefined && 'bytes' in item.source)
      await warnOfDroppedKeys(run, connection, {
        named,
        former,
        recipients: await withThisCluster(connection, run.options),
      });
  };
  const each = {
    what: done === 'adopted' ? 'Adopting' : 'Importing',
    nameOf: ({ where }: ImportItem) => where,
    isDryRun: dryRun,
    failed: ({ where }: ImportItem) => `Not ${done}: ${where}: `,
  };
  const failed = await eachOnItsOwn(run, each, items, takeOne);
  if (failed !== exitCodes.ok) exitCode = failed;
  if (!dryRun && written.some(({ item }) => 'bytes' in item.source))
    noteRecovery(run, await withThisCluster(connection, run.options));
  const isUsable =
    dryRun || (await withProgress(run, waitingForOperator, () => tellUnusable(run, connection, written)));
  return { exitCode: exitCode === 0 && !isUsable ? exitCodes.other : exitCode, count: written.length };
}

function sentence(item: ImportItem, isThere: boolean, isDryRun: boolean): string {
  const { source } = item;
  const how =
    'bytes' in source
      ? bytes(source.bytes.length)
      : 'sealed' in source
        ? 'still sealed'
        : `follows ${source.secretKeyRef.name}`;
  return `Secret '${calledOf(item)}' ${isDryRun ? 'would be ' : ''}${isThere ? 'updated' : 'added'} (${how}).`;
}

function bytes(length: number): string {
  return `${length} byte${length === 1 ? '' : 's'}`;
}

/** False when one of them has no value that jobs could use. */
async function tellUnusable(run: Invocation, connection: Connection, written: readonly Written[]): Promise<boolean> {
  let areUsable = true;
  const endMs = performance.now() + settleLimitMs;
  for (const { item, secret } of written) {
    const now = await settled(connection, secret, Math.max(0, endMs - performance.now()));
    if (now === undefined) {
      warn(run, 'The operator has not taken all of them up yet; does it run? Jobs wait until it has.');
      return areUsable;
    }
    if (isReady(now)) continue;
    const ready = findCondition(now.status?.conditions, 'Ready');
    sayError(
      run,
      `Secret '${calledOf(item)}' is kept, but not usable (${ready?.reason ?? ''}): ${ready?.message ?? ''}`,
    );
    areUsable = false;
  }
  return areUsable;
}
