/** The page of a job on an origin of its own: who gets there, what the job sees of its visitor, and what it can do to the console. */
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { parseOptions } from '../../../src/console/server/index.ts';
import { maxUsedOfUser } from '../../../src/console/server/opened/job-tickets.ts';
import { startPageServer, type PageServer } from '../../support/console/page-server.ts';
import { eventually } from '../../support/until.ts';
import {
  askAt,
  canary,
  cookieHeader,
  endOf,
  origin,
  startWorld,
  type Answer,
  type ClusterWorld,
  type Login,
} from './cluster-world.ts';
import { closedSandbox } from './scripted-api.ts';

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const domain = 'jobs.test';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

interface Page {
  readonly host: string;
  readonly cookie: string;
}

let page: PageServer;
let world: ClusterWorld;
let alice: Login;

beforeAll(async () => {
  page = await startPageServer();
});
afterAll(() => page.stop());
beforeEach(async () => {
  world = await startWorld(['--job-domain', domain]);
  alice = await world.logIn('alice');
  world.api.ports.set('notebook-pod', page.port);
});
afterEach(() => world.stop());

/** What the API server answers for the job, each time that it is asked. */
function job(name = 'notebook', uid = 'uid-1', status: object = { phase: 'Running', podName: 'notebook-pod' }): void {
  world.api.scripted.set(`/neurojobs/${name}`, (_request, response) => {
    response.writeHead(200, json);
    response.end(
      JSON.stringify({ metadata: { name, namespace: 'alice', uid }, spec: { image: 'x', http: { port: 80 } }, status }),
    );
    job(name, uid, status);
  });
}

async function way(
  login: Login = alice,
  name = 'notebook',
): Promise<{ readonly host: string; readonly ticket: string }> {
  const answer = await world.ask('/api/open', {
    method: 'POST',
    headers: { ...json, origin, 'x-csrf-token': login.csrf },
    cookie: login.cookie,
    body: JSON.stringify({ context: 'cluster', namespace: 'alice', name }),
  });
  expect(answer.status).toBe(200);
  const { address, ticket } = answer.json as { readonly address: string; readonly ticket: string };
  return { host: new URL(address).host, ticket };
}

function redeem(host: string, ticket: string): Promise<Answer> {
  const body = new URLSearchParams({ ticket }).toString();
  const headers = { host, ...form, origin: 'null', 'sec-fetch-site': 'cross-site' };
  return askAt(world.console.port, '/.neuro/open', { method: 'POST', headers, body });
}

async function opened(login: Login = alice, name = 'notebook'): Promise<Page> {
  const { host, ticket } = await way(login, name);
  const answer = await redeem(host, ticket);
  expect(answer.status).toBe(200);
  return { host, cookie: cookieHeader(answer.cookies) };
}

