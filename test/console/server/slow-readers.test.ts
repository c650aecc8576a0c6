/** Responses that are read slowly: nobody keeps a place that others need by reading little. */
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import { until, untilTrue } from '../../support/until.ts';
import { startWorld, type Answer, type ClusterWorld } from './cluster-world.ts';

const path = '/k8s/cluster/apis/neu.ro/v1/namespaces/alice/usersecrets';
const clock = new ManualClock();
let world: ClusterWorld;
let readers: readonly Socket[] = [];
let underWay = 0;

afterEach(async () => {
  for (const socket of readers) socket.destroy();
  await world.stop();
});

/** More than the buffers on the way hold. */
function sendMuch(name: string): void {
  world.api.scripted.set(name, (_request, response) => {
    let isOver = false;
    underWay += 1;
    const send = (): void => {
      while (!isOver && response.write(Buffer.alloc(64 * 1024))) continue;
    };
    response.on('drain', send).on('close', () => {
      isOver = true;
      underWay -= 1;
    });
    response.writeHead(200, { 'content-type': 'application/json' });
    send();
  });
}

test('accounts that read nothing keep all places while nobody needs one, and then leave one within seconds', async () => {
  world = await startWorld([], { clock, limits: { requests: 2, requestsOfUser: 1, requestsOfEach: 0 } });
  const slow = await Promise.all(['mallory', 'mallet'].map((user) => world.logIn(user)));
  const alice = await world.logIn('alice');
  readers = slow.map(({ cookie }, index) => {
    const name = `large-${String(index)}`;
    sendMuch(name);
    const socket = connect(world.console.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET ${path}/${name} HTTP/1.1\r\nHost: console.test\r\nCookie: ${cookie}\r\n\r\n`);
    return socket;
  });
  await until(() => underWay === 2, 'both have a place');
  await clock.advance(60_000);
  expect(underWay).toBe(2);
  let asked: Answer | undefined;
  void world.ask(path, { cookie: alice.cookie }).then((answer) => (asked = answer));
  await untilTrue(async () => {
    await settle();
    await clock.advance(1_000);
    return asked !== undefined;
  }, 'she is served');
  expect(asked?.status).toBe(200);
  await until(() => underWay < 2, 'one has left');
  expect(underWay).toBe(1);
});
