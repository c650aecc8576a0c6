/**
 * `neuro admin recovery-key restore`: manifests of git that were sealed for a recovery key, sealed again for the cluster of the context.
 * Values are opened and sealed here; only the public keys of the cluster are asked for.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, type Document } from 'yaml';
import { effectiveKey, GROUP, type UserSecret } from '../../../api/index.ts';
import { parseYamlDocuments } from '../../../kernel/index.ts';
import {
  importHpkeKeyPair,
  openHpke,
  parseSealedHpke,
  SealingError,
  type HpkeKeyPair,
} from '../../../sealing/index.ts';
import { promptHiddenOnce } from '../../args/prompt.ts';
import { readSource } from '../../args/value.ts';
import { yamlFault } from '../../args/yaml-fault.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { eachWithProgress } from '../../output/progress.ts';
import { note, say, sayError, warn } from '../../output/say.ts';
import { sealFor, withThisCluster, type Recipients } from '../../secrets/recipients.ts';
import type { RecoveryOptions } from '../../secrets/recovery-keys.ts';
import { recoveryKeyOf } from '../../secrets/recovery-words.ts';

/** A folder of manifests has fewer; what is larger is not one. */
const mostFiles = 10_000;

export async function restoreTree(run: Invocation<RecoveryOptions>, folder: string): Promise<number> {
  const { io } = run;
  // Before anybody types the words.
  const files = await manifestsIn(folder);
  const words = io.isInputTerminal
    ? await promptHiddenOnce(io, 'Words: ')
    : Buffer.from(await readSource(io, '-')).toString('utf8');
  const material = await recoveryKeyOf(words);
  const pair = await importHpkeKeyPair(material);
  const connection = await run.connect();
  const { clusters, recovery } = await withThisCluster(connection, run.options);
  const keys: Recipients = { clusters, recovery: [material, ...recovery] };
  const home = run.options.namespace ?? connection.contextNamespace;
  let [sealed, left] = [0, 0];
  await eachWithProgress(run, { what: 'Sealing again', nameOf: String }, files, async (file) => {
    const text = await readFile(file, 'utf8');
    const documents = await parseYamlDocuments(text);
    const [problem] = documents.flatMap(({ errors }) => errors);
    if (problem !== undefined) {
      // The whole file stays as it is: a document with an error cannot be printed again.
      if (text.includes('UserSecret')) left += 1;
      const place = `${file}:${String(problem.linePos?.[0].line ?? 1)}`;
      warn(run, `${place}: not valid YAML, so the file stays as it is: ${yamlFault(problem)}`);
      return;
    }
    let isChanged = false;
    for (const document of documents) {
      const secret = sealedSecretIn(document);
      if (secret === undefined) continue;
      try {
        document.setIn(['spec', 'sealed'], await resealed(secret, home, pair, keys));
        isChanged = true;
        sealed += 1;
      } catch (error) {
        if (!(error instanceof SealingError) && !(error instanceof CliError)) throw error;
        left += 1;
        sayError(run, `${file}: ${secret.metadata.name}: ${error.message}`);
      }
    }
    if (isChanged) await writeFile(file, documents.map((document) => document.toString({ lineWidth: 0 })).join(''));
  });
  if (sealed + left === 0)
    throw new CliError(
      'notFound',
      `No sealed UserSecret was found in the YAML files of ${folder}; nothing was changed.`,
    );
  say(
    run,
    `${String(sealed)} secret${sealed === 1 ? ' was' : 's were'} sealed again for this cluster and the recovery key.`,
  );
  if (sealed > 0) note(run, 'Commit the files that have changed, and apply them to this cluster.');
  if (left > 0)
    warn(run, `${String(left)} could not be sealed again, and stayed as ${left === 1 ? 'it was' : 'they were'}.`);
  return left > 0 ? 1 : 0;
}

async function manifestsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    if ((cause as { readonly code?: string }).code !== 'ENOTDIR') throw cause;
    throw new CliError('inputOutput', `${folder} is a file; name the folder of the manifests.`, { cause });
  });
  const files = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  if (files.length > mostFiles)
    throw new CliError(
      'illegalArgument',
      `${folder} has ${String(files.length)} YAML files, more than ${String(mostFiles)}.`,
    );
  return files;
}

/** Undefined for everything that is no sealed UserSecret; a template of Helm is often no YAML. */
function sealedSecretIn(document: Document.Parsed): UserSecret | undefined {
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const object = document.toJS() as Partial<UserSecret> & { readonly apiVersion?: string; readonly kind?: string };
  const isOurs = object.kind === 'UserSecret' && object.apiVersion?.startsWith(`${GROUP}/`) === true;
  const isWhole = object.spec?.sealed !== undefined && typeof object.metadata?.name === 'string';
  return isOurs && isWhole ? (object as UserSecret) : undefined;
}

async function resealed(
  secret: UserSecret,
  home: string | undefined,
  pair: HpkeKeyPair,
  keys: Recipients,
): Promise<unknown> {
  const { metadata, spec } = secret;
  const { sealed } = spec;
  const namespace = metadata.namespace ?? home;
  if (namespace === undefined)
    throw new CliError('usage', 'the manifest names no namespace; give it with --namespace.');
  const context = { namespace, name: metadata.name, key: effectiveKey(secret) };
  const texts = sealed === undefined ? [] : [sealed.value, ...(sealed.values ?? [])];
  const text = sealed?.format === 'kubeseal' ? undefined : texts.find((each) => isFor(each, pair.keyId));
  if (text === undefined) throw new CliError('notFound', 'it is not sealed for the recovery key.');
  return sealFor(keys, context, await openHpke([pair], context, text));
}

function isFor(text: string, keyId: string): boolean {
  try {
    return parseSealedHpke(text).keyId === keyId;
  } catch (error) {
    if (error instanceof SealingError) return false;
    throw error;
  }
}
