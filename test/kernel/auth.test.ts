import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { loadAccess } from '../../src/kernel/index.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig in which everything has that name. */
function fileFor(
  name: string,
  more: Readonly<Record<string, unknown>> & { readonly clusters?: readonly unknown[] } = {},
  server = `https://${name}`,
): string {
  return stringify({
    'current-context': name,
    users: [{ name, user: { token: name } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    ...more,
    clusters: [{ name, cluster: { server } }, ...(more.clusters ?? [])],
  });
}

describe('access by a kubeconfig', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kernel-auth-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function kubeconfig(user: object, cluster: object = {}): string {
    const path = join(folder, 'config');
    const content = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'main',
      clusters: [{ name: 'prod', cluster: { server: 'https://api.example.com:6443/prefix/', ...cluster } }],
      users: [{ name: 'me', user }],
      contexts: [
        { name: 'main', context: { cluster: 'prod', user: 'me', namespace: 'team' } },
        { name: 'bare', context: { cluster: 'prod', user: 'me' } },
        { name: 'broken', context: { cluster: 'none', user: 'me' } },
        { name: 'nobody', context: { cluster: 'prod', user: 'none' } },
      ],
    };
    writeFileSync(path, stringify(content));
    return path;
  }

  test('says which server, cluster and namespace', async () => {
    const access = await loadAccess({ kubeconfig: kubeconfig({ token: 't' }) });
    expect(access).toMatchObject({
      server: 'https://api.example.com:6443/prefix',
      clusterName: 'prod',
      namespace: 'team',
    });
    const bare = await loadAccess({ kubeconfig: kubeconfig({ token: 't' }), context: 'bare' });
    expect(bare.namespace).toBe('default');
  });

  test.each<[string, object, object, object, object]>([
    ['a token', { token: 't' }, {}, { authorization: 'Bearer t' }, {}],
    ['a name and password', { username: 'me', password: 'p' }, {}, { authorization: `Basic ${base64('me:p')}` }, {}],
    [
      'a client certificate and an authority',
      { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
      { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'other.example.com' },
      {},
      { ca: 'CA', cert: 'CERT', key: 'KEY', servername: 'other.example.com' },
    ],
    ['no verification', { token: 't' }, { 'insecure-skip-tls-verify': true }, {}, { rejectUnauthorized: false }],
  ])('knows %s', async (_name, user, cluster, headers, tls) => {
    const access = await loadAccess({ kubeconfig: kubeconfig(user, cluster) });
    const credentials = await access.credentials();
    expect(credentials.headers).toMatchObject(headers);
    expect(credentials.tls).toMatchObject(tls);
  });

  test('passes over an entry of another context that lacks a field, as kubectl does', async () => {
    const path = join(folder, 'config');
    const rest = [{ name: 'half', cluster: {} }, { cluster: { server: 'https://no-name' } }, null];
    writeFileSync(path, fileFor('one', { clusters: rest }));
    expect(await loadAccess({ kubeconfig: path })).toMatchObject({ clusterName: 'one' });
  });

  describe('in several files', () => {
    function listed(...texts: readonly (string | undefined)[]): void {
      const paths = texts.map((text, index) => {
        const path = join(folder, String(index));
        if (text !== undefined) writeFileSync(path, text);
        return path;
      });
      vi.stubEnv('KUBECONFIG', paths.join(delimiter));
    }
    afterEach(() => vi.unstubAllEnvs());

    test.each<[string, readonly (string | undefined)[], string]>([
      ['the current context of the first that has one', [fileFor('one'), fileFor('two')], 'one'],
      ['a file that is missing', [undefined, fileFor('two')], 'two'],
      ['a file that is empty', ['\n', fileFor('two')], 'two'],
      ['a file without a current context', [fileFor('one', { 'current-context': '' }), fileFor('two')], 'two'],
      ['the same file twice', [fileFor('one'), fileFor('one')], 'one'],
      ['the first entry of a name', [fileFor('one'), fileFor('one', {}, 'https://other')], 'one'],
    ])('%s: as kubectl', async (_name, texts, wanted) => {
      listed(...texts);
      const access = await loadAccess();
      expect(access).toMatchObject({ server: `https://${wanted}`, clusterName: wanted, contextName: wanted });
      expect((await access.credentials()).headers).toMatchObject({ authorization: `Bearer ${wanted}` });
    });

    test('a context of a later one', async () => {
      listed(fileFor('one'), undefined, fileFor('two'));
      expect(await loadAccess({ context: 'two' })).toMatchObject({ server: 'https://two' });
    });

    test('refuses when none is there', async () => {
      listed(undefined, undefined);
      await expect(loadAccess()).rejects.toMatchObject({ name: 'KernelError', code: 'BadRequest' });
    });
  });

  test('takes a server without TLS, such as that of kubectl proxy', async () => {
    const path = kubeconfig({ token: 't' }, { server: 'http://127.0.0.1:8001' });
    const { headers } = await (await loadAccess({ kubeconfig: path })).credentials();
    expect(headers).toEqual({ authorization: 'Bearer t' });
  });

  test('takes an HTTP proxy, and an empty proxy-url as none', async () => {
    const proxyOf = async (address: string) =>
      (await loadAccess({ kubeconfig: kubeconfig({ token: 't' }, { 'proxy-url': address }) })).proxyUrl;
    expect(await proxyOf('http://u:p@proxy.example.com:3128')).toBe('http://u:p@proxy.example.com:3128');
    expect(await proxyOf('')).toBeUndefined();
  });

  test('asks an exec plug-in, and again when what it gave has expired', async () => {
    const plugin = join(folder, 'plugin');
    const answer = (token: string): string => {
      const status = { token, expirationTimestamp: '2020-01-01T00:00:00Z' };
      return JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
    };
    writeFileSync(plugin, '#!/bin/sh\ncat "$0.json"\n');
    chmodSync(plugin, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
    const access = await loadAccess({ kubeconfig: kubeconfig({ exec }) });
    for (const token of ['first', 'second']) {
      writeFileSync(`${plugin}.json`, answer(token));
      expect((await access.credentials()).headers['authorization']).toBe(`Bearer ${token}`);
    }
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a file that is not there', () => loadAccess({ kubeconfig: join(folder, 'none') })],
    ['a context that is not there', () => loadAccess({ kubeconfig: kubeconfig({}), context: 'none' })],
    ['a context whose cluster is not there', () => loadAccess({ kubeconfig: kubeconfig({}), context: 'broken' })],
    ['a context whose user is not there', () => loadAccess({ kubeconfig: kubeconfig({}), context: 'nobody' })],
    [
      'a proxy that is no HTTP proxy',
      () => loadAccess({ kubeconfig: kubeconfig({}, { 'proxy-url': 'socks5://proxy.example.com' }) }),
    ],
  ])('refuses %s', async (_name, load) => {
    await expect(load()).rejects.toMatchObject({ name: 'KernelError', code: 'BadRequest' });
  });
});
