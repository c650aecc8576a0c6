/**
 * `neuro secret get`: the bytes of one's own secret, exactly. It reads the native Secret, which only the owner may; a grant,
 * of whatever level, never shows the value.
 */
import { chmod, writeFile } from 'node:fs/promises';
import { withHome } from '../../../home-folder.ts';
import { isKernelError } from '../../../kernel/index.ts';
import type { Connection } from '../../connect/connection.ts';
import { findSecret, notFound, type NamedSecret } from '../../secrets/find-secret.ts';
import { secretNamed } from '../../secrets/named-secrets.ts';
import { findVersion, versionBytes } from '../../secrets/history.ts';
import { readBytes } from '../../secrets/read-secret.ts';
import { CliError } from '../../errors.ts';
import type { Invocation } from '../../factory.ts';
import { printBytes } from '../../output/print.ts';
import { note } from '../../output/say.ts';

export interface GetOptions {
  readonly file?: string;
  readonly version?: string;
}

export async function getSecret(run: Invocation<GetOptions>, keyText: string): Promise<void> {
  const { connection, named } = await secretNamed(run, keyText);
  const { file, version } = run.options;
  const reading = version === undefined ? readBytes(connection, named) : readVersion(connection, named, version);
  const bytes = await reading.catch((error: unknown) => {
    throw ownerOnly(error, named);
  });
  if (file === undefined) {
    printBytes(run, bytes);
    return;
  }
  const path = withHome(file);
  await writeFile(path, bytes, { mode: 0o600 }).catch((cause: unknown) => {
    const { code } = cause as { readonly code?: string };
    if (code === 'ENOENT')
      throw new CliError('notFound', `The folder of ${file} does not exist; name a file in one that does.`, { cause });
    if (code === 'EISDIR') throw new CliError('inputOutput', `${file} is a folder; name a file.`, { cause });
    throw cause;
  });
  // The mode above holds for a new file only.
  await chmod(path, 0o600);
  note(run, `Secret '${named.key}' saved to ${file}`);
}

async function readVersion(connection: Connection, named: NamedSecret, text: string): Promise<Buffer> {
  const secret = await findSecret(connection, named);
  if (secret === undefined) throw notFound(named);
  return versionBytes(connection, named, secret, findVersion(secret, named, text));
}

/** What to say of a read that was forbidden; any other error is itself. */
export function ownerOnly(error: unknown, { namespace, key }: NamedSecret): unknown {
  if (!isKernelError(error, 'Forbidden')) return error;
  return new CliError(
    'notPermitted',
    `Only the owner reads the value of 'secret:/${namespace}/${key}'; a grant lets your jobs use it, as in ` +
      `\`neuro run --env NAME=secret:/${namespace}/${key} …\`.`,
    { cause: error },
  );
}
