import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  KernelError,
  Transport,
  type Access,
  type KernelErrorCode,
  type TransportRequest,
  nodeHttp,
  undiciHttp,
  type OpenHttp,
} from '../../src/kernel/index.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { FakeApiServer, type Fault } from '../support/fake-api-server.ts';
import { frozenBody, frozenStatus, lostAnswer, noAnswer, reset, slow, status, text } from '../support/faults.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const path = '/api/v1/namespaces/ns/configmaps';
const list: TransportRequest = { method: 'GET', path };
/** As a proxy in front of the API server answers. */
const page =
  (statusCode: number): Fault =>
  ({ response }) => {
    response.writeHead(statusCode, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<html>nginx</html>');
  };

describe.each<[string, OpenHttp]>([
  ['undici', undiciHttp],
  ['the runtime', nodeHttp],
])('transport over %s', (_client, http) => {
  let server: FakeApiServer;
  let transport: Transport;

  beforeEach(async () => {
    server = await FakeApiServer.start();
    transport = new Transport({ access: server.access(), http, userAgent: 'test' });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  const next = (...faults: readonly Fault[]): void => server.script(() => true, ...faults);

  test.each<[string, Fault, Partial<TransportRequest>, KernelErrorCode]>([
    ['a connection that is reset', reset, {}, 'Network'],
    ['an answer that is lost', lostAnswer, {}, 'Network'],
    ['no answer in time', noAnswer, { timeoutMs: 200 }, 'Timeout'],
    ['half an answer in time', frozenBody, { timeoutMs: 200 }, 'Timeout'],
    ['half an error in time', frozenStatus(500), { timeoutMs: 200 }, 'Timeout'],
    ['an answer that is no JSON', text('<html>'), {}, 'Malformed'],
    ['half of a JSON answer', text('{"items":['), {}, 'Malformed'],
    ['400', status(400), {}, 'BadRequest'],
    ['401 twice', status(401), {}, 'Unauthorized'],
    ['403', status(403), {}, 'Forbidden'],
    ['404', status(404), {}, 'NotFound'],
    ['405', status(405), {}, 'BadRequest'],
    ['409', status(409, 'Conflict'), {}, 'Conflict'],
    ['409 for what exists', status(409, 'AlreadyExists'), {}, 'AlreadyExists'],
    ['410', status(410), {}, 'Gone'],
    ['422', status(422), {}, 'Invalid'],
    ['429 without a time', status(429), {}, 'TooManyRequests'],
    ['500', status(500), {}, 'Server'],
    ['503 without a time', status(503), {}, 'Server'],
    ['a redirect', status(302), {}, 'BadRequest'],
  ])('%s rejects with its code', async (_name, fault, more, code) => {
    next(fault, ...(code === 'Unauthorized' ? [fault] : []));
    const failed = transport.request({ ...list, ...more });
    await expect(failed).rejects.toMatchObject({ name: 'KernelError', code });
    // The connection, or another, still serves.
    await expect(transport.request(list)).resolves.toMatchObject({ items: [] });
  });

  test('an answer is read no further than so many bytes', async () => {
    const answer = JSON.stringify({ items: ['x'.repeat(1_000)] });
    next(text(answer), text(answer));
    await expect(transport.request({ ...list, maxBytes: 1_000 })).rejects.toMatchObject({
      code: 'TooLarge',
      message: `GET ${path}: the answer has more than 1000 bytes`,
    });
    await expect(transport.request({ ...list, maxBytes: 2_000 })).resolves.toEqual(JSON.parse(answer));
  });

  test('a server that does not exist is a network error', async () => {
    await server.close();
    await expect(transport.request(list)).rejects.toMatchObject({ code: 'Network' });
  });

  test.each<[number, KernelErrorCode]>([
    [403, 'Forbidden'],
    [429, 'TooManyRequests'],
    [502, 'Server'],
  ])('a web page with %i is recognized by its status, and said to be one', async (statusCode, code) => {
    next(page(statusCode), page(statusCode));
    const message = `GET ${path}: ${String(statusCode)} a web page answered, not the API server`;
    await expect(transport.request(list)).rejects.toMatchObject({ code, status: statusCode, message });
    await expect(transport.request({ ...list, confidential: true })).rejects.toMatchObject({ message });
  });

  test('a web page that is not there does not mean that an object is not there', async () => {
    next(page(404));
    await expect(transport.request(list)).rejects.toMatchObject({ code: 'Malformed', status: 404 });
  });

  test('a redirect is named, without the ticket of a login in it', async () => {
    next(status(302, 'Found', { location: 'https://login.example.com/?ticket=s3cret' }));
    const message = `GET ${path}: 302 this address redirects to https://login.example.com`;
    await expect(transport.request(list)).rejects.toMatchObject({ code: 'BadRequest', message });
  });

  test('a watch whose refusal never ends is given up in time', async () => {
    next(frozenStatus(500));
    const failed = transport.stream({ ...list, query: { watch: true }, timeoutMs: 200 });
    await expect(failed).rejects.toMatchObject({ code: 'Network' });
  });

  test('requests use few connections again and again', async () => {
    for (let round = 0; round < 30; round += 1) await transport.request(list);
    expect(server.connectionCount).toBeLessThanOrEqual(2);
  });

  test('a DELETE with preconditions does not cost its connection', async () => {
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'x' } };
    for (let round = 0; round < 20; round += 1) {
      next(status(404));
      await transport.request({ method: 'DELETE', path: `${path}/a`, body: options }).catch(() => undefined);
    }
    expect(server.connectionCount).toBeLessThanOrEqual(2);
  });

  test('no more than 64 requests are under way at once', async () => {
    server.script(() => true, ...Array.from({ length: 200 }, () => slow(20)));
    await Promise.all(Array.from({ length: 200 }, () => transport.request(list)));
    expect(server.connectionCount).toBeLessThanOrEqual(64);
  });

  test('an aborted request rejects with its reason and is no kernel error', async () => {
    next(noAnswer);
    const abort = new AbortController();
    const failed = transport.request({ ...list, signal: abort.signal });
    await until(() => server.requests.length === 1, 'the request arrives');
    abort.abort(new Error('enough'));
    const error: unknown = await failed.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(KernelError);
  });

  test('after it is closed every request fails', async () => {
    await transport.close();
    await expect(transport.request(list)).rejects.toMatchObject({ code: 'Network' });
  });

  test('reports every response, and no status where there was no whole one', async () => {
    const told: string[] = [];
    const telling = new Transport({
      access: server.access(),
      http,
      userAgent: 'test',
      onResponse: (method, code) => told.push(`${method} ${String(code)}`),
    });
    next(status(404), reset, frozenBody, text(JSON.stringify({ items: ['x'.repeat(100)] })));
    await telling.request(list).catch(() => undefined);
    await telling.request({ ...list, method: 'DELETE' }).catch(() => undefined);
    await expect(telling.request({ ...list, timeoutMs: 200 })).rejects.toMatchObject({ code: 'Timeout' });
    await expect(telling.request({ ...list, maxBytes: 50 })).rejects.toBeInstanceOf(KernelError);
    await telling.request(list);
    expect(told).toEqual(['GET 404', 'DELETE undefined', 'GET undefined', 'GET undefined', 'GET 200']);
    await telling.close();
  });

  test('reports the time that each answer says, of an error and of a stream too', async () => {
    const dates: string[] = [];
    const onDate = (date: string): unknown => dates.push(date);
    const telling = new Transport({ access: server.access(), http, userAgent: 'test', onDate });
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    next(status(404, 'NotFound', { date }), reset);
    await telling.request(list).catch(() => undefined);
    expect(dates).toEqual([date]);
    await telling.request(list).catch(() => undefined);
    expect(dates).toEqual([date]);
    const body = await telling.stream(list);
    body.on('error', () => undefined).destroy();
    await telling.request(list);
    expect(dates.slice(1).map((text) => Number.isNaN(Date.parse(text)))).toEqual([false, false]);
    await telling.close();
  });

  describe('waiting as the server asks', () => {
    let clock: ManualClock;
    let waiting: Transport;
    let answers: number;

    beforeEach(() => {
      clock = new ManualClock();
      answers = 0;
      const onResponse = (): void => void (answers += 1);
      waiting = new Transport({ access: server.access(), http, userAgent: 'test', clock, onResponse });
    });
    afterEach(() => waiting.close());

    /** After so many answers. */
    const isWaiting = (count: number): Promise<void> =>
      until(() => answers === count && clock.timerCount === 1, 'it waits');

    test.each([429, 503, 504, 500])('%d with Retry-After is waited out', async (code) => {
      next(status(code, 'Busy', { 'retry-after': '3' }), status(code, 'Busy', { 'retry-after': '3' }));
      const answer = waiting.request(list);
      for (let seen = 1; seen <= 2; seen += 1) {
        await isWaiting(seen);
        await clock.advance(2_999);
        expect(server.requests.length).toBe(seen);
        await clock.advance(1);
      }
      await expect(answer).resolves.toMatchObject({ items: [] });
    });

    test('if it lasts, it is reported with what the server asked for', async () => {
      next(...Array.from({ length: 5 }, () => status(429, 'Busy', { 'retry-after': '7' })));
      const failed = expect(waiting.request(list)).rejects.toMatchObject({
        code: 'TooManyRequests',
        retryAfterMs: 7_000,
      });
      for (let seen = 1; seen <= 4; seen += 1) {
        await isWaiting(seen);
        await clock.advance(7_000);
      }
      await failed;
    });

    test('403 is never waited for', async () => {
      next(status(403, 'No', { 'retry-after': '3' }));
      await expect(waiting.request(list)).rejects.toMatchObject({ code: 'Forbidden' });
    });

    test('an abort ends the waiting', async () => {
      next(status(429, 'Busy', { 'retry-after': '3' }));
      const abort = new AbortController();
      const failed = waiting.request({ ...list, signal: abort.signal });
      await isWaiting(1);
      abort.abort(new Error('enough'));
      await expect(failed).rejects.toThrow('enough');
      expect(clock.timerCount).toBe(0);
    });
  });

  describe('credentials that change', () => {
    test('a 401 is asked once more with fresh ones', async () => {
      let token = 'old';
      const rotating = new Transport({ access: server.access({ token: () => token }), http, userAgent: 'test' });
      server.token = 'old';
      await rotating.request(list);
      server.token = 'new';
      token = 'new';
      await expect(rotating.request(list)).resolves.toMatchObject({ items: [] });
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer old',
        'Bearer old',
        'Bearer new',
      ]);
      await rotating.close();
    });

    test('after a 401 others are asked for, once', async () => {
      const clock = new ManualClock();
      server.script(() => true, status(401));
      const asked: (boolean | undefined)[] = [];
      const access: Access = {
        ...server.access(),
        credentials: ({ isRefused } = {}) => {
          asked.push(isRefused);
          return Promise.resolve({ headers: {}, tls: {} });
        },
      };
      const refreshing = new Transport({ access, http, userAgent: 'test', clock });
      await refreshing.request(list);
      await clock.advance(30_001);
      await refreshing.request(list);
      await refreshing.close();
      expect(asked).toEqual([false, true, false]);
    });

    test('a token is read again after a while without any 401', async () => {
      const clock = new ManualClock();
      let token = 'old';
      const rotating = new Transport({ access: server.access({ token: () => token }), http, userAgent: 'test', clock });
      await rotating.request(list);
      token = 'new';
      await rotating.request(list);
      await clock.advance(30_001);
      await rotating.request(list);
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer old',
        'Bearer old',
        'Bearer new',
      ]);
      await rotating.close();
    });

    test('credentials that cannot be got are asked for again', async () => {
      let fail = true;
      const access = {
        ...server.access(),
        credentials: () => (fail ? Promise.reject(new Error('no token')) : Promise.resolve({ headers: {}, tls: {} })),
      };
      const rotating = new Transport({ access, http, userAgent: 'test' });
      await expect(rotating.request(list)).rejects.toMatchObject({ code: 'Unauthorized' });
      fail = false;
      await expect(rotating.request(list)).resolves.toBeDefined();
      await rotating.close();
    });

    test('a watch that is refused asks for fresh ones the next time', async () => {
      let token = 'old';
      const rotating = new Transport({ access: server.access({ token: () => token }), http, userAgent: 'test' });
      server.token = 'new';
      await expect(rotating.stream({ ...list, query: { watch: true } })).rejects.toMatchObject({
        code: 'Unauthorized',
      });
      token = 'new';
      const body = await rotating.stream({ ...list, query: { watch: true, resourceVersion: '100' } });
      body.destroy();
      await rotating.close();
    });

    test('another authority of the server is taken over, and a wrong one refused', async () => {
      const [first, second] = await Promise.all([createAuthority('first'), createAuthority('second')]);
      const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
      const certificate = async (authority: typeof first) => {
        const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
        return { cert, key };
      };
      const secure = await FakeApiServer.start({ tls: await certificate(first) });
      const clock = new ManualClock();
      let ca = first.certificatePem;
      const rotating = new Transport({
        access: secure.access({ tls: () => ({ ca }) }),
        http,
        userAgent: 'test',
        clock,
      });
      await rotating.request(list);
      secure.changeCertificate(await certificate(second));
      await until(() => secure.openConnections === 0, 'the old connections are gone');
      await expect(rotating.request(list)).rejects.toMatchObject({ code: 'Network' });
      ca = second.certificatePem;
      await clock.advance(30_001);
      await expect(rotating.request(list)).resolves.toMatchObject({ items: [] });
      await rotating.close();
      await secure.close();
    });
  });

  describe('confidential parts', () => {
    const canary = 'canary-77ab';
    const withText: Fault = ({ response }) => {
      response.writeHead(422, { 'content-type': 'application/json' });
      const details = { causes: [{ field: 'data[key]', message: `bad value ${canary}` }] };
      response.end(JSON.stringify({ kind: 'Status', reason: 'Invalid', message: `bad value "${canary}"`, details }));
    };

    test.each<[string, Fault]>([
      ['a refusal that quotes the value', withText],
      ['an answer that is no JSON', text(`{"data": "${canary}`)],
      ['an error that is no JSON', ({ response }) => void response.writeHead(500).end(canary)],
    ])('%s is told without any text of the server', async (_name, fault) => {
      next(fault);
      const error = (await transport
        .request({ ...list, confidential: true })
        .catch((caught: unknown) => caught)) as KernelError;
      expect(error).toBeInstanceOf(KernelError);
      expect(`${error.message} ${String(error.stack)} ${String(error.cause)}`).not.toContain(canary);
    });

    test('names the reason and the field', async () => {
      next(withText);
      await expect(transport.request({ ...list, confidential: true })).rejects.toThrow(/422 Invalid data\[key\]/);
    });
  });
});

describe('transport over undici, aborted before a request is sent', () => {
  let server: FakeApiServer;
  let transport: Transport;

  beforeEach(async () => {
    server = await FakeApiServer.start();
    transport = new Transport({ access: server.access(), http: undiciHttp, userAgent: 'test' });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  test('a request that is aborted while it waits for a connection rejects at once, and is never sent', async () => {
    server.script(() => true, ...Array.from({ length: 64 }, () => noAnswer));
    const holding = new AbortController();
    const held = Array.from({ length: 64 }, () => transport.request({ ...list, signal: holding.signal }));
    const abort = new AbortController();
    const failed = transport.request({ method: 'DELETE', path: `${path}/a`, signal: abort.signal });
    await until(() => server.requests.length === 64, 'all connections are taken');
    abort.abort(new Error('enough'));
    await expect(failed).rejects.toThrow('enough');
    holding.abort(new Error('over'));
    await Promise.allSettled(held);
    await transport.request(list);
    expect(server.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test('a request that is aborted already is never sent', async () => {
    await expect(transport.request({ ...list, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    expect(server.requests).toEqual([]);
  });
});
