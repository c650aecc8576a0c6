import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { loadAccess, type Access } from '../../src/kernel/index.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const longAgo = '2020-01-01T00:00:00Z';

describe('a program that gives credentials', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kernel-exec-'));
    mkdirSync(join(folder, 'bin'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /** By default, its answer is what the file `answer` holds. */
  function accessBy(exec: object = {}, script = 'cat "$(dirname "$0")/../answer"'): Promise<Access> {
    const program = join(folder, 'bin', 'login');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    const path = join(folder, 'config');
    const extension = { audience: 'kube' };
    const cluster = {
      server: 'https://api.example.com',
      'certificate-authority-data': 'Q0E=',
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension }],
    };
    const content = {
      'current-context': 'main',
      clusters: [{ name: 'prod', cluster }],
      users: [{ name: 'me', user: { exec: { apiVersion, command: './bin/login', ...exec } } }],
      contexts: [{ name: 'main', context: { cluster: 'prod', user: 'me' } }],
    };
    writeFileSync(path, stringify(content));
    return loadAccess({ kubeconfig: path });
  }
  const answer = (status: object): void =>
    writeFileSync(join(folder, 'answer'), JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  const tokenOf = async (access: Access, isRefused = false): Promise<unknown> =>
    (await access.credentials({ isRefused })).headers['authorization'];

  test('is found beside the kubeconfig, and asked again when what it gave has expired', async () => {
    const access = await accessBy();
    for (const token of ['first', 'second']) {
      answer({ token, expirationTimestamp: longAgo });
      expect(await tokenOf(access)).toBe(`Bearer ${token}`);
    }
  });

  test('is not asked again before, unless the API server refuses what it gave', async () => {
    const access = await accessBy();
    answer({ token: 'first' });
    await tokenOf(access);
    answer({ token: 'second' });
    expect(await tokenOf(access)).toBe('Bearer first');
    expect(await tokenOf(access, true)).toBe('Bearer second');
  });

  test('is asked once by all who need it at the same time', async () => {
    const access = await accessBy(
      {},
      'dir="$(dirname "$0")/.."; echo x >> "$dir/runs"; printf \'{"status":{"token":"%s"}}\' "$(wc -l < "$dir/runs")"',
    );
    const tokens = await Promise.all([tokenOf(access), tokenOf(access), tokenOf(access, true)]);
    expect(new Set(tokens).size).toBe(1);
  });

  test('may give a certificate', async () => {
    answer({ clientCertificateData: 'CERT', clientKeyData: 'KEY' });
    const { tls } = await (await accessBy()).credentials();
    expect(tls).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY' });
  });

  test.each<[string, object, object]>([
    ['that nobody is there to answer it', {}, {}],
    [
      'also the cluster, where the kubeconfig asks for that',
      { provideClusterInfo: true },
      {
        cluster: {
          server: 'https://api.example.com',
          'certificate-authority-data': 'Q0E=',
          config: { audience: 'kube' },
        },
      },
    ],
  ])('gets %s', async (_name, exec, spec) => {
    const script = 'printf %s "$KUBERNETES_EXEC_INFO" > "$INFO"; echo \'{"status":{"token":"t"}}\'';
    const info = join(folder, 'info');
    const access = await accessBy({ ...exec, interactiveMode: 'Never', env: [{ name: 'INFO', value: info }] }, script);
    await access.credentials();
    expect(JSON.parse(readFileSync(info, 'utf8'))).toEqual({
      kind: 'ExecCredential',
      apiVersion,
      spec: { ...spec, interactive: false },
    });
  });

  test('that reads from standard input finds its end', async () => {
    const access = await accessBy({ interactiveMode: 'Never' }, 'cat; echo \'{"status":{"token":"t"}}\'');
    expect(await tokenOf(access)).toBe('Bearer t');
  });

  test.each<[string, string, string]>([
    ['fails', 'echo s3cret; exit 3', 'it ended with exit code 3'],
    ['gives no JSON', 'echo s3cret', 'its answer is not JSON'],
    ['gives no status', 'echo "{}"', 'its answer has no status'],
    ['gives half a certificate', 'echo \'{"status":{"clientKeyData":"s3cret"}}\'', 'neither a token nor a certificate'],
  ])('that %s is named, without what it printed', async (_name, script, fault) => {
    const failure = (await accessBy({}, script)).credentials();
    await expect(failure).rejects.toMatchObject({ code: 'Unauthorized', message: expect.stringContaining(fault) });
    await expect(failure).rejects.toMatchObject({ message: expect.stringContaining(join(folder, 'bin', 'login')) });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') });
  });
});
