/** What the running server refuses, and what it lets nobody see. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mostAtOnce } from '../../../src/console/server/pipelined.ts';
import { canary, cookieHeader, origin, startWorld, type ClusterWorld, type Login } from './cluster-world.ts';

const ours = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice';
const json = { 'content-type': 'application/json' };

let world: ClusterWorld;
let alice: Login;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.logIn('alice');
});
afterAll(() => world.stop());
beforeEach(async () => {
  // Only after a test that ended her session: a fresh login for each would be more than the console takes in a second.
  const session = await world.ask('/api/session', { cookie: alice.cookie });
  if (session.status !== 200) alice = await world.logIn('alice');
  world.api.requests.length = 0;
});

describe('without a session', () => {
  test.each([
    ['GET', '/api/config'],
    ['DELETE', '/api/session'],
    ['GET', `${ours}/usersecrets`],
    ['GET', `${ours}/usersecrets?watch=true`],
    ['POST', `${ours}/neurojobs`],
    ['GET', '/k8s/cluster/api/v1/namespaces/alice/secrets/db'],
    ['GET', '/k8s/cluster/api/v1/namespaces/alice/pods/p/log?follow=true'],
    ['GET', '/k8s/cluster/metrics'],
  ])('%s %s is 401, and the API server hears nothing', async (method, path) => {
    const answer = await world.ask(path, { method });
    expect([answer.status, answer.json['code']]).toEqual([401, 'NoSession']);
    expect(world.api.requests).toEqual([]);
  });

  test.each([
    ['POST', '/nothing'],
    ['POST', '/api/nothing'],
    ['PUT', '/api/session'],
    ['DELETE', '/api/session'],
  ])('no large body is read into memory: %s %s', async (method, path) => {
    const answer = await world.ask(path, { method, headers: json, body: Buffer.alloc(5_000, 0x20) });
    expect([answer.status, answer.json['code']]).toEqual([413, 'BodyTooLarge']);
  });

  test('a header of credentials is no session', async () => {
    const answer = await world.ask(`${ours}/usersecrets`, { headers: { authorization: `Bearer ${alice.token}` } });
    expect(answer.status).toBe(401);
  });

  test('the session says which ways in there are', async () => {
    const answer = await world.ask('/api/session');
    expect([answer.status, answer.json['logins']]).toEqual([401, ['token']]);
  });
});

describe('a login', () => {
  const logIn = (token: unknown, headers: Readonly<Record<string, string>> = json) =>
    world.ask('/api/session', { method: 'POST', headers: { origin, ...headers }, body: JSON.stringify({ token }) });

  test.each<[string, unknown]>([
    ['unknown', 'nobody-knows-this'],
    ['blank', '        '],
    ['empty', ''],
    ['no text', 7],
  ])('with a token that is %s is none', async (_case, token) => {
    const answer = await logIn(token);
    expect([answer.status, answer.json['code']]).toEqual([401, 'TokenNotAccepted']);
    expect(cookieHeader(answer.cookies)).toBe('');
  });

  test('as system:anonymous is none, though the API server would let it in', async () => {
    world.api.users.set('odd', 'system:anonymous');
    expect((await logIn('odd')).status).toBe(401);
  });

  test('takes what copying adds off the token', async () => {
    world.api.users.set('good', 'carol');
    expect((await logIn(' Bearer good\n')).status).toBe(204);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'as %s is refused',
    async (type) => {
      expect((await logIn('x', { 'content-type': type })).status).toBe(415);
    },
  );

  test('from another site is refused', async () => {
    expect((await logIn('x', { ...json, origin: 'https://evil.example' })).json['code']).toBe('ForeignOrigin');
  });

  test('creates a new session, and ends the one that the browser had', async () => {
    world.api.users.set('again', 'alice');
    const body = JSON.stringify({ token: 'again' });
    const answer = await world.ask('/api/session', {
      method: 'POST',
      headers: { ...json, origin },
      body,
      cookie: alice.cookie,
    });
    expect(answer.status).toBe(204);
    expect((await world.ask('/api/session', { cookie: alice.cookie })).status).toBe(401);
    const session = await world.ask('/api/session', { cookie: cookieHeader(answer.cookies) });
    expect(session.json['user']).toMatchObject({ name: 'alice' });
    expect(session.json['csrf']).not.toBe(alice.csrf);
  });

  test('of one browser is nothing to another: no answer is kept', async () => {
    const bob = await world.logIn('bob');
    const path = `${ours}/usersecrets`;
    const answers = await Promise.all([alice, bob].map(({ cookie }) => world.ask(path, { cookie })));
    expect(answers.map((answer) => answer.json['user'])).toEqual(['alice', 'bob']);
    expect((await world.ask(path)).status).toBe(401);
  });
});

describe('a change', () => {
  const create = (headers: Readonly<Record<string, string>>, body: string | Buffer = '{}') =>
    world.ask(`${ours}/neurojobs`, { method: 'POST', cookie: alice.cookie, headers: { ...json, ...headers }, body });

  test('passes with the session’s word', async () => {
    expect((await create({ 'x-csrf-token': alice.csrf })).status).toBe(200);
    expect(world.api.forwarded.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/apis/neu.ro/v1/namespaces/alice/neurojobs', '{}'],
    ]);
  });

  test.each<[string, () => Readonly<Record<string, string>>, number, string]>([
    ['without it', () => ({}), 403, 'CsrfTokenMissing'],
    ['with another', () => ({ 'x-csrf-token': 'guess' }), 403, 'CsrfTokenMissing'],
    [
      'with another of the same length',
      () => ({ 'x-csrf-token': 'x'.repeat(alice.csrf.length) }),
      403,
      'CsrfTokenMissing',
    ],
    ['from another site', () => ({ 'x-csrf-token': alice.csrf, origin: 'https://evil.example' }), 403, 'ForeignOrigin'],
    ['from a sibling', () => ({ 'x-csrf-token': alice.csrf, 'sec-fetch-site': 'same-site' }), 403, 'ForeignOrigin'],
    [
      'as plain text',
      () => ({ 'x-csrf-token': alice.csrf, 'content-type': 'text/plain' }),
      415,
      'UnsupportedMediaType',
    ],
    [
      'as YAML',
      () => ({ 'x-csrf-token': alice.csrf, 'content-type': 'application/yaml' }),
      415,
      'UnsupportedMediaType',
    ],
  ])('%s does not', async (_case, headers, status, code) => {
    const answer = await create(headers());
    expect([answer.status, answer.json['code']]).toEqual([status, code]);
    expect(world.api.forwarded).toEqual([]);
  });

  test('of the word of another’s session does not', async () => {
    const bob = await world.logIn('bob');
    expect((await create({ 'x-csrf-token': bob.csrf })).status).toBe(403);
  });

  test('may be 3 MiB large, and no larger', async () => {
    const headers = { 'x-csrf-token': alice.csrf };
    const limit = 3 * 1024 * 1024;
    expect((await create(headers, Buffer.alloc(limit, 0x20))).status).toBe(200);
    expect((await create(headers, Buffer.alloc(limit + 1, 0x20))).json['code']).toBe('BodyTooLarge');
  });
});

describe('what the API server gets', () => {
  test('is the user’s token and nothing that the browser says about who it is', async () => {
    const headers = {
      authorization: 'Bearer someone-else',
      'impersonate-user': 'admin',
      'impersonate-group': 'system:masters',
      'impersonate-extra-scopes': 'all',
      'x-remote-user': 'admin',
      'x-remote-group': 'system:masters',
      'x-forwarded-for': '10.0.0.1',
      'x-http-method-override': 'DELETE',
      cookie: `${alice.cookie}; other=1`,
      accept: 'application/vnd.kubernetes.protobuf',
    };
    await world.ask(`${ours}/usersecrets`, { headers });
    const [request] = world.api.forwarded;
    expect(request?.headers['authorization']).toBe(`Bearer ${alice.token}`);
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      'accept',
      'authorization',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(request?.headers['accept']).toBe('application/json');
  });

  test('is not what `Connection` would take away', async () => {
    const answer = await world.raw(
      `GET ${ours}/usersecrets HTTP/1.1\r\nHost: console.test\r\nCookie: ${alice.cookie}\r\nConnection: close, Authorization, Host\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(world.api.forwarded[0]?.headers['authorization']).toBe(`Bearer ${alice.token}`);
  });

  test('returns responses without its cookies and own headers', async () => {
    const answer = await world.ask(`${ours}/usersecrets`, { cookie: alice.cookie });
    expect(answer.cookies).toEqual([]);
    expect(answer.headers['x-upstream']).toBeUndefined();
  });

  test('cannot send the browser elsewhere', async () => {
    world.api.scripted.set('/usersecrets', (_request, response) =>
      response.writeHead(302, { location: 'https://evil.example' }).end(),
    );
    const answer = await world.ask(`${ours}/usersecrets`, { cookie: alice.cookie });
    expect([answer.status, answer.json['code'], answer.headers['location']]).toEqual([
      502,
      'ApiServerUnreachable',
      undefined,
    ]);
  });

  test('passes its own errors on as they are', async () => {
    const status = { kind: 'Status', code: 403, message: 'usersecrets is forbidden' };
    world.api.scripted.set('/usersecrets', (_request, response) =>
      response.writeHead(403, json).end(JSON.stringify(status)),
    );
    const answer = await world.ask(`${ours}/usersecrets`, { cookie: alice.cookie });
    expect([answer.status, answer.json]).toEqual([403, status]);
  });
});

describe('on the wire', () => {
  test.each<[string, string, number]>([
    ['a target in absolute form', 'GET http://console.test/api/session HTTP/1.1\r\nHost: console.test', 400],
    ['a target of another host', 'GET http://evil.example/ HTTP/1.1\r\nHost: console.test', 400],
    ['two slashes', 'GET //k8s/cluster/api/v1/namespaces HTTP/1.1\r\nHost: console.test', 400],
    ['a foreign Host', 'GET / HTTP/1.1\r\nHost: evil.example', 403],
    ['no Host', 'GET / HTTP/1.0', 403],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: console.test\r\nHost: evil.example', 403],
    ['two lengths', 'POST /api/session HTTP/1.1\r\nHost: console.test\r\nContent-Length: 1\r\nContent-Length: 2', 400],
    [
      'a length and chunks',
      'POST /api/session HTTP/1.1\r\nHost: console.test\r\nContent-Length: 4\r\nTransfer-Encoding: chunked',
      400,
    ],
    [
      'a change to HTTP/2',
      'GET /api/session HTTP/1.1\r\nHost: console.test\r\nUpgrade: h2c\r\nConnection: Upgrade',
      400,
    ],
    [
      'an upgrade by POST',
      'POST /k8s/cluster/api HTTP/1.1\r\nHost: console.test\r\nUpgrade: websocket\r\nConnection: Upgrade',
      400,
    ],
    ['a bad percent', 'GET /%zz HTTP/1.1\r\nHost: console.test', 400],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: console.test', 404],
  ])('%s is refused', async (_case, head, status) => {
    expect(
      await world.raw(
        `${head}\r\nConnection: close\r\n\r\n`.replace(/(Connection: Upgrade)\r\nConnection: close/, '$1'),
      ),
    ).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
    expect(world.api.requests).toEqual([]);
  });

  test('requests of one packet are not all begun at once', async () => {
    const head = 'GET /assets/main-abc123.js HTTP/1.1\r\nHost: console.test\r\n\r\n';
    // As many as a connection may have are answered at most, where it closes before they are.
    expect((await world.raw(head.repeat(mostAtOnce + 1))).split('HTTP/1.1 ').length - 1).toBeLessThanOrEqual(
      mostAtOnce,
    );
    const answer = await world.raw(
      `${head.repeat(mostAtOnce - 1)}${head.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`,
    );
    expect(answer.split('HTTP/1.1 200').length - 1).toBe(mostAtOnce);
  });

  test('CONNECT gets no tunnel', async () => {
    expect(await world.raw('CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: console.test\r\n\r\n')).not.toMatch(/ 200 /);
  });

  test('headers of more than 32 KiB are refused', async () => {
    const answer = await world.raw(`GET / HTTP/1.1\r\nHost: console.test\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    // Any web site can open such an address: without pages of jobs, which can set such cookies, none is removed.
    expect(answer).not.toContain('Clear-Site-Data');
    expect(answer).toContain('The request is too long');
    expect(await world.raw('no request at all\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each(['../../../etc/passwd', '%2e%2e/%2e%2e/package.json', 'assets/..%2f..%2fkeys', '.env', 'assets/%00'])(
    'no file outside of the pages is served: /%s',
    async (path) => {
      const answer = await world.raw(`GET /${path} HTTP/1.1\r\nHost: console.test\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 (400|403|404) /);
    },
  );
});

describe('every answer', () => {
  test.each<[string, string]>([
    ['a page', '/'],
    ['a page of the page', '/secrets'],
    ['a file', '/assets/main-abc123.js'],
    ['an error', '/api/nothing'],
    ['a refusal', '/api/session'],
    ['what the API server said', `${ours}/usersecrets`],
  ])('is in no frame, runs nothing of others, is not guessed at, leaves no trace: %s', async (_case, path) => {
    const { headers } = await world.ask(path, path.startsWith('/k8s') ? { cookie: alice.cookie } : {});
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age'),
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['cache-control']).toBe(
      path.startsWith('/assets') ? 'public, max-age=31536000, immutable' : 'no-store',
    );
  });

  test('is sent compressed where it lies so', async () => {
    const answer = await world.ask('/assets/main-abc123.js', { headers: { 'accept-encoding': 'gzip, br' } });
    expect([answer.headers['content-encoding'], answer.text]).toEqual(['br', 'brotli']);
  });
});

test('a log-out takes the cookies away, empties the browser’s stores, and the session is over', async () => {
  const answer = await world.ask('/api/session', {
    method: 'DELETE',
    cookie: alice.cookie,
    headers: { 'x-csrf-token': alice.csrf },
  });
  expect(answer.status).toBe(200);
  expect(answer.cookies.every((line) => line.includes('Max-Age=0'))).toBe(true);
  expect(answer.headers['clear-site-data']).toBe('"cache", "storage"');
  for (const path of ['/api/session', '/api/config', `${ours}/usersecrets`]) {
    expect((await world.ask(path, { cookie: alice.cookie })).status).toBe(401);
  }
});

test('a token that the API server takes no more ends the session, and its cookies go', async () => {
  world.api.users.delete(alice.token);
  const answer = await world.ask(`${ours}/usersecrets`, { cookie: alice.cookie });
  expect([answer.status, answer.json['code']]).toEqual([401, 'SessionExpired']);
  expect(answer.cookies).toHaveLength(5);
});

test('an API server that does not respond is reported', async () => {
  world.api.scripted.set('/usersecrets', (_request, response) => response.destroy());
  const answer = await world.ask(`${ours}/usersecrets`, { cookie: alice.cookie });
  expect([answer.status, answer.json['code']]).toEqual([502, 'ApiServerUnreachable']);
  expect(world.logged()).toMatch(/"code":"ApiServerUnreachable","causes":\["\w+"\]/);
  expect((await world.ask(`${ours}/usersecrets`, { cookie: alice.cookie })).status).toBe(200);
});

test('another context than the cluster’s is unknown', async () => {
  const answer = await world.ask('/k8s/other/api/v1/namespaces', { cookie: alice.cookie });
  expect([answer.status, answer.json['code']]).toEqual([404, 'ContextUnknown']);
});

test('health has a port of its own', async () => {
  const { healthPort } = world.console;
  const answers = await Promise.all(
    ['/healthz', '/readyz', '/'].map((path) => fetch(`http://127.0.0.1:${String(healthPort)}${path}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
});

test('no token, cookie, csrf word or query was logged', () => {
  expect(world.logged().length).toBeGreaterThan(1_000);
  for (const secret of [canary, alice.cookie.split('=')[1] ?? '', alice.csrf, 'fieldSelector', 'watch=true']) {
    expect(world.logged()).not.toContain(secret);
  }
});

test('a token is not called wrong where the console takes none', async () => {
  const words = ['--no-token-login', '--oidc-issuer', 'https://provider.invalid', '--oidc-client-id', 'console'];
  const other = await startWorld(words);
  try {
    const login = { method: 'POST', headers: { ...json, origin }, body: '{"token":"abc"}' };
    const answer = await other.ask('/api/session', login);
    expect([answer.status, answer.json['code']]).toEqual([401, 'TokenNotAccepted']);
    expect(answer.json['message']).toBe('This console takes no pasted tokens: log in by its provider.');
  } finally {
    await other.stop();
  }
});
