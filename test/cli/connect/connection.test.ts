/** What people read where there is no kubeconfig that could be used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { userSecrets } from '../../../src/cli/connect/kinds.ts';
import { explain } from '../../../src/cli/errors.ts';
import { openConnection } from '../../../src/cli/connect/connection.ts';
import type { Io } from '../../../src/cli/io.ts';
import type { GlobalOptions } from '../../../src/cli/options.ts';
import { FakeApiServer } from '../../support/fake-api-server.ts';

const io = { isErrorTerminal: false, stderr: process.stderr, now: () => new Date() } as unknown as Io;
const connectionWith = (options: GlobalOptions) => openConnection({ io, options });

const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin', interactiveMode: 'Never' };

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-connection-'));
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => rmSync(folder, { recursive: true }));

test('a kubeconfig that does not exist is named', async () => {
  const path = join(folder, 'nothing');
  await expect(connectionWith({ kubeconfig: path })).rejects.toMatchObject({
    code: 'configuration',
    message: `No kubeconfig at ${path}; give --kubeconfig or set KUBECONFIG.`,
  });
});

test('without any kubeconfig, the place where it is looked for is named', async () => {
  vi.stubEnv('HOME', folder);
  vi.stubEnv('KUBECONFIG', '');
  const path = join(folder, '.kube', 'config');
  await expect(connectionWith({})).rejects.toMatchObject({
    code: 'configuration',
    message: `No kubeconfig at ${path}; give --kubeconfig or set KUBECONFIG.`,
  });
});

test('a kubeconfig that the library wrote is used, though its context has the same name as none at all', async () => {
  const path = join(folder, 'exported');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'prod', server: 'https://api.example.com', skipTLSVerify: false },
    { name: 'alice', exec: { ...exec, command: 'login' } },
  );
  writeFileSync(path, config.exportConfig());
  const { clusterName, close } = await connectionWith({ kubeconfig: path });
  await close();
  expect(clusterName).toBe('prod');
});

test.each<[string, string]>([
  ['socks5://u:s3cret@proxy.example.com:1080', 'begins with socks5://, not with http:// or https://'],
  ['u:s3cret@proxy.example.com:3128', 'does not begin with http:// or https://'],
  ['http://u:s3cret@proxy example', 'is not a valid address'],
])('a proxy-url that Node would pass over is refused, and no password is printed: %s', async (proxyUrl, found) => {
  const path = join(folder, 'proxied');
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'prod', cluster: { server: 'https://api.example.com', 'proxy-url': proxyUrl } }],
      users: [{ name: 'alice', user: { token: 't' } }],
      contexts: [{ name: 'work', context: { cluster: 'prod', user: 'alice' } }],
      'current-context': 'work',
    }),
  );
  await expect(connectionWith({ kubeconfig: path })).rejects.toMatchObject({
    code: 'configuration',
    message: `The proxy-url of the cluster "prod" in the kubeconfig ${found}: give the address of an HTTP proxy, such as http://proxy.example.com:3128.`,
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

test('a kubeconfig that is a folder, or has no current context, is said in words', async () => {
  await expect(connectionWith({ kubeconfig: folder })).rejects.toMatchObject({
    code: 'configuration',
    message: `The kubeconfig ${folder} cannot be read (it is a folder); give another with --kubeconfig, or set KUBECONFIG.`,
  });
  const path = join(folder, 'empty');
  writeFileSync(path, '{}');
  await expect(connectionWith({ kubeconfig: path })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('The kubeconfig has no current context'),
  });
});

/** What the first request fails with, by the kubeconfig of a user with these credentials. */
async function failureAs(user: object): Promise<unknown> {
  const path = join(folder, 'config-of-user');
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'dev', cluster: { server: 'http://127.0.0.1:1' } }],
      users: [{ name: 'alice', user }],
      contexts: [{ name: 'dev', context: { cluster: 'dev', user: 'alice' } }],
      'current-context': 'dev',
    }),
  );
  const { client, close } = await connectionWith({ kubeconfig: path });
  const error: unknown = await client
    .get(userSecrets, { namespace: 'alice', name: 'db' })
    .catch((thrown: unknown) => thrown);
  await close();
  return error;
}

