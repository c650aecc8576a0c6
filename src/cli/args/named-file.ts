/** A file that a command line names. Promise: what goes wrong is a sentence with its path. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../errors.ts';

/** `hint` follows where there is no such file: what else the text may have meant, without a full stop. */
export async function readNamedFile(path: string, { hint = '' } = {}): Promise<Buffer> {
  try {
    // A shell leaves a `~` alone that does not begin a word, as in --env-file=~/x.
    return await readFile(path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path);
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    if (code === 'ENOENT')
      throw new CliError('notFound', `File not found (${path})${hint === '' ? '' : `; ${hint}`}.`, { cause });
    if (code === 'EACCES' || code === 'EPERM')
      throw new CliError('notPermitted', `Cannot access file (${path}).`, { cause });
    if (code === 'EISDIR')
      throw new CliError('inputOutput', `I/O Error (${path} is a folder); name a file.`, { cause });
    throw new CliError('inputOutput', `I/O Error (${path}: ${code ?? 'unknown'}).`, { cause });
  }
}
