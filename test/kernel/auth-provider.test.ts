/** A login by OpenID Connect in a kubeconfig: refreshed, and written back for the next command and for kubectl. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadAccess } from '../../src/kernel/index.ts';

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const idToken = (exp: number, name: string): string =>
  `${base64url('{}')}.${base64url(JSON.stringify({ exp }))}.${name}`;
const past = 1_000_000_000;
const future = 9_999_999_999;

let folder: string;
let issuer: string;
let server: Server;
/** Each refresh token is taken once; then it is the next number. */
let valid: number;
let rotates: boolean;
let refreshes: { readonly headers: IncomingHttpHeaders; readonly form: Readonly<Record<string, string>> }[];
let discovery: object;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kernel-oidc-'));
  [valid, rotates, refreshes, discovery] = [1, true, [], {}];
  server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const piece of request as AsyncIterable<Buffer>) body += piece.toString();
      const send = (status: number, answer: object): void =>
        void response.writeHead(status).end(JSON.stringify(answer));
      if (request.method === 'GET') {
        send(request.url === '/realm/.well-known/openid-configuration' ? 200 : 404, {
          token_endpoint: `${issuer}token`,
          ...discovery,
        });
        return;
      }
      const form = Object.fromEntries(new URLSearchParams(body));
      refreshes.push({ headers: request.headers, form });
      if (form['refresh_token'] !== `r${String(valid)}`) {
        send(400, { error: 'invalid_grant', error_description: 'r1 is used up' });
        return;
      }
      if (rotates) valid += 1;
      const isNew = rotates ? { refresh_token: `r${String(valid)}` } : {};
      send(200, { id_token: idToken(future, `n${String(valid)}`), ...isNew });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/realm/`;
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function kubeconfig(config: Readonly<Record<string, string>> = {}): string {
  const path = join(folder, 'config');
  const entries = {
    'idp-issuer-url': issuer,
    'client-id': 'kube',
    'id-token': idToken(past, 'old'),
    'refresh-token': 'r1',
    ...config,
  };
  const lines = Object.entries(entries).map(([name, value]) => `        ${name}: "${value}"`);
  const text = `# of the team
current-context: main # the usual one
clusters: [{ name: c, cluster: { server: "https://one" } }]
contexts: [{ name: main, context: { cluster: c, user: me } }]
users:
- name: other
  user: { token: t }
- name: me # by the browser
  user:
    auth-provider:
      name: oidc
      config:
