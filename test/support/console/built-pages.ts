/** The pages of the console as they are shipped, built once by `npm test` for all files, else by the first file of a process that needs them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../../scripts/build-console.ts', import.meta.url));

let built: Promise<unknown> | undefined;

export async function builtPages(): Promise<void> {
  if (process.env['NEURO_TEST_BUILT'] === 'true') return;
  built ??= promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', script]);
  await built;
}
