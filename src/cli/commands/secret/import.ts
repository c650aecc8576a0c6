/**
 * `neuro secret import`: many secrets at once, out of a `.env` file, a native Secret or a SealedSecret. Plain values are
 * sealed here; sealed ones stay sealed, so nobody sees them. What could not be taken is listed, and the exit code tells.
 */
import { effectiveKey, findCondition, type UserSecret } from '../../../api/index.ts';
import { parseDotenv } from '../../args/dotenv.ts';
import {
  looksLikeObjects,
  parseObjects,
  readObjects,
  type ImportItem,
  type ImportProblem,
  type ImportRead,
} from '../../args/import-objects.ts';
import { readSource } from '../../args/value.ts';
import type { Connection } from '../../cluster/connection.ts';
import { isReady } from '../../cluster/find-secret.ts';
import { homeOf } from '../../cluster/home.ts';
import { importItem, refusalOf } from '../../cluster/import-item.ts';
import { listAll, nativeSecrets, sealedSecrets, userSecrets } from '../../cluster/kinds.ts';
import { settled } from '../../cluster/write-secret.ts';
import { CliError, exitCodes, explain } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { note, say, sayError, warn } from '../../output/say.ts';

export interface ImportOptions {
  readonly fromSecret?: string;
  readonly fromSealedSecret?: string;
  readonly format?: string;
  readonly prefix?: string;
  readonly dryRun?: boolean;
}

const formats = ['env', 'objects'] as const;
/** All at once; the operator takes some hundreds a second. */
const settleLimitMs = 10_000;

export async function importSecrets(run: Invocation<ImportOptions>, source?: string): Promise<number> {
  const { options } = run;
  if (options.format !== undefined && !formats.some((known) => known === options.format))
    throw new CliError('usage', `--format is one of ${formats.join(', ')}, not '${options.format}'.`);
  const fromCluster = options.fromSecret ?? options.fromSealedSecret;
  if ((source === undefined) === (fromCluster === undefined))
    throw new CliError('usage', 'Name what to import: a file, - for standard input, or --from-secret NAME.');
  const connection = await run.connect();
  const home = await homeOf(connection, options);
  const read = source === undefined ? await fromTheCluster(connection, options, home) : await fromText(run, source);
  const items = read.items.map((item) => prefixed(item, options.prefix ?? ''));
  for (const sentence of read.notes) warn(run, sentence);
  const { exitCode, count } = await importAll(run, connection, home, items, read.problems);
  note(
    run,
    `${count} of ${items.length + read.problems.length} ${options.dryRun === true ? 'would be ' : ''}imported.`,
  );
  return exitCode;
}

async function fromTheCluster({ client }: Connection, options: ImportOptions, namespace: string): Promise<ImportRead> {
  const name = options.fromSecret ?? options.fromSealedSecret ?? '';
  const type = options.fromSecret === undefined ? sealedSecrets : nativeSecrets;
  const object = await client.get(type, { namespace, name });
  if (object === undefined)
    throw new CliError('notFound', `${type.kind} '${name}' not found in the namespace '${namespace}'.`);
  const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === 'UserSecret');
  if (owner !== undefined)
    throw new CliError(
      'illegalArgument',
      `Secret '${name}' is what the secret '${owner.name}' keeps; it is there already.`,
    );
  return readObjects([{ ...object, kind: type.kind }]);
}

async function fromText(run: Invocation<ImportOptions>, source: string): Promise<ImportRead> {
  const bytes = await readSource(run.io, source);
  const { format } = run.options;
  const text = Buffer.from(bytes).toString('utf8');
  if (format === 'objects' || (format === undefined && looksLikeObjects(text)))
    return readObjects(await parseObjects(text));
  const name = source === '-' ? 'line' : source.replace(/^@/, '');
  const { entries, problems } = parseDotenv(bytes);
  const referring = entries.filter(({ hasReference }) => hasReference).map(({ key }) => key);
  return {
    items: entries.map(({ key, value, line }) => ({ key, where: `${name}:${line} ${key}`, source: { bytes: value } })),
    problems: problems.map(({ line, key, why }) => ({
      where: `${name}:${line}${key === undefined ? '' : ` ${key}`}`,
      why,
    })),
    notes:
      referring.length === 0 ? [] : [`A $NAME is not replaced; it was taken as it stands in ${referring.join(', ')}.`],
  };
}

