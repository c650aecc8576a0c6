/** The page of a job on an origin of its own: who gets there, what the job sees of its user, and what it can do to the console. */
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import type WebSocket from 'ws';
import { parseOptions } from '../../../src/console/server/index.ts';
import { eventually } from '../../support/until.ts';
import { askAt, canary, endOf, origin, startWorld } from './cluster-world.ts';
import { form, json, withOpenedJobs, type OpenedPage } from './opened-jobs-world.ts';
import { closedSandbox } from './scripted-api.ts';

const { job, way, redeem, opened, visit, lastSeen, socketTo, world, alice } = withOpenedJobs();

describe('the user of a page', () => {
  beforeEach(() => job());

  test('opens the page with a ticket, under a host of its own', async () => {
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

  test('more cookies than a usual server reads: the largest stay behind, and the others come in their order', async () => {
    const at = await opened();
    const bombs = Array.from({ length: 3 }, (_, index) => `bomb${String(index)}=${'x'.repeat(3_900)}`);
    await visit({ ...at, cookie: [bombs[0], 'app=1', at.cookie, bombs[1], 'last=2', bombs[2]].join('; ') }, '/x');
    const { rawHeaders } = await lastSeen(at);
    const passed = rawHeaders.find((text) => text.includes('app=1')) ?? '';
    expect(passed.split('; ').map((pair) => pair.split('=')[0])).toEqual(['bomb0', 'app', 'bomb1', 'last']);
    expect(passed.length).toBeLessThan(8_000);
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
      () => Promise.resolve(world().console.streamCount()),
      (count) => count === 0,
      'it is let go',
    );
    expect((await visit(at, '/')).text).toContain('Hello from the job');
  });

  test('is refused without the right to forward ports, though the job can be read', async () => {
    const at = await opened();
    world().api.denied.add('alice create pods/portforward');
    const answer = await visit(at, '/');
    expect([answer.status, answer.text.includes('have permission for this')]).toEqual([403, true]);
    expect(world().api.requests.filter(({ url }) => url.includes('/portforward'))).toEqual([]);
  });

  test.each([
    ['has ended', { phase: 'Succeeded', podName: 'notebook-pod' }, 'not running'],
    ['does not listen yet', { phase: 'Running', podName: 'quiet-pod' }, 'listens on port 80'],
    ['has lost its Pod', { phase: 'Running', podName: 'lost-pod' }, 'Port 80 of the job cannot be reached'],
  ])('a job that %s is reported', async (_case, status, words) => {
    const at = await opened();
    job('notebook', 'uid-1', status);
    world().api.ports.set('lost-pod', closedSandbox);
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

  test('a ticket, and a cookie, are good for their job alone', async () => {
    const at = await opened();
    job('other', 'uid-2');
    const other = await way(alice(), 'other');
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
    expect((await world().ask('/api/session', { cookie: pasted })).status).toBe(401);
    expect((await visit({ host, cookie: alice().cookie.replace('neuro-session', 'neuro-opened') }, '/')).status).toBe(
      401,
    );
  });

  test.each([
    ['no ticket', ''],
    ['a made-up ticket', 'ticket=eyJhbGciOiJub25lIn0..a.b.c'],
    ['a ticket of megabytes', `ticket=${'a'.repeat(1_000_000)}`],
  ])('%s opens nothing', async (_case, body) => {
    const { host } = await way();
    const answer = await askAt(world().console.port, '/.neuro/open', {
      method: 'POST',
      headers: { host, ...form },
      body,
    });
    expect([answer.status, answer.cookies]).toEqual([401, []]);
  });

  test('another user at the same address has nothing', async () => {
    const { host } = await opened();
    const bob = await world().logIn('bob');
    expect((await visit({ host, cookie: bob.cookie }, '/')).status).toBe(401);
    expect((await visit({ host, cookie: '' }, '/')).status).toBe(401);
    expect(await endOf(socketTo({ host, cookie: '' }))).toMatchObject({ code: 401 });
  });

  test('to open takes a session and its csrf word, and the right to read the job', async () => {
    const body = JSON.stringify({ context: 'cluster', namespace: 'alice', name: 'notebook' });
    const ask = (headers: Record<string, string>, cookie = alice().cookie) =>
      world().ask('/api/open', { method: 'POST', headers: { ...json, ...headers }, cookie, body });
    expect((await ask({ origin }, '')).status).toBe(401);
    expect((await ask({ origin })).json['code']).toBe('CsrfTokenMissing');
    expect((await ask({ origin: 'https://notebook.jobs.test', 'x-csrf-token': alice().csrf })).json['code']).toBe(
      'ForeignOrigin',
    );
    world().api.scripted.set('/neurojobs/notebook', (_request, response) => response.writeHead(403).end('{}'));
    expect((await ask({ origin, 'x-csrf-token': alice().csrf })).json['code']).toBe('AccessEnded');
  });
});

describe('it ends', () => {
  beforeEach(() => job());

  async function streaming(at: OpenedPage): Promise<{ readonly ended: Promise<unknown>; readonly socket: WebSocket }> {
    const { host, cookie } = at;
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      get({ port: world().console.port, path: '/drip', headers: { host, cookie } }, resolve).on('error', reject),
    );
    const ended = text(answer).then(
      () => 'whole',
      () => 'cut',
    );
    const socket = socketTo(at);
    await new Promise((resolve) => socket.once('open', resolve));
    await eventually(
      () => Promise.resolve(world().console.streamCount()),
      (count) => count === 2,
      'two connections',
    );
    return { ended, socket };
  }

  test('with the log-out: connections are cut, and the cookie is good for nothing', async () => {
    const at = await opened();
    const { ended, socket } = await streaming(at);
    const closed = endOf(socket);
    await world().ask('/api/session', {
      method: 'DELETE',
      headers: { origin, 'x-csrf-token': alice().csrf },
      cookie: alice().cookie,
    });
    expect(await ended).toBe('cut');
    await closed;
    expect((await visit(at, '/')).status).toBe(401);
    expect(world().console.streamCount()).toBe(0);
  });

  test('with the right', async () => {
    const { ended, socket } = await streaming(await opened());
    const closed = endOf(socket);
    world().api.denied.add('alice create pods/portforward');
    expect(await ended).toBe('cut');
    await closed;
  });

  test('one user has only so many connections, and another keeps theirs', async () => {
    const at = await opened();
    const sockets = Array.from({ length: 100 }, () => socketTo(at));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
    expect(await endOf(socketTo(at))).toMatchObject({ code: 429 });
    const bob = await opened(await world().logIn('bob'));
    expect((await visit(bob, '/')).status).toBe(200);
    for (const socket of sockets) socket.terminate();
    await eventually(
      () => Promise.resolve(world().console.streamCount()),
      (count) => count <= 1,
      'they are let go',
    );
  });
});

test('no address, cookie or token of a job’s page is logged', async () => {
  job();
  const at = await opened();
  await visit(at, '/private-path?token=private-query');
  expect(world().logged()).not.toMatch(/private|neuro-opened|CANARY/);
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
