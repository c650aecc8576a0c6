/** Logging in by OpenID Connect, before a certified provider: what passes, what is refused, and what happens when tokens or the provider end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decodeJwt } from 'jose';
import { Browser, type Page } from '../../support/console/browser.ts';
import { startOpenIdProvider, type OpenIdProvider } from '../../support/console/openid-provider.ts';
import { ShiftedClock } from '../../support/shifted-clock.ts';
import { until } from '../../support/until.ts';
import { endOf, origin, startWorld, type ClusterWorld } from './cluster-world.ts';

const ours = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets';
const callback = `${origin}/auth/oidc/callback`;

const clock = new ShiftedClock();
/** Later than every token that was given out in a test. */
const pastMs = 301_000;
let provider: OpenIdProvider;
let world: ClusterWorld;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-oidc-'));
  provider = await startOpenIdProvider(origin);
  writeFileSync(join(folder, 'ca.pem'), provider.caPem);
  world = await startWorld(
    [
      ...['--oidc-issuer', provider.issuer, '--oidc-client-id', provider.clientId],
      ...['--oidc-ca-file', join(folder, 'ca.pem')],
    ],
    { clock },
  );
  // The API server takes every token of this provider.
  world.api.userOfToken = (token) => {
    try {
      const { iss, sub, exp = 0 } = decodeJwt(token);
      return iss === provider.issuer && exp * 1000 > Date.now() ? sub : undefined;
    } catch {
      return undefined;
    }
  };
});
afterAll(async () => {
  await world.stop();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  provider.resume();
  clock.shiftMs = 0;
  provider.idTokenSeconds = 300;
  world.api.requests.length = 0;
  browser = newBrowser();
});

const newBrowser = (): Browser =>
  new Browser({ ca: provider.caPem, places: { [origin]: `http://127.0.0.1:${String(world.console.port)}` } });
const logIn = (returnTo = '/jobs'): Promise<Page> =>
  browser.follow(`${origin}/auth/oidc/start?returnTo=${encodeURIComponent(returnTo)}`);
const session = async (): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> => {
  const page = await browser.get(`${origin}/api/session`);
  return { status: page.status, json: JSON.parse(page.text) as Readonly<Record<string, unknown>> };
};
const bearer = (): string => world.api.forwarded.at(-1)?.headers.authorization?.replace('Bearer ', '') ?? '';

describe('a login', () => {
  test('comes back to the page that was asked for, as the user of the provider', async () => {
    const page = await logIn('/jobs?x=1');
    expect(page.url).toBe(`${origin}/jobs?x=1`);
    expect(await session()).toMatchObject({ status: 200, json: { user: { name: 'alice' } } });
  });

  test('asks by code, with PKCE, state and nonce', async () => {
    const { url } = await browser.follow(`${origin}/auth/oidc/start`, provider.issuer);
    const query = new URL(url).searchParams;
    expect(query.get('response_type')).toBe('code');
    expect(query.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query.get(name)?.length).toBeGreaterThan(20);
  });

  test('leaves no token in any address', async () => {
    await logIn();
    await browser.get(`${origin}${ours}`);
    const token = bearer();
    expect(token.length).toBeGreaterThan(100);
    for (const address of browser.visited) expect(address).not.toContain(token);
  });

  test('keeps what it needs meanwhile in a cookie that comes along from the provider, and takes it away', async () => {
    const { headers } = await browser.get(`${origin}/auth/oidc/start`);
    expect(String(headers['set-cookie'])).toMatch(
      /^__Host-neuro-login=.*HttpOnly; Secure; Priority=High; SameSite=Lax$/,
    );
    await browser.follow(String(headers['location']));
    expect(browser.cookies.get(origin)?.has('__Host-neuro-login')).toBe(false);
  });

  const failed = (code: string): string => `${origin}/?login=${code}`;

  test.each<[string, (url: URL) => string]>([
    ['another state', (url) => (url.searchParams.set('state', 'guess'), url.href)],
    ['another code', (url) => (url.searchParams.set('code', 'guess'), url.href)],
    ['another issuer', (url) => (url.searchParams.set('iss', 'https://evil.example'), url.href)],
    [
      'an error of the provider, with HTML in it',
      () => `${callback}?error=<script>&error_description=<img src=x onerror=alert(1)>`,
    ],
    ['nothing', () => callback],
  ])('that comes back with %s is none, and nothing of it is shown', async (_case, spoil) => {
    const { url } = await browser.follow(`${origin}/auth/oidc/start`, callback);
    const page = await browser.get(spoil(new URL(url)));
    expect([page.status, page.headers['location'], page.text]).toEqual([303, '/?login=LoginFailed', '']);
    expect((await session()).status).toBe(401);
  });

  test('of another browser’s making is none', async () => {
    const { url } = await newBrowser().follow(`${origin}/auth/oidc/start`, callback);
    expect((await browser.follow(url)).url).toBe(failed('LoginFailed'));
  });

  test('that is played back is none', async () => {
    const { url } = await browser.follow(`${origin}/auth/oidc/start`, callback);
    const kept = browser.cookieOf(origin);
    await browser.follow(url);
    const again = newBrowser();
    expect((await again.get(url, { cookie: kept })).headers['location']).toBe('/?login=LoginFailed');
  });

  test('that the API server does not know is none', async () => {
    const takes = world.api.userOfToken;
    world.api.userOfToken = () => 'system:anonymous';
    expect((await logIn()).url).toBe(failed('LoginFailed'));
    world.api.userOfToken = takes;
  });

  test('while the provider is away says so', async () => {
    provider.pause();
    const other = await startWorld(['--oidc-issuer', provider.issuer, '--oidc-client-id', 'x']);
    const answer = await other.ask('/auth/oidc/start');
    expect([answer.status, answer.json['code']]).toEqual([502, 'ProviderUnreachable']);
    await other.stop();
  });
});

