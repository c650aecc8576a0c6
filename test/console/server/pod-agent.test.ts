import { createServer, request, type Server } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PodAgent } from '../../../src/console/server/opened/pod-agent.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

let server: Server;
let agent: PodAgent;
let connections: Duplex[];
let clock: ManualClock;
let canConnect: boolean;

beforeEach(() => {
  server = createServer((_request, response) => response.end('answered'));
  connections = [];
  clock = new ManualClock();
  canConnect = true;
  agent = new PodAgent(() => {
    const [near, far] = duplexPair();
    connections.push(near);
    if (canConnect) server.emit('connection', far);
    else setImmediate(() => near.destroy(new Error('away')));
    return near;
  }, clock);
});

afterEach(() => agent.destroy());

async function ask(): Promise<void> {
  const answer = await new Promise<AsyncIterable<Buffer>>((resolve, reject) =>
    request({ agent, path: '/', setHost: false, headers: { host: 'job' } }, resolve)
      .on('error', reject)
      .end(),
  );
  let text = '';
  for await (const chunk of answer) text += chunk.toString();
  expect(text).toBe('answered');
  // The agent takes the connection back after the answer has ended.
  await new Promise((resolve) => setImmediate(resolve));
}

test('a connection that is used again keeps no listeners of the requests before', async () => {
  await ask();
  await ask();
  const [connection] = connections;
  const before = connection?.listenerCount('error');
  for (let count = 0; count < 20; count += 1) await ask();
  expect(connections).toHaveLength(1);
  expect(connection?.listenerCount('error')).toBe(before);
});

test('a connection that nobody uses for fifteen seconds is closed', async () => {
  await ask();
  await clock.advance(14_000);
  await ask();
  await clock.advance(14_999);
  expect(connections.map(({ destroyed }) => destroyed)).toEqual([false]);
  await clock.advance(1);
  expect(connections.map(({ destroyed }) => destroyed)).toEqual([true]);
});

test('a connection that the job closes leaves no timer', async () => {
  await ask();
  expect(clock.timerCount).toBe(1);
  connections[0]?.destroy();
  await settle();
  expect(clock.timerCount).toBe(0);
});

test('is in use from the request to the end of its response', async () => {
  const states: boolean[] = [];
  expect(agent.isInUse).toBe(false);
  const asked = ask();
  // No connection is there yet.
  states.push(agent.isInUse);
  server.once('request', () => states.push(agent.isInUse));
  await asked;
  expect([states, agent.isInUse]).toEqual([[true, true], false]);
});

test('a burst of requests has eight connections, which they use one after the other', async () => {
  await Promise.all(Array.from({ length: 30 }, ask));
  expect(connections).toHaveLength(8);
});

test('each request of a burst fails with the connection that could not be made, and none waits for another one', async () => {
  canConnect = false;
  const results = await Promise.allSettled(Array.from({ length: 30 }, ask));
  expect(results.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual(
    Array.from({ length: 30 }, () => 'away'),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(agent.isInUse).toBe(false);
});

test('is not in use after a connection that could not be made', async () => {
  canConnect = false;
  await expect(ask()).rejects.toThrow('away');
  await new Promise((resolve) => setImmediate(resolve));
  expect(agent.isInUse).toBe(false);
});

test('is not in use for a request that has failed while it waited for the connection of another one', async () => {
  agent.maxSockets = 1;
  server.removeAllListeners('request');
  const asked = new Promise((resolve) => server.once('request', resolve));
  const failing = (): Promise<unknown> =>
    new Promise((resolve) =>
      request({ agent, path: '/', setHost: false, headers: { host: 'job' } })
        .on('error', resolve)
        .end(),
    );
  const first = failing();
  await asked;
  canConnect = false;
  const second = failing();
  expect(agent.isInUse).toBe(true);
  connections[0]?.destroy();
  await Promise.all([first, second]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(agent.isInUse).toBe(false);
});