test.each<[string, object, string]>([
  [
    'a program for credentials that is not installed',
    { exec },
    "The kubeconfig gets its credentials from the program 'no-such-plugin', which was not found: install it, or choose another context with --context.",
  ],
  [
    'a file of a certificate that is not there',
    { 'client-certificate': '/nowhere/a.crt', 'client-key': '/nowhere/a.key' },
    'The kubeconfig names the file /nowhere/a.crt, which was not found: correct the kubeconfig, or choose another context with --context.',
  ],
  [
    'a program for credentials that cannot be run',
    { exec: { ...exec, command: tmpdir() } },
    `The kubeconfig gets its credentials from the program '${tmpdir()}', which cannot be run (EACCES): correct the kubeconfig, or choose another context with --context.`,
  ],
  [
    'a folder in the place of a file',
    { 'client-certificate': tmpdir(), 'client-key': tmpdir() },
    `The kubeconfig names the file ${tmpdir()}, which cannot be read (it is a folder): correct the kubeconfig, or choose another context with --context.`,
  ],
])('%s is named', async (_what, user, sentence) => {
  expect(explain(await failureAs(user))).toEqual({ exitCode: 70, sentence });
});

test('a program for credentials that fails is named', async () => {
  expect(explain(await failureAs({ exec: { ...exec, command: 'false' } }))).toEqual({
    exitCode: 77,
    sentence:
      "The program 'false', from which the kubeconfig gets its credentials, gave none: it ended with exit code 1; log in again, or choose another context with --context.",
  });
});

test.each<[string, string, number, string]>([
  [
    'a proxy to it that cannot be used',
    'socks5://u:s3cret@proxy.example.com:1080',
    70,
    'the variable HTTPS_PROXY begins with socks5://, not with http:// or https://: give the address of an HTTP proxy, such as http://proxy.example.com:3128',
  ],
  [
    'a proxy to it that gives no answer',
    'http://127.0.0.1:1',
    74,
    'https://sso.example.com gives no answer (ECONNREFUSED); check your network and VPN',
  ],
])('a provider of logins: %s is not a matter of the login', async (_what, proxy, exitCode, found) => {
  vi.stubEnv('HTTPS_PROXY', proxy);
  vi.stubEnv('NO_PROXY', '');
  const config = { 'idp-issuer-url': 'https://sso.example.com', 'client-id': 'kube', 'refresh-token': 'r' };
  expect(explain(await failureAs({ 'auth-provider': { name: 'oidc', config } }))).toEqual({
    exitCode,
    sentence: `The auth-provider 'oidc' of the kubeconfig gave no token: ${found}, or choose another context with --context.`,
  });
});

test('another user is not given the groups that the kubeconfig acts with', async () => {
  const server = await FakeApiServer.start();
  const path = join(folder, 'acting');
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'dev', cluster: { server: server.url } }],
      users: [{ name: 'alice', user: { token: 't', as: 'bob', 'as-groups': ['admins', 'ops'] } }],
      contexts: [{ name: 'dev', context: { cluster: 'dev', user: 'alice' } }],
      'current-context': 'dev',
    }),
  );
  const { client, clientAs, close } = await connectionWith({ kubeconfig: path });
  for (const one of [client, clientAs('carol')]) await one.get(userSecrets, { namespace: 'alice', name: 'db' });
  await close();
  await server.close();
  expect(server.requests.map(({ headers }) => [headers['impersonate-user'], headers['impersonate-group']])).toEqual([
    ['bob', 'admins, ops'],
    ['carol', undefined],
  ]);
});