describe('a token that ends', () => {
  test('is renewed before it does, once for many requests, and the cookie with it', async () => {
    await logIn();
    const before = (await session()).json;
    clock.shiftMs = Date.parse(String(before['refreshAt'])) + 1_000 - clock.now();
    const renewed = (): number => provider.requests.filter((path) => path === '/token').length;
    const count = renewed();
    provider.idTokenSeconds = 3_600;
    const cookie = browser.cookieOf(origin);
    const pages = await Promise.all([1, 2, 3, 4].map(() => browser.get(`${origin}${ours}`, { cookie })));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(renewed() - count).toBe(1);
    expect(browser.cookieOf(origin)).not.toBe(cookie);
    const after = (await session()).json;
    expect(after['csrf']).toBe(before['csrf']);
    expect(Date.parse(String(after['refreshAt']))).toBeGreaterThan(clock.now() + 1_000_000);
  });

  test('does not end a terminal, where it can be renewed', async () => {
    await logIn();
    const path = '/k8s/cluster/api/v1/namespaces/alice/pods/train/exec?command=sh&stdin=true';
    const socket = world.open(path, 'v5.channel.k8s.io', { cookie: browser.cookieOf(origin) });
    await until(() => socket.readyState === socket.OPEN, 'it is open');
    const first = bearer();
    provider.idTokenSeconds = 3_600;
    clock.shiftMs = pastMs;
    const asked = (): number =>
      world.api.requests.filter(
        ({ url, headers }) => url.endsWith('/selfsubjectaccessreviews') && headers.authorization !== `Bearer ${first}`,
      ).length;
    await until(() => asked() > 1, 'the right is asked for with the new token');
    expect(socket.readyState).toBe(socket.OPEN);
    await browser.get(`${origin}${ours}`);
    expect(bearer()).not.toBe(first);
    socket.terminate();
  });

  test('and cannot be renewed gives one 401, takes the cookies away, and is not forwarded', async () => {
    await logIn();
    const path = `${ours}?watch=true`;
    const socket = world.open(path, 'neuro.stream.v1', { cookie: browser.cookieOf(origin) });
    const ended = endOf(socket);
    await until(() => socket.readyState === socket.OPEN, 'it is open');
    provider.pause();
    clock.shiftMs = pastMs;
    expect(await ended).toMatchObject({ code: 4401 });
    world.api.requests.length = 0;
    const page = await browser.get(`${origin}${ours}`);
    expect([page.status, JSON.parse(page.text)]).toMatchObject([401, { code: 'SessionExpired' }]);
    expect(world.api.requests).toEqual([]);
    expect(browser.cookieOf(origin)).not.toContain('neuro-session');
  });
});

test('a log-out revokes at the provider and leads to its own, without a token in the address', async () => {
  await logIn();
  const { csrf } = (await session()).json;
  const cookie = browser.cookieOf(origin);
  const answer = await world.ask('/api/session', {
    method: 'DELETE',
    cookie,
    headers: { 'x-csrf-token': String(csrf) },
  });
  const { searchParams, origin: at } = new URL(String(answer.json['logoutUrl']));
  expect(at).toBe(provider.issuer);
  expect([...searchParams.keys()].sort()).toEqual(['client_id', 'post_logout_redirect_uri']);
  expect(provider.requests).toContain('/token/revocation');
  expect((await world.ask(ours, { cookie })).status).toBe(401);
});

test('no code, state or token was logged', () => {
  expect(world.logged()).not.toMatch(/eyJ|code=|state=/);
});
