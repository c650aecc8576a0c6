import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inspect } from 'node:util';
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

  test('quotes nothing of a file that is not YAML', async () => {
    const path = join(folder, 'config');
    writeFileSync(path, 'users:\n- user: {token: its-token\n  x: [\n');
    const error: unknown = await loadAccess({ kubeconfig: path }).catch((failed: unknown) => failed);
    expect(inspect(error, { depth: 9 })).toMatch(/is not valid YAML/);
    expect(inspect(error, { depth: 9 })).not.toContain('its-token');
  });

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

  describe('acts as somebody else', () => {
    test('completely: with groups, UID and extra fields', async () => {
      const user = {
        token: 't',
        as: 'bob',
        'as-groups': ['dev', 'ops'],
        'as-uid': '7',
        'as-user-extra': { 'example.com/Scopes': ['a', 'b'] },
      };
      const { headers } = await (await loadAccess({ kubeconfig: kubeconfig(user) })).credentials();
      expect(headers).toEqual({
        authorization: 'Bearer t',
        'impersonate-user': 'bob',
        'impersonate-group': ['dev', 'ops'],
        'impersonate-uid': '7',
        'impersonate-extra-example.com%2Fscopes': ['a', 'b'],
      });
    });

    test.each(['as-groups', 'as-uid', 'as-user-extra'])(
      'but never without a name: %s alone is refused',
      async (field) => {
        const value = { 'as-groups': ['dev'], 'as-uid': '7', 'as-user-extra': { scopes: ['a'] } }[field];
        const path = kubeconfig({ token: 't', [field]: value });
        await expect(loadAccess({ kubeconfig: path })).rejects.toMatchObject({ code: 'BadRequest' });
      },
    );
  });

  test('takes the token in a file before a token, and what is in it now', async () => {
    const file = join(folder, 'token');
    const access = await loadAccess({ kubeconfig: kubeconfig({ token: 'old', tokenFile: 'token' }) });
    for (const token of ['first', 'second']) {
      writeFileSync(file, `${token}\n`);
      expect((await access.credentials()).headers).toEqual({ authorization: `Bearer ${token}` });
    }
  });

  test('finds files beside the kubeconfig', async () => {
    for (const name of ['cert.pem', 'key.pem', 'ca.pem']) writeFileSync(join(folder, name), name);
    const user = { 'client-certificate': 'cert.pem', 'client-key': './key.pem' };
    const access = await loadAccess({ kubeconfig: kubeconfig(user, { 'certificate-authority': 'ca.pem' }) });
    expect((await access.credentials()).tls).toEqual({ ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' });
  });

  test('of data and a file the data counts', async () => {
    const user = { 'client-certificate': 'none.pem', 'client-certificate-data': base64('C') };
    const cluster = { 'certificate-authority': 'none.pem', 'certificate-authority-data': base64('CA') };
    const access = await loadAccess({ kubeconfig: kubeconfig(user, cluster) });
    expect((await access.credentials()).tls).toEqual({ ca: 'CA', cert: 'C' });
  });

  test('knows the authority of a cluster for a context without a user', async () => {
    const path = join(folder, 'config');
    const cluster = { server: 'https://one', 'certificate-authority-data': base64('CA') };
    const contexts = [{ name: 'one', context: { cluster: 'with-authority', user: '' } }];
    writeFileSync(path, fileFor('one', { clusters: [{ name: 'with-authority', cluster }], contexts }));
    const access = await loadAccess({ kubeconfig: path });
    expect(await access.credentials()).toEqual({ headers: {}, tls: { ca: 'CA' } });
  });

  test('passes over empty texts', async () => {
    const cluster = { 'certificate-authority-data': '', 'tls-server-name': '' };
    const user = { 'client-certificate-data': '', token: '', tokenFile: '', username: '', password: '', as: '' };
    const access = await loadAccess({ kubeconfig: kubeconfig(user, cluster) });
    expect(await access.credentials()).toEqual({ headers: {}, tls: {} });
  });

  test('takes the token of OpenID Connect, and says who gave none', async () => {
    const valid = `${base64('{}')}.${base64('{"exp":9999999999}')}.signature`;
    const tokenOf = async (config: object) =>
      (await loadAccess({ kubeconfig: kubeconfig({ 'auth-provider': { name: 'oidc', config } }) })).credentials();
    expect((await tokenOf({ 'id-token': valid })).headers).toEqual({ authorization: `Bearer ${valid}` });
    await expect(tokenOf({})).rejects.toMatchObject({ code: 'Unauthorized' });
  });

  describe('takes the proxy of the environment', () => {
    afterEach(() => vi.unstubAllEnvs());

    test('and says which variable names it', async () => {
      vi.stubEnv('HTTPS_PROXY', 'proxy.example.com:3128');
      const access = await loadAccess({ kubeconfig: kubeconfig({ token: 't' }) });
      expect(access).toMatchObject({ proxyUrl: 'http://proxy.example.com:3128', proxyVariable: 'HTTPS_PROXY' });
    });

    test('but that of the kubeconfig before it', async () => {
      vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.com:3128');
      const access = await loadAccess({ kubeconfig: kubeconfig({}, { 'proxy-url': 'http://other.example.com' }) });
      expect(access).toMatchObject({ proxyUrl: 'http://other.example.com' });
      expect(access.proxyVariable).toBeUndefined();
    });

    test('but no other than an HTTP proxy', async () => {
      vi.stubEnv('HTTPS_PROXY', 'socks5://proxy.example.com');
      await expect(loadAccess({ kubeconfig: kubeconfig({}) })).rejects.toMatchObject({ code: 'BadRequest' });
    });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a file that is not there', () => loadAccess({ kubeconfig: join(folder, 'none') })],
    ['a context that is not there', () => loadAccess({ kubeconfig: kubeconfig({}), context: 'none' })],
    ['a context whose cluster is not there', () => loadAccess({ kubeconfig: kubeconfig({}), context: 'broken' })],
    ['a server without https or http', () => loadAccess({ kubeconfig: kubeconfig({}, { server: 'host:6443' }) })],
    ['a context whose user is not there', () => loadAccess({ kubeconfig: kubeconfig({}), context: 'nobody' })],
    [
      'a proxy that is no HTTP proxy',
      () => loadAccess({ kubeconfig: kubeconfig({}, { 'proxy-url': 'socks5://proxy.example.com' }) }),
    ],
  ])('refuses %s', async (_name, load) => {
    await expect(load()).rejects.toMatchObject({ name: 'KernelError', code: 'BadRequest' });
  });
});