${lines.join('\n')}
`;
  writeFileSync(path, text, { mode: 0o640 });
  return path;
}

async function tokenBy(path: string): Promise<unknown> {
  return (await (await loadAccess({ kubeconfig: path })).credentials()).headers['authorization'];
}

function written(path: string): Readonly<Record<string, string>> {
  const { users } = parse(readFileSync(path, 'utf8')) as {
    readonly users: readonly { readonly user: { 'auth-provider'?: { config: Readonly<Record<string, string>> } } }[];
  };
  return users[1]?.user['auth-provider']?.config ?? {};
}

test('an expired token is refreshed once, and the next command finds the new tokens in the file', async () => {
  const path = kubeconfig();
  const fresh = idToken(future, 'n2');
  expect(await tokenBy(path)).toBe(`Bearer ${fresh}`);
  expect(written(path)).toMatchObject({ 'id-token': fresh, 'refresh-token': 'r2', 'client-id': 'kube' });
  expect(await tokenBy(path)).toBe(`Bearer ${fresh}`);
  expect(refreshes).toHaveLength(1);
  const text = readFileSync(path, 'utf8');
  for (const kept of [
    '# of the team\n',
    'current-context: main # the usual one\n',
    '- name: me # by the browser\n',
    'token: t',
  ])
    expect(text).toContain(kept);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder)).toEqual(['config']);
});

test('a token that is missing or no token is refreshed too', async () => {
  for (const given of ['', 'no token', 'a.b.c']) {
    valid = 1;
    expect(await tokenBy(kubeconfig({ 'id-token': given }))).toBe(`Bearer ${idToken(future, 'n2')}`);
  }
});

test('what another command has refreshed meanwhile is taken from the file', async () => {
  const path = kubeconfig();
  const access = await loadAccess({ kubeconfig: path });
  await tokenBy(path);
  expect((await access.credentials()).headers['authorization']).toBe(`Bearer ${idToken(future, 'n2')}`);
  expect(refreshes).toHaveLength(1);
});

test('requests at the same time refresh once', async () => {
  const access = await loadAccess({ kubeconfig: kubeconfig() });
  await Promise.all([access.credentials(), access.credentials()]);
  expect(refreshes).toHaveLength(1);
});

test('a file behind a link is written, and the link stays', async () => {
  const path = kubeconfig();
  mkdirSync(join(folder, 'home'));
  const link = join(folder, 'home', 'link');
  symlinkSync(path, link);
  await tokenBy(link);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(written(path)['refresh-token']).toBe('r2');
});

test('without a new refresh token, the former one stays', async () => {
  rotates = false;
  const path = kubeconfig();
  await tokenBy(path);
  expect(written(path)).toMatchObject({ 'id-token': idToken(future, 'n1'), 'refresh-token': 'r1' });
});

test('tokens that cannot be written are used as long as nothing is lost, and named where the refresh token is', async () => {
  const path = kubeconfig();
  const accesses = await Promise.all([loadAccess({ kubeconfig: path }), loadAccess({ kubeconfig: path })]);
  // No user of that name is there to write to; it reads as before.
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('me # by', 'you # by'));
  rotates = false;
  expect((await accesses[0].credentials()).headers['authorization']).toBe(`Bearer ${idToken(future, 'n1')}`);
  rotates = true;
  await expect(accesses[1].credentials()).rejects.toMatchObject({
    code: 'Unauthorized',
    message: expect.stringContaining('its new refresh-token, which replaces the former one, cannot be written'),
  });
});

test.each<[string, object, string | undefined, object]>([
  ['in the header', {}, `Basic ${Buffer.from('kube:s%26t').toString('base64')}`, { client_id: undefined }],
  [
    'in the form, where the provider takes it only there',
    { token_endpoint_auth_methods_supported: ['client_secret_post'] },
    undefined,
    { client_id: 'kube', client_secret: 's&t' },
  ],
])('the secret of the client is sent %s', async (_where, says, authorization, form) => {
  discovery = says;
  await tokenBy(kubeconfig({ 'client-secret': 's&t' }));
  const [refresh] = refreshes;
  expect(refresh?.headers.authorization).toBe(authorization);
  expect({ client_id: undefined, ...refresh?.form }).toMatchObject(form);
});

test('an answer that is too large is named as such', async () => {
  discovery = { padding: 'x'.repeat(1024 * 1024) };
  await expect(tokenBy(kubeconfig())).rejects.toMatchObject({
    code: 'Unauthorized',
    message: expect.stringMatching(/http:\/\/127\.0\.0\.1:\d+: the answer has more than 1048576 bytes$/) as unknown,
  });
});

test.each<[string, Readonly<Record<string, string>>, string, string]>([
  [
    'a refresh token that is used up',
    { 'refresh-token': 'r0' },
    'Unauthorized',
    '/realm/token answered 400 invalid_grant',
  ],
  ['no refresh token', { 'refresh-token': '' }, 'Unauthorized', 'it has neither a valid id-token nor a refresh-token'],
  ['no client', { 'client-id': '' }, 'Unauthorized', 'its client-id is missing'],
  [
    'a provider that is not there',
    { 'idp-issuer-url': 'http://127.0.0.1:1' },
    'Network',
    'http://127.0.0.1:1 gives no answer',
  ],
  [
    'an authority that is none',
    { 'idp-issuer-url': 'https://127.0.0.1:1', 'idp-certificate-authority-data': 'bm9uZQ==' },
    'Unauthorized',
    'its idp-certificate-authority cannot be used (the certificate authority is not in the PEM format)',
  ],
  ['an address that is none', { 'idp-issuer-url': 'sso' }, 'Unauthorized', 'does not begin with https:// or http://'],
])('%s is named, without a token', async (_case, config, code, said) => {
  const path = kubeconfig(config);
  const before = readFileSync(path, 'utf8');
  const error = await tokenBy(path).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
  expect((error as Error).message).not.toMatch(/r1|r0/);
  expect(readFileSync(path, 'utf8')).toBe(before);
});
