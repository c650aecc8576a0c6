import { createServer, request, type Server } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PodAgent } from '../../../src/console/server/opened/pod-agent.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

let server: Server;
let agent: PodAgent;
let connections: Duplex[];
let clock: ManualClock;

beforeEach(() => {
  server = createServer((_request, response) => response.end('answered'));
  connections = [];
  clock = new ManualClock();
  agent = new PodAgent(() => {
    const [near, far] = duplexPair();
    server.emit('connection', far);
    connections.push(near);
    return Promise.resolve(near);
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
