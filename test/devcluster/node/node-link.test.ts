import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { removeLink } from '../../../tools/devcluster/node/node-link.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-link-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Stands for the tool of that name, and fails with these words. */
function failing(tool: string, words: string): void {
  const path = join(folder, tool);
  writeFileSync(path, `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
  chmodSync(path, 0o755);
}

const noLink = 'Cannot find device "trial0"';
const noTable = 'Error: Could not process rule: No such file or directory';

test('a link and a table that are not there are removed', async () => {
  failing('ip', noLink);
  failing('nft', noTable);
  await removeLink('trial0');
});

test.each<[string, string, string]>([
  ['link', 'RTNETLINK answers: Operation not permitted', noTable],
  ['table', noLink, 'Error: Could not process rule: Device or resource busy'],
])('a %s that is left is reported', async (_what, fromIp, fromNft) => {
  failing('ip', fromIp);
  failing('nft', fromNft);
  await expect(removeLink('trial0')).rejects.toMatchObject({
    code: 'CommandFailed',
    message: expect.stringMatching(/not permitted|busy/) as unknown,
  });
});
