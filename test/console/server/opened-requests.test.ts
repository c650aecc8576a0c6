/** What goes over the wire to the page of a job: requests of other sites, and requests and responses that are not as they should be. */
import { beforeEach, describe, expect, test } from 'vitest';
import { endOf, origin } from './cluster-world.ts';
import { withOpenedJobs, type OpenedPage } from './opened-jobs-world.ts';

const { job, opened, visit, lastSeen, socketTo, world } = withOpenedJobs();

describe('requests that are not from the page itself', () => {
  beforeEach(() => job());

  test.each([
    ['a sibling’s script', { origin: 'https://other-0123.jobs.test', 'sec-fetch-site': 'same-site' }],
    ['a sibling’s link', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }],
    ['another site’s image', { 'sec-fetch-site': 'cross-site' }],
    ['another site’s form', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('%s is refused, and nothing reaches the job', async (_case, headers) => {
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
  let at: OpenedPage;
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
  ])('%s: refused, and nothing reaches the job', async (_case, headers) => {
    const answer = await world().raw(
      `${head('POST /smuggled HTTP/1.1', ...headers)}0\r\n\r\nGET /smuggled-too HTTP/1.1\r\nHost: ${at.host}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await visit(at, '/seen')).text).not.toContain('smuggled');
  });

  test.each(['GET', 'DELETE', 'OPTIONS'])('a body with %s stays a body', async (method) => {
    const inner = `GET /smuggled-by-${method} HTTP/1.1\r\nHost: x\r\n\r\n`;
    await world().raw(
      `${head(`${method} /outer HTTP/1.1`, 'Transfer-Encoding: chunked')}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
    );
    expect(await lastSeen(at)).toMatchObject({ method, url: '/outer', body: inner });
  });

  test.each(['http://console.test/api/session', '//console.test/api/session', '/\\console.test'])(
    'the target %s is refused',
    async (target) => expect(await world().raw(head(`GET ${target} HTTP/1.1`))).toMatch(/^HTTP\/1\.1 400 /),
  );

  test.each(['/../../api/session', '/k8s/cluster/api/v1/namespaces/alice/secrets/db', '/api/session', '/.neuro/open'])(
    'the path %s is the job’s, not the console’s',
    async (path) => {
      await world().raw(head(`GET ${path} HTTP/1.1`));
      expect(await lastSeen(at)).toMatchObject({ url: path });
    },
  );

  test.each(['CONNECT', 'TRACE'])('%s goes nowhere', async (method) => {
    expect(await world().raw(head(`${method} / HTTP/1.1`))).not.toMatch(/^HTTP\/1\.1 2/);
  });

  test('what a Connection header names is not passed, and takes no cookie out of the filter', async () => {
    await world().raw(head('GET /named HTTP/1.1', 'Connection: cookie, x-secret', 'X-Secret: 1'));
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
    const answer = await world().raw(head('GET / HTTP/1.1', 'Upgrade: h2c', 'Connection: upgrade'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
