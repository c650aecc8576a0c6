/**
 * `neuro secret manifest`: my secrets (and, if wanted, grants) as files for git, values sealed. `kubectl apply` of them
 * changes nothing; with `--to` they are sealed for another namespace.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calledName, isNamespaceName, type UserSecret } from '../../../api/index.ts';
import { withHome } from '../../../home-folder.ts';
import { exportedGrant, exportedSecret, type Manifest } from '../../secrets/exported.ts';
import { findSecret, notFound, secretWord, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretsNamed } from '../../secrets/named-secrets.ts';
import type { RecoveryOptions } from '../../secrets/recovery-keys.ts';
import { formerRecoveryIds } from '../../secrets/sealed-for.ts';
import { missingSentence, namespaceState } from '../../homes/namespace-state.ts';
import { listAll, secretGrants, userSecrets } from '../../connect/kinds.ts';
import type { Connection } from '../../connect/connection.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { formatDocument, printDocument, printDocuments } from '../../output/objects.ts';
import { eachWithProgress } from '../../output/progress.ts';
import { note, say, warn } from '../../output/say.ts';

export interface ManifestOptions extends RecoveryOptions {
  readonly to?: string;
  readonly dir?: string;
  readonly grants?: boolean;
}

export async function secretManifest(run: Invocation<ManifestOptions>, keys: readonly string[]): Promise<void> {
  const { options } = run;
  if (options.to !== undefined && !isNamespaceName(options.to))
    throw new CliError('usage', `--to '${options.to}' is not the name of a namespace: a-z, 0-9 and -, at most 63.`);
  const { output } = options;
  if (output === 'name' || output === 'wide')
    throw new CliError('usage', `A manifest is yaml (default) or json, not ${output}.`);
  const { connection, home, names } = await secretsNamed(run, keys);
  const target = { namespace: options.to ?? home };
  const secrets = await wanted(connection, home, names);
  const manifests: Manifest[] = [];
  await eachWithProgress(run, { what: 'Sealing' }, secrets, async (secret) => {
    if (options.to !== undefined && options.to !== home && secret.spec.generate !== undefined)
      warn(run, `The value of '${calledName(secret)}' is generated; in '${options.to}' another one is made.`);
    const manifest = await exportedSecret(connection, options, secret, target);
    manifests.push(manifest);
    const former = await formerRecoveryIds(connection, options, { ...secret, spec: manifest.spec });
    if (former.length > 0)
      warn(
        run,
        `'${calledName(secret)}' is sealed for a former recovery key, too (${former.join(', ')}): \`neuro secret reseal ${secretWord({ namespace: home, key: calledName(secret) })}\` seals it again without, before you commit it.`,
      );
  });
  if (options.grants === true) {
    const names = new Set(secrets.map(({ metadata }) => metadata.name));
    const grants = await listAll(connection.client.list(secretGrants, { namespace: home }));
    const ofThese = grants.filter(({ spec }) => keys.length === 0 || names.has(spec.secret ?? ''));
    manifests.push(...ofThese.map((grant) => exportedGrant(grant, target)));
  }
  if (manifests.length === 0) {
    const { presence } = await namespaceState(connection, home);
    note(run, presence === 'missing' ? missingSentence(home) : `No secrets in the namespace '${home}'.`);
  }
  await write(run, manifests);
}

async function wanted(
  connection: Connection,
  home: string,
  names: readonly NamedSecret[],
): Promise<readonly UserSecret[]> {
  if (names.length === 0) {
    const all = await listAll(connection.client.list(userSecrets, { namespace: home }));
    return all.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }
  const found: UserSecret[] = [];
  for (const named of names) {
    const secret = await findSecret(connection, named);
    if (secret === undefined) throw notFound(named);
    found.push(secret);
  }
  return found;
}

async function write(run: Invocation<ManifestOptions>, manifests: readonly Manifest[]): Promise<void> {
  const { dir, output } = run.options;
  const format = output === 'json' ? output : 'yaml';
  if (dir === undefined) {
    if (format === 'json') await printDocument(run, { apiVersion: 'v1', kind: 'List', items: manifests }, format);
    else await printDocuments(run, manifests);
    return;
  }
  const folder = withHome(dir);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const { code } = cause as { readonly code?: string };
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw cause;
    throw new CliError('inputOutput', `--dir ${dir} is a file, or in one; name a folder.`, { cause });
  });
  for (const manifest of manifests) {
    const file = `${manifest.kind.toLowerCase()}-${manifest.metadata.name}.${format}`;
    await writeFile(join(folder, file), await formatDocument(manifest, format));
    say(run, join(dir, file));
  }
}
