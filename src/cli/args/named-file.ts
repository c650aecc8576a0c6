/** A file that a command line names. Promise: what goes wrong is a sentence with its path. */
import { readFile } from 'node:fs/promises';
import { withHome } from '../../home-folder.ts';
import { CliError } from '../errors.ts';

/** `hint` follows where there is no such file: what else the text may have meant, without a full stop. */
export async function readNamedFile(path: string, { hint = '' } = {}): Promise<Buffer> {
  try {
    return await readFile(withHome(path));
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