function visit(
  { host, cookie }: Page,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body?: string,
): Promise<Answer> {
  return askAt(world.console.port, path, {
    method,
    headers: { host, cookie, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

async function lastSeen(at: Page): Promise<Seen> {
  const all = (await visit(at, '/seen')).json as unknown as readonly Seen[];
  return all.filter(({ url }) => url !== '/seen').at(-1) as Seen;
}

function socketTo({ host, cookie }: Page, from = `https://${host}`): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${String(world.console.port)}/ws`, {
    headers: { host, cookie, ...(from === '' ? {} : { origin: from }) },
    perMessageDeflate: false,
  });
}

describe('a visitor', () => {
  beforeEach(() => job());

  test('gets there with a ticket, and the page answers under its own host', async () => {
    const at = await opened();
    expect(at.host).toMatch(/^notebook-[0-9a-f]{20}\.jobs\.test$/);
    expect((await visit(at, '/')).text).toContain('Hello from the job');
  });

  test('sends a body and a query as they are, and gets megabytes', async () => {
    const at = await opened();
    await visit(at, '/save?a=%0d%0ab&c=%2e%2e', { 'content-type': 'text/x' }, 'PUT', 'body '.repeat(50_000));
    expect(await lastSeen(at)).toMatchObject({
      method: 'PUT',
      url: '/save?a=%0d%0ab&c=%2e%2e',
      body: 'body '.repeat(50_000),
    });
    expect((await visit(at, '/bytes')).text.length).toBe(5_000_000);
  });

  test('has a WebSocket both ways', async () => {
    const socket = socketTo(await opened());
    await new Promise((resolve) => socket.once('open', resolve));
    const back = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));
    socket.send('hello');
    expect(await back).toBe('echo hello');
    socket.close();
  });

  test('keeps the job’s cookies and credentials; the job sees nothing of the session and of the token', async () => {
    const at = await opened();
    expect(at.cookie).toContain('__Host-neuro-opened-0=');
    await visit({ ...at, cookie: `app=1; ${at.cookie}; last=2` }, '/x', {
      authorization: 'token of-the-app',
      'x-forwarded-for': '1.2.3.4',
    });
    const { rawHeaders } = await lastSeen(at);
    const headers = Object.fromEntries(
      rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1]]] : [])),
    );
    expect(headers).toMatchObject({
      cookie: 'app=1; last=2',
      authorization: 'token of-the-app',
      host: at.host,
      'x-forwarded-proto': 'https',
    });
    expect(headers).not.toHaveProperty('x-forwarded-for');
    expect(JSON.stringify(rawHeaders)).not.toContain(canary);
    expect(JSON.stringify(rawHeaders)).not.toContain('neuro-opened');
  });

  test("accepts cookies of the job for the job's host only, and clears nothing of the console", async () => {
    const at = await opened();
    const answer = await visit(at, '/cookies');
    expect(answer.cookies).toEqual(['app=1; Path=/', 'wide=1; Path=/']);
    expect(answer.headers).not.toHaveProperty('clear-site-data');
    expect(answer.headers).not.toHaveProperty('alt-svc');
  });

  test('is not sent over a connection that the job has closed meanwhile', async () => {
    const at = await opened();
    await visit(at, '/');
    // The job closes it after a second or two, the console by itself after fifteen.
    await eventually(
      () => Promise.resolve(world.console.streamCount()),
      (count) => count === 0,
      'it is let go',
      10_000,
    );
    expect((await visit(at, '/')).text).toContain('Hello from the job');
  });

  test('who may not forward ports is refused, though the job can be read', async () => {
    const at = await opened();
    world.api.denied.add('alice create pods/portforward');
    const answer = await visit(at, '/');
    expect([answer.status, answer.text.includes('have permission for this')]).toEqual([403, true]);
    expect(world.api.requests.filter(({ url }) => url.includes('/portforward'))).toEqual([]);
  });

  test.each([
    ['has ended', { phase: 'Succeeded', podName: 'notebook-pod' }, 'not running'],
    ['does not listen yet', { phase: 'Running', podName: 'quiet-pod' }, 'listens on port 80'],
    ['has lost its Pod', { phase: 'Running', podName: 'lost-pod' }, 'Port 80 of the job cannot be reached'],
  ])('a job that %s is said to', async (_case, status, words) => {
    const at = await opened();
    job('notebook', 'uid-1', status);
    world.api.ports.set('lost-pod', closedSandbox);
    const answer = await visit(at, '/');
    expect([answer.status, answer.text.includes(words)]).toEqual([502, true]);
  });
});

describe('tickets and cookies', () => {
  beforeEach(() => job());

  test('a ticket is good once', async () => {
    const { host, ticket } = await way();
    expect((await redeem(host, ticket)).status).toBe(200);
    const again = await redeem(host, ticket);
    expect([again.status, again.cookies]).toEqual([401, []]);
  });

  test('a user who opens too many jobs in half a minute has to wait, and another user does not', async () => {
    for (let count = 0; count < maxUsedOfUser; count += 1) {
      const { host, ticket } = await way();
      expect((await redeem(host, ticket)).status).toBe(200);
    }
    const oneMore = await way();
    expect((await redeem(oneMore.host, oneMore.ticket)).status).toBe(429);
    const ofBob = await way(await world.logIn('bob'));
    expect((await redeem(ofBob.host, ofBob.ticket)).status).toBe(200);
  });

  test('a ticket, and a cookie, are good for their job alone', async () => {
    const at = await opened();
    job('other', 'uid-2');
    const other = await way(alice, 'other');
    expect((await redeem(at.host, other.ticket)).status).toBe(401);
    expect((await visit({ host: other.host, cookie: at.cookie }, '/')).status).toBe(401);
  });

  test('a job that is made again under the same name has another origin', async () => {
    const at = await opened();
    job('notebook', 'uid-9');
    expect((await way()).host).not.toBe(at.host);
    expect((await visit(at, '/')).status).toBe(404);
  });

  test('the cookie of a page is no session of the console, and the other way round', async () => {
    const { host, cookie } = await opened();
    const pasted = cookie.replace('neuro-opened', 'neuro-session');
    expect((await world.ask('/api/session', { cookie: pasted })).status).toBe(401);
    expect((await visit({ host, cookie: alice.cookie.replace('neuro-session', 'neuro-opened') }, '/')).status).toBe(
      401,
    );
  });

  test.each([
    ['no ticket', ''],
    ['a made-up ticket', 'ticket=eyJhbGciOiJub25lIn0..a.b.c'],
    ['a ticket of megabytes', `ticket=${'a'.repeat(1_000_000)}`],
  ])('%s opens nothing', async (_case, body) => {
    const { host } = await way();
    const answer = await askAt(world.console.port, '/.neuro/open', {
      method: 'POST',
      headers: { host, ...form },
      body,
    });
    expect([answer.status, answer.cookies]).toEqual([401, []]);
  });

  test('another user at the same address has nothing', async () => {
    const { host } = await opened();
    const bob = await world.logIn('bob');
    expect((await visit({ host, cookie: bob.cookie }, '/')).status).toBe(401);
    expect((await visit({ host, cookie: '' }, '/')).status).toBe(401);
    expect(await endOf(socketTo({ host, cookie: '' }))).toMatchObject({ code: 401 });
  });

  test('to open takes a session and its csrf word, and the right to read the job', async () => {
    const body = JSON.stringify({ context: 'cluster', namespace: 'alice', name: 'notebook' });
    const ask = (headers: Record<string, string>, cookie = alice.cookie) =>
      world.ask('/api/open', { method: 'POST', headers: { ...json, ...headers }, cookie, body });
    expect((await ask({ origin }, '')).status).toBe(401);
    expect((await ask({ origin })).json['code']).toBe('CsrfTokenMissing');
    expect((await ask({ origin: 'https://notebook.jobs.test', 'x-csrf-token': alice.csrf })).json['code']).toBe(
      'ForeignOrigin',
    );
    world.api.scripted.set('/neurojobs/notebook', (_request, response) => response.writeHead(403).end('{}'));
    expect((await ask({ origin, 'x-csrf-token': alice.csrf })).json['code']).toBe('AccessEnded');
  });
});

describe('requests that are not from the page itself', () => {
  beforeEach(() => job());

  test.each([
    ['a sibling’s script', { origin: 'https://other-0123.jobs.test', 'sec-fetch-site': 'same-site' }],
    ['a sibling’s link', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }],
    ['another site’s image', { 'sec-fetch-site': 'cross-site' }],
    ['another site’s form', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('%s is refused, and the job hears nothing', async (_case, headers) => {
    const at = await opened();
    const answer = await visit(at, '/secret-action', headers);
    expect(answer.status).toBe(403);
    expect((await visit(at, '/seen')).text).not.toContain('secret-action');
  });

  test.each(['https://evil.example', 'https://other-0123.jobs.test', origin, ''])(
    'a WebSocket with the Origin %j is refused',
    async (from) => expect(await endOf(socketTo(await opened(), from))).toMatchObject({ code: 403 }),
  );

  test.each(['evil.example', 'jobs.test', 'a.b.jobs.test', 'notebook-0.jobs.test.evil.example', '127.0.0.1'])(
    'the Host %s is neither a job nor the console',
    async (host) => {
      const { cookie } = await opened();
      expect((await visit({ host, cookie }, '/')).json['code']).toBe('ForeignHost');
    },
  );

  test('the Host of no job has no session', async () => {
    const { cookie } = await opened();
    expect((await visit({ host: `notebook-${'0'.repeat(20)}.jobs.test`, cookie }, '/')).status).toBe(401);
  });
});

describe('on the wire', () => {
  let at: Page;
  beforeEach(async () => {
    job();
    at = await opened();
  });
  const head = (line: string, ...headers: readonly string[]): string =>
    [line, `Host: ${at.host}`, `Cookie: ${at.cookie}`, 'Connection: close', ...headers, '', ''].join('\r\n');

  test.each([
    ['two framings', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['two lengths', ['Content-Length: 4', 'Content-Length: 5']],
    ['a coding with a space', ['Transfer-Encoding : chunked']],
    ['a coding in another line', ['Transfer-Encoding:\r\n chunked']],
    ['two codings', ['Transfer-Encoding: gzip, chunked']],
    ['a line break in a header', ['X-A: a\nX-B: b']],
    ['a header that hides the host', [`Host: console.test`]],
  ])('%s: refused, and the job hears nothing', async (_case, headers) => {
    const answer = await world.raw(
      `${head('POST /smuggled HTTP/1.1', ...headers)}0\r\n\r\nGET /smuggled-too HTTP/1.1\r\nHost: ${at.host}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await visit(at, '/seen')).text).not.toContain('smuggled');
  });

  test.each(['GET', 'DELETE', 'OPTIONS'])('a body with %s stays a body', async (method) => {
    const inner = `GET /smuggled-by-${method} HTTP/1.1\r\nHost: x\r\n\r\n`;
    await world.raw(
      `${head(`${method} /outer HTTP/1.1`, 'Transfer-Encoding: chunked')}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
    );
    expect(await lastSeen(at)).toMatchObject({ method, url: '/outer', body: inner });
  });

  test.each(['http://console.test/api/session', '//console.test/api/session', '/\\console.test'])(
    'the target %s is refused',
    async (target) => expect(await world.raw(head(`GET ${target} HTTP/1.1`))).toMatch(/^HTTP\/1\.1 400 /),
  );

  test.each(['/../../api/session', '/k8s/cluster/api/v1/namespaces/alice/secrets/db', '/api/session', '/.neuro/open'])(
    'the path %s is the job’s, not the console’s',
    async (path) => {
      await world.raw(head(`GET ${path} HTTP/1.1`));
      expect(await lastSeen(at)).toMatchObject({ url: path });
    },
  );

  test.each(['CONNECT', 'TRACE'])('%s goes nowhere', async (method) => {
    expect(await world.raw(head(`${method} / HTTP/1.1`))).not.toMatch(/^HTTP\/1\.1 2/);
  });

  test('what a Connection header names is not passed, and takes no cookie out of the filter', async () => {
    await world.raw(head('GET /named HTTP/1.1', 'Connection: cookie, x-secret', 'X-Secret: 1'));
    const { rawHeaders } = await lastSeen(at);
    expect(rawHeaders.join('\n').toLowerCase()).not.toMatch(/neuro-opened|x-secret/);
  });

  test.each([
    ['a status that is none', 'HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n'],
    ['a status with letters', 'HTTP/1.1 2x0 Odd\r\n\r\n'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Odd\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a line break in a header', 'HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n'],
    ['no answer', ''],
    ['no HTTP', 'SSH-2.0-x\r\n'],
  ])('a job that answers with %s ends its own request, and no other', async (_case, text) => {
    const answer = await visit(at, `/raw?text=${encodeURIComponent(text)}`);
    expect([answer.status, answer.cookies]).toEqual([502, []]);
    expect((await visit(at, '/')).status).toBe(200);
  });

  test('bytes of a header that are no ASCII pass as they are', async () => {
    const answer = await visit(
      at,
      `/raw?text=${encodeURIComponent('HTTP/1.1 200 OK\r\nX-A: \u00e9\r\nContent-Length: 0\r\n\r\n')}`,
    );
    expect([answer.status, answer.headers['x-a']]).toEqual([200, '\u00e9']);
  });

  test('another protocol than WebSocket is refused', async () => {
    const answer = await world.raw(head('GET / HTTP/1.1', 'Upgrade: h2c', 'Connection: upgrade'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('it ends', () => {
  beforeEach(() => job());

  async function streaming(at: Page): Promise<{ readonly ended: Promise<unknown>; readonly socket: WebSocket }> {
    const { host, cookie } = at;
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      get({ port: world.console.port, path: '/drip', headers: { host, cookie } }, resolve).on('error', reject),
    );
    const ended = text(answer).then(
      () => 'whole',
      () => 'cut',
    );
    const socket = socketTo(at);
    await new Promise((resolve) => socket.once('open', resolve));
    await eventually(
      () => Promise.resolve(world.console.streamCount()),
      (count) => count === 2,
      'two connections',
    );
    return { ended, socket };
  }

  test('with the log-out: connections are cut, and the cookie is good for nothing', async () => {
    const at = await opened();
    const { ended, socket } = await streaming(at);
    const closed = endOf(socket);
    await world.ask('/api/session', {
      method: 'DELETE',
      headers: { origin, 'x-csrf-token': alice.csrf },
      cookie: alice.cookie,
    });
    expect(await ended).toBe('cut');
    await closed;
    expect((await visit(at, '/')).status).toBe(401);
    expect(world.console.streamCount()).toBe(0);
  });

  test('with the right', async () => {
    const { ended, socket } = await streaming(await opened());
    const closed = endOf(socket);
    world.api.denied.add('alice create pods/portforward');
    expect(await ended).toBe('cut');
    await closed;
  });

  test('one user has only so many connections, and another keeps theirs', async () => {
    const at = await opened();
    const sockets = Array.from({ length: 100 }, () => socketTo(at));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
    expect(await endOf(socketTo(at))).toMatchObject({ code: 429 });
    const bob = await opened(await world.logIn('bob'));
    expect((await visit(bob, '/')).status).toBe(200);
    for (const socket of sockets) socket.terminate();
    await eventually(
      () => Promise.resolve(world.console.streamCount()),
      (count) => count <= 1,
      'they are let go',
    );
  });
});

test('no address, cookie or token of a job’s page is logged', async () => {
  job();
  const at = await opened();
  await visit(at, '/private-path?token=private-query');
  expect(world.logged()).not.toMatch(/private|neuro-opened|CANARY/);
});

describe('without a domain for jobs', () => {
  test('a job is not opened, and the page knows', async () => {
    const plain = await startWorld();
    const login = await plain.logIn('alice');
    const answer = await plain.ask('/api/open', {
      method: 'POST',
      headers: { ...json, origin, 'x-csrf-token': login.csrf },
      cookie: login.cookie,
      body: JSON.stringify({ context: 'cluster', namespace: 'alice', name: 'notebook' }),
    });
    expect([answer.status, answer.json['code']]).toEqual([404, 'JobsNotOpened']);
    await plain.stop();
  });

  test.each(['console.test', 'jobs.console.test', 'test'])('%s is not taken for one', (bad) => {
    const words = ['--public-url', origin, '--api-server', 'https://api.test', '--job-domain', bad];
    expect(() => parseOptions(words, {}, '')).toThrow(expect.objectContaining({ code: 'ConfigNotReadable' }));
  });
});
