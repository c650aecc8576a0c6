import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KubeConfig } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { staticAccess } from '../../../src/cli/connect/static-kubeconfig.ts';
import { accessOf } from '../../../src/kernel/index.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a kubeconfig of the most common form', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'static-kubeconfig-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function kubeconfig(user: object, cluster: object = {}): string {
    const path = join(folder, 'config');
    const content = {
      'current-context': 'here',
      clusters: [{ name: 'prod', cluster: { server: 'https://api.example.com:6443/prefix/', ...cluster } }],
      users: [{ name: 'me', user }],
      contexts: [{ name: 'here', context: { cluster: 'prod', user: 'me', namespace: 'team' } }],
    };
    writeFileSync(path, stringify(content));
    return path;
  }

  test.each<[string, object, object]>([
    ['a token', { token: 't' }, {}],
    [
      'a token and a certificate',
      { token: 't', 'client-certificate-data': base64('C'), 'client-key-data': base64('K') },
      {},
    ],
    ['a name and password', { username: 'me', password: 'p:w' }, {}],
    ['nobody', {}, { 'insecure-skip-tls-verify': true }],
    [
      'files beside it',
      { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' },
      { 'certificate-authority': 'ca.pem' },
    ],
    ['a proxy', { token: 't' }, { 'proxy-url': 'http://proxy.example.com:3128', extensions: [] }],
  ])('reads %s as the library does', async (_name, user, cluster) => {
    for (const name of ['cert.pem', 'key.pem', 'ca.pem']) writeFileSync(join(folder, name), name);
    const path = kubeconfig(user, cluster);
    const library = new KubeConfig();
    library.loadFromFile(path);
    const [expected, found] = [accessOf(library), staticAccess({ kubeconfig: path })];
    expect({ ...found, credentials: await found?.credentials() }).toEqual({
      ...expected,
      credentials: await expected.credentials(),
    });
  });

  test('of data and a file the data counts, as in kubectl', async () => {
    const user = { 'client-certificate': 'none.pem', 'client-certificate-data': base64('C') };
    const path = kubeconfig(user, { 'certificate-authority': 'none.pem', 'certificate-authority-data': base64('CA') });
    const access = staticAccess({ kubeconfig: path });
    expect((await access?.credentials())?.tls).toEqual({ ca: 'CA', cert: 'C' });
  });

  test.each<[string, object, object]>([
    ['an exec plug-in', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' } }, {}],
    ['a provider', { 'auth-provider': { name: 'oidc', config: {} } }, {}],
    ['acting as somebody else', { token: 't', as: 'bob' }, {}],
    ['a file with a token', { tokenFile: '/tmp/token' }, {}],
    ['what nobody knows yet', { token: 't' }, { 'new-field': true }],
  ])('leaves %s to the library', (_name, user, cluster) => {
    expect(staticAccess({ kubeconfig: kubeconfig(user, cluster) })).toBeUndefined();
  });
});
