/** What connections to the page of a job take of the API server. Time stands still: which Pod a job is is known for a few seconds only. */
import { expect, test } from 'vitest';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';
import type { Login } from './cluster-world.ts';
import { withOpenedJobs } from './opened-jobs-world.ts';

const { job, opened, visit, socketTo, world, alice } = withOpenedJobs({}, new ManualClock());
const { requestsOfUser } = limitsFor(undefined);

test('a burst of requests to a page opens eight connections, also while these are being made', async () => {
  job();
  const at = await opened();
  let answer = (): void => undefined;
  world().api.hold = new Promise<void>((resolve) => (answer = resolve));
  const before = world().api.requests.length;
  const asked = (): number =>
    world()
      .api.requests.slice(before)
      .filter(({ url }) => url.endsWith('/selfsubjectaccessreviews')).length;
  const visits = Array.from({ length: 20 }, () => visit(at, '/'));
  await until(() => world().api.requests.length > before, 'the API server is asked');
  answer();
  world().api.hold = undefined;
  const statuses = (await Promise.all(visits)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(asked()).toBe(8);
});

test('what is asked for the connections of a page is among the requests of its user, and other users do not wait behind it', async () => {
  job();
  const bob = await world().logIn('bob');
  const [ofAlice, ofBob] = [await opened(), await opened(bob)];
  // It is known by then which Pod each is.
  for (const at of [ofAlice, ofBob]) expect((await visit(at, '/')).status).toBe(200);
  let answer = (): void => undefined;
  world().api.hold = new Promise<void>((resolve) => (answer = resolve));
  const before = world().api.requests.length;
  const askedBy = ({ token }: Login): number =>
    world()
      .api.requests.slice(before)
      .filter(({ headers }) => headers.authorization === `Bearer ${token}`).length;
  const sockets = Array.from({ length: 2 * requestsOfUser }, () => socketTo(ofAlice));
  await until(() => askedBy(alice()) >= requestsOfUser, 'many of hers are under way');
  // It comes after all of hers, and asks twice: for the session and for the connection.
  sockets.push(socketTo(ofBob));
  const other = world().ask('/api/session', { cookie: bob.cookie });
  await until(() => askedBy(bob) >= 2, 'the other user is served');
  expect(askedBy(alice())).toBe(requestsOfUser);
  answer();
  world().api.hold = undefined;
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
  expect((await other).status).toBe(200);
  for (const socket of sockets) socket.terminate();
});
