/** Files of `--env-file`, read before they are parsed. */
import { readFile } from 'node:fs/promises';
import type { EnvFile } from './env.ts';

export function readEnvFiles(paths: readonly string[]): Promise<readonly EnvFile[]> {
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}
