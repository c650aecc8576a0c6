/** Where the runtime keeps compiled code, and that the command starts where there is no such place. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** For a process that never ends, so that it does not outlive the test. */
const endLimitMs = 120_000;

function versionWith(home: string): Promise<{ readonly code: unknown; readonly output: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: home };
    const words = ['--disable-warning=ExperimentalWarning', main, '--version'];
    execFile(process.execPath, words, { env, timeout: endLimitMs }, (error, output) =>
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), output }),
    );
  });
}

it.skipIf(!existsSync('/proc/self'))(
  'the command starts where no folder can be made in the home folder',
  async () => {
    expect(await versionWith('/proc')).toMatchObject({ code: 0, output: expect.stringMatching(/^\d/) });
  },
  endLimitMs * 2,
);

it('a home folder that does not exist is not made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'neuro-home-'));
  expect((await versionWith(join(folder, 'none'))).code).toBe(0);
  expect(existsSync(join(folder, 'none'))).toBe(false);
  expect((await versionWith(folder)).code).toBe(0);
  expect(existsSync(join(folder, '.kube', 'cache', 'neuro'))).toBe(true);
  rmSync(folder, { recursive: true });
});