async function importAll(
  run: Invocation<ImportOptions>,
  connection: Connection,
  home: string,
  items: readonly ImportItem[],
  problems: readonly ImportProblem[],
): Promise<{ readonly exitCode: number; readonly count: number }> {
  let exitCode: number = problems.length === 0 ? exitCodes.ok : exitCodes.illegalArgument;
  const refuse = ({ where, why }: ImportProblem): void => sayError(run, `Not imported: ${where}: ${why}.`);
  problems.forEach(refuse);
  const existing = byKey(await listAll(connection.client.list(userSecrets, { namespace: home })));
  const written: { readonly item: ImportItem; readonly secret: UserSecret }[] = [];
  let count = 0;
  for (const item of items) {
    const why = refusalOf(item, home, existing);
    if (why !== undefined) {
      refuse({ where: item.where, why });
      exitCode = exitCodes.illegalArgument;
      continue;
    }
    const before = existing.get(item.key);
    try {
      if (run.options.dryRun !== true)
        written.push({ item, secret: await importItem(connection, run.options, home, item, before) });
      say(run, sentence(item, before !== undefined, run.options.dryRun === true));
      count += 1;
    } catch (error) {
      const explained = explain(error);
      sayError(run, `Not imported: ${item.where}: ${explained.sentence}`);
      exitCode = explained.exitCode;
    }
  }
  const isUsable = await tellUnusable(run, connection, written);
  return { exitCode: exitCode === 0 && !isUsable ? exitCodes.other : exitCode, count };
}

function sentence({ key, source }: ImportItem, isThere: boolean, isDryRun: boolean): string {
  const how = 'bytes' in source ? bytes(source.bytes.length) : 'still sealed';
  return `Secret '${key}' ${isDryRun ? 'would be ' : ''}${isThere ? 'updated' : 'added'} (${how}).`;
}

function bytes(length: number): string {
  return `${length} byte${length === 1 ? '' : 's'}`;
}

/** False when one of them has no value that jobs could use. */
async function tellUnusable(
  run: Invocation,
  connection: Connection,
  written: readonly { readonly item: ImportItem; readonly secret: UserSecret }[],
): Promise<boolean> {
  let areUsable = true;
  const endMs = Date.now() + settleLimitMs;
  for (const { item, secret } of written) {
    const now = await settled(connection, secret, Math.max(0, endMs - Date.now()));
    if (now === undefined) {
      warn(run, 'The operator has not taken all of them up yet; does it run? Jobs wait until it has.');
      return areUsable;
    }
    if (isReady(now)) continue;
    const ready = findCondition(now.status?.conditions, 'Ready');
    sayError(run, `Secret '${item.key}' is kept, but not usable (${ready?.reason ?? ''}): ${ready?.message ?? ''}`);
    areUsable = false;
  }
  return areUsable;
}

function prefixed(item: ImportItem, prefix: string): ImportItem {
  if (prefix === '') return item;
  // A type fixes its key.
  const { type: _, ...rest } = item;
  return { ...rest, key: `${prefix}${item.key}` };
}

/** Of several with one key, the one in force. */
function byKey(secrets: readonly UserSecret[]): Map<string, UserSecret> {
  const found = new Map<string, UserSecret>();
  for (const secret of secrets) {
    const key = effectiveKey(secret);
    if (!found.has(key) || isReady(secret)) found.set(key, secret);
  }
  return found;
}
