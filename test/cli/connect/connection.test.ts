/** What people read where there is no kubeconfig that could be used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openConnection } from '../../../src/cli/connect/connection.ts';
import type { Io } from '../../../src/cli/io.ts';
import type { GlobalOptions } from '../../../src/cli/options.ts';

const io = { isErrorTerminal: false } as Io;
const connectionWith = (options: GlobalOptions) => openConnection({ io, options });

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-connection-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a kubeconfig that does not exist is named', async () => {
  const path = join(folder, 'nothing');
  await expect(connectionWith({ kubeconfig: path })).rejects.toMatchObject({
    code: 'configuration',
    message: `No kubeconfig at ${path}; give --kubeconfig or set KUBECONFIG.`,
  });
});

test('a kubeconfig that is no YAML is named, and nothing of it is printed', async () => {
  const path = join(folder, 'broken');
  writeFileSync(path, 'users: [{token: s3cret');
  const refusal = connectionWith({ kubeconfig: path });
  await expect(refusal).rejects.toMatchObject({ code: 'configuration', message: expect.stringContaining(path) });
  await expect(refusal).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') });
});

test('for a context that does not exist, the error lists those that do', async () => {
  const path = join(folder, 'two');
  const contexts = ['dev', 'prod'].map((name) => ({ name, context: { cluster: name, user: name } }));
  writeFileSync(path, JSON.stringify({ contexts, 'current-context': 'dev' }));
  await expect(connectionWith({ kubeconfig: path, context: 'nothing' })).rejects.toMatchObject({
    code: 'configuration',
    message: "There is no context 'nothing'; choose dev, prod.",
  });
});
