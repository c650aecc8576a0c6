/** A flood of logins by somebody without a session locks nobody else out, by whatever way it comes. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cookieHeader, origin, startWorld, type Answer, type ClusterWorld } from './cluster-world.ts';

let world: ClusterWorld;
afterEach(() => world.stop());

const tryToken = (token: string, headers: Readonly<Record<string, string>> = {}, cookie?: string): Promise<Answer> =>
  world.ask('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, ...headers },
    body: JSON.stringify({ token }),
    ...(cookie === undefined ? {} : { cookie }),
  });
const from = (address: string): Readonly<Record<string, string>> => ({ 'x-forwarded-for': address });
/** As four connections that post without a pause. */
async function flood(headers: (index: number) => Readonly<Record<string, string>>): Promise<readonly number[]> {
  const statuses: number[] = [];
  await Promise.all(
    [0, 1, 2, 3].map(async (connection) => {
      for (let index = 0; index < 60; index += 1)
        statuses.push((await tryToken('x', headers(connection * 60 + index))).status);
    }),
  );
  return statuses;
}
const honest = (user: string): string => {
  world.api.users.set(`of-${user}`, user);
  return `of-${user}`;
};

describe('through a proxy that the console knows', () => {
  beforeEach(async () => void (world = await startWorld(['--trusted-proxies', '127.0.0.0/8,10.9.0.0/16'])));

  test('a flood of one address is stopped, and asks the API server little', async () => {
    const statuses = await flood(() => from('203.0.113.7'));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(40);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(200);
    expect(world.api.requests.length).toBeLessThanOrEqual(40);
  });

  test('people at other addresses log in', async () => {
    await flood(() => from('203.0.113.7'));
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const user = `user-${String(index)}`;
        return (await tryToken(honest(user), from(`198.51.100.${String(index)}`))).status;
      }),
    );
    expect(statuses).toEqual(Array.from({ length: 12 }, () => 204));
  });

  test('people log in while many others send their tokens slowly', async () => {
    const begin = async (index: number): Promise<Socket> => {
      const socket = connect(world.console.port, '127.0.0.1');
      const begun = new Promise((resolve) => socket.once('data', resolve));
      const headers = ['Content-Type: application/json', 'Content-Length: 9', 'Expect: 100-continue'];
      socket.write(
        ['POST /api/session HTTP/1.1', 'Host: console.test', `X-Forwarded-For: 203.0.113.${String(index)}`, ...headers]
          .join('\r\n')
          .concat('\r\n\r\n{'),
      );
      expect(String(await begun)).toContain('100 Continue');
      return socket;
    };
    const slow = await Promise.all(Array.from({ length: 80 }, (_, index) => begin(index)));
    expect((await tryToken(honest('alice'), from('198.51.100.1'))).status).toBe(204);
    for (const socket of slow) socket.destroy();
  });

  test.each<[string, (index: number) => string]>([
    ['an address that it makes up before its own', (index) => `198.51.100.${String(index)}, 203.0.113.7`],
    ['a whole way that it makes up', (index) => `198.51.100.${String(index)}, 10.9.0.${String(index)}, 203.0.113.7`],
    ['another proxy behind its own address', () => '203.0.113.7, 10.9.0.1'],
    ['addresses of its own network', (index) => `2001:db8:1:2::${index.toString(16)}`],
  ])('is not told apart by %s', async (_what, addresses) => {
    const statuses = await flood((index) => from(addresses(index)));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(40);
  });
});

describe('through a proxy that the console does not know', () => {
  beforeEach(async () => void (world = await startWorld()));

  test('whoever makes up addresses is still one', async () => {
    const statuses = await flood((index) => from(`198.51.100.${String(index)}`));
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(40);
  });

  test('a browser that was logged in before logs in', async () => {
    const first = await tryToken(honest('alice'));
    const known = cookieHeader(first.cookies.filter((line) => line.includes('neuro-known')));
    expect(known).not.toBe('');
    await flood(() => ({}));
    expect((await tryToken(honest('alice'), {}, known)).status).toBe(204);
    expect((await tryToken(honest('alice'))).status).toBe(429);
  });

  test('the log says once what has to be set', async () => {
    await flood(() => from('203.0.113.7'));
    expect(world.logged().split('--trusted-proxies')).toHaveLength(2);
  });

  test('the content of the cookie logs nobody in, and cannot be forged', async () => {
    const first = await tryToken(honest('alice'));
    const known = cookieHeader(first.cookies.filter((line) => line.includes('neuro-known')));
    expect(known).not.toContain('alice');
    expect((await world.ask('/api/session', { cookie: known })).status).toBe(401);
    await flood(() => ({}));
    const name = known.split('=', 1)[0] ?? '';
    const session = cookieHeader(first.cookies.filter((line) => line.includes('neuro-session-0')));
    const asKnown = `${name}=${session.slice(session.indexOf('=') + 1)}`;
    expect((await tryToken(honest('alice'), {}, asKnown)).status).toBe(429);
  });
});

test('an API server that fails is no fault of those who log in', async () => {
  world = await startWorld();
  for (let index = 0; index < 30; index += 1) {
    world.api.scripted.set('/selfsubjectreviews', (_request, response) => response.destroy());
    expect((await tryToken(honest('alice'))).status).toBe(502);
  }
  expect((await tryToken(honest('alice'))).status).toBe(204);
});
