import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../tools/devcluster/run-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a command reads the text, or the whole file, that it is given', async () => {
  const inputFile = join(folder, 'input');
  const large = 'x'.repeat(1_000_000);
  writeFileSync(inputFile, large);
  expect(await runCommand('cat', [], { input: 'text' })).toBe('text');
  expect(await runCommand('cat', [], { inputFile })).toBe(large);
  expect(await runCommand('cat', [])).toBe('');
});

test('an input file that cannot be opened is not an empty one', async () => {
  await expect(runCommand('cat', [], { inputFile: join(folder, 'none') })).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a command that fails is named with the end of what it printed, and one that is missing by its name', async () => {
  const failing = runCommand('sh', ['-c', 'echo why >&2; exit 3'], { input: 'x'.repeat(1_000_000) });
  await expect(failing).rejects.toMatchObject({ code: 'CommandFailed', message: expect.stringContaining('3: why') });
  await expect(runCommand('no-such-command', [])).rejects.toMatchObject({ code: 'MissingTool' });
});
