/** What the console asks the API server by itself for a user counts among the requests of that user. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type WebSocket from 'ws';
import { closeCodes, streamProtocol, terminalProtocol } from '../../../src/console/contract.ts';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { maxQuestionsOfUser } from '../../../src/console/server/streams/access-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { eventually, until } from '../../support/until.ts';
import { endOf, recheckEveryMs, startWorld, type ClusterWorld, type Login } from './cluster-world.ts';

const { requestsOfUser, maxStreamsOfUser } = limitsFor(undefined);
/** Terminals that are asked for beyond what one user may have. */
const more = 20;

let world: ClusterWorld;
/** Nothing is asked again, and no question fails for its time, but when a test says so. */
let clock: ManualClock;
let answer: () => void;

beforeEach(async () => {
  clock = new ManualClock();
  world = await startWorld([], { clock });
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

test('terminals are counted before the API server is asked whether there may be one, and the questions are among the requests of their user', async () => {
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
  expect(questionsOf(mallory)).toBe(requestsOfUser);
  answer();
  for (const socket of [...sockets, other]) socket.terminate();
  await until(() => world.console.streamCount() === 0, 'no stream is left');
});

test('the right to streams that are about different things is asked for a few at a time, and other users do not wait behind it', async () => {
  const [mallory, bob] = [await world.logIn('mallory'), await world.logIn('bob')];
  const watch = (namespace: string, { cookie }: Login): WebSocket =>
    world.open(`/k8s/cluster/apis/neu.ro/v1/namespaces/${namespace}/usersecrets?watch=true`, streamProtocol, {
      cookie,
    });
  const sockets = Array.from({ length: 3 * maxQuestionsOfUser }, (_, index) => watch(`n${String(index)}`, mallory));
  await until(() => world.api.open.size === sockets.length, 'all are open');
  world.api.hold = new Promise<void>((resolve) => (answer = resolve));
  const before = world.api.requests.length;
  const askedBy = ({ token }: Login): number =>
    world.api.requests
      .slice(before)
      .filter(({ headers, url }) => headers.authorization === `Bearer ${token}` && url.endsWith('accessreviews'))
      .length;
  await clock.advance(recheckEveryMs);
  await until(() => askedBy(mallory) >= maxQuestionsOfUser, 'many are under way');
  world.api.hold = undefined;
  sockets.push(watch('bob', bob));
  await until(() => world.console.streamCount() === sockets.length, 'the other user has a stream');
  // All of hers were due before his is.
  await clock.advance(recheckEveryMs);
  await until(() => askedBy(bob) === 1, 'the other user is asked for');
  expect(askedBy(mallory)).toBe(maxQuestionsOfUser);
  answer();
  for (const socket of sockets) socket.terminate();
  await until(() => world.console.streamCount() === 0, 'no stream is left');
});

test('a question that has no answer in time has failed, and the right is asked for again', async () => {
  const { token, cookie } = await world.logIn('mallory');
  const path = '/k8s/cluster/apis/neu.ro/v1/namespaces/x/usersecrets?watch=true';
  const socket = world.open(path, streamProtocol, { cookie });
  await until(() => world.api.open.size === 1 && world.console.streamCount() === 1, 'it is open');
  world.api.hold = new Promise<void>((resolve) => (answer = resolve));
  const before = world.api.requests.length;
  const asked = (): number =>
    world.api.requests
      .slice(before)
      .filter(({ headers, url }) => headers.authorization === `Bearer ${token}` && url.endsWith('accessreviews'))
      .length;
  await clock.advance(recheckEveryMs);
  await until(() => asked() === 1, 'it is asked for');
  await clock.advance(9_000);
  expect(asked()).toBe(1);
  await clock.advance(1_000);
  await eventually(
    () => clock.advance(recheckEveryMs).then(asked),
    (times) => times === 2,
    'it is asked for again',
  );
  expect(world.console.streamCount()).toBe(1);
  answer();
  socket.terminate();
  await until(() => world.console.streamCount() === 0, 'no stream is left');
});

test('what a user has under way and waiting does not delay the end of their rights', async () => {
  const mallory = await world.logIn('mallory');
  const secrets = '/apis/neu.ro/v1/namespaces/x/usersecrets';
  const socket = world.open(`/k8s/cluster${secrets}?watch=true`, streamProtocol, { cookie: mallory.cookie });
  const end = endOf(socket);
  await until(() => world.api.open.size === 1, 'it is open');
  const names = Array.from({ length: requestsOfUser }, (_, index) => `slow-${String(index)}-x`);
  // The API server never answers them.
  for (const name of names) world.api.scripted.set(`/${name}`, () => undefined);
  const get = (name: string): Socket => {
    const browser = connect(world.console.port, '127.0.0.1');
    browser.write(
      `GET /k8s/cluster${secrets}/${name} HTTP/1.1\r\nHost: console.test\r\nCookie: ${mallory.cookie}\r\n\r\n`,
    );
    return browser;
  };
  const browsers = names.map(get);
  await until(() => world.api.scripted.size === 0, 'all turns are taken');
  browsers.push(get('next'), get('last'));
  world.api.denied.add('mallory watch usersecrets');
  await clock.advance(recheckEveryMs);
  expect(await end).toMatchObject({ code: closeCodes.accessEnded });
  expect(world.api.requests.some(({ url }) => url.endsWith('/next'))).toBe(false);
  for (const browser of browsers) browser.destroy();
});
