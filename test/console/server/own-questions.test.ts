/** What the console asks the API server by itself for a user counts among the requests of that user. */
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type WebSocket from 'ws';
import { terminalProtocol } from '../../../src/console/contract.ts';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { until } from '../../support/until.ts';
import { endOf, startWorld, type ClusterWorld } from './cluster-world.ts';

const { requestsOfUser, maxStreamsOfUser } = limitsFor(undefined);
/** Terminals that are asked for beyond what one user may have. */
const more = 20;

let world: ClusterWorld;
let answer: () => void;

beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

test.each(['/api/session', '/api/config'])(
  '%s has the same limit of requests at a time as any other path, and other users do not wait behind it',
  async (path) => {
    const [mallory, bob] = [await world.logIn('mallory'), await world.logIn('bob')];
    world.api.hold = new Promise<void>((resolve) => (answer = resolve));
    const askedBy = ({ token }: { readonly token: string }): number =>
      world.api.requests.filter(({ headers }) => headers.authorization === `Bearer ${token}`).length - before;
    // Each has logged in, and been told who they are.
    const before = 2;
    const flood = Array.from({ length: 3 * requestsOfUser }, () => world.ask(path, { cookie: mallory.cookie }));
    await until(() => askedBy(mallory) >= requestsOfUser, 'many are under way');
    const other = world.ask(path, { cookie: bob.cookie });
    await until(() => askedBy(bob) === 1, 'the other user is served');
    expect(askedBy(mallory)).toBe(requestsOfUser);
    answer();
    const statuses = (await Promise.all([...flood, other])).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  },
);

test.each([
  ['/api/session', 'selfsubjectreviews'],
  ['/api/config', 'configmaps'],
])('what is asked for %s ends with its turn, when the browser has gone', async (path, asked) => {
  const { cookie } = await world.logIn('mallory');
  const seen: string[] = [];
  world.api.scripted.set(asked, (_what, response) => {
    seen.push('asked');
    response.on('close', () => seen.push('over'));
  });
  const browser = connect(world.console.port, '127.0.0.1');
  browser.write(`GET ${path} HTTP/1.1\r\nHost: console.test\r\nCookie: ${cookie}\r\n\r\n`);
  await until(() => seen.length > 0, 'the API server is asked');
  browser.destroy();
  await until(() => seen.includes('over'), 'the question is over');
});

test('a terminal counts among the streams of its user before the API server is asked whether there may be one', async () => {
  const [mallory, bob] = [await world.logIn('mallory'), await world.logIn('bob')];
  world.api.hold = new Promise<void>((resolve) => (answer = resolve));
  const questionsOf = ({ token }: { readonly token: string }): number =>
    world.api.requests.filter(
      ({ headers, url }) => headers.authorization === `Bearer ${token}` && url.endsWith('/selfsubjectaccessreviews'),
    ).length;
  const open = (cookie: string): WebSocket =>
    world.open('/k8s/cluster/api/v1/namespaces/x/pods/p/exec?command=sh&stdout=true', terminalProtocol, { cookie });
  const sockets = Array.from({ length: maxStreamsOfUser + more }, () => open(mallory.cookie));
  expect(await Promise.race(sockets.map(endOf))).toMatchObject({ code: 4400 });
  const other = open(bob.cookie);
  await until(() => questionsOf(bob) > 0, 'the other user is served');
  // Besides one for all that are open, each time that it had no answer for ten seconds.
  expect(questionsOf(mallory)).toBeLessThan(maxStreamsOfUser + more);
  answer();
  for (const socket of [...sockets, other]) socket.terminate();
  await until(() => world.console.streamCount() === 0, 'no stream is left');
});
