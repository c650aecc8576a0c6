import { createServer, type AddressInfo, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { connectToPod } from '../../../src/console/server/opened/pod-connection.ts';
import { RequestGate } from '../../../src/console/server/proxy/request-gate.ts';
import type { Upstream } from '../../../src/console/server/proxy/upstream.ts';
import type { UserSession } from '../../../src/console/server/sessions/authenticator.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** An API server that takes connections and says nothing. */
let silent: Server;

beforeEach(async () => {
  silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterEach(() => silent.close());

test('a connection on which nothing moves for ten minutes of the clock ends, and is counted no more', async () => {
  const clock = new ManualClock();
  const allowed = () => ({ statusCode: 201, headers: {}, body: Readable.from(['{"status":{"allowed":true}}']) });
  const upstream: Pick<Upstream, 'address' | 'request'> = {
    address: { server: `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`, tls: {} },
    request: () => Promise.resolve(allowed()),
  };
  const session: Pick<UserSession, 'user' | 'credentials'> = {
    user: 'alice',
    credentials: () => Promise.resolve({ upstream: upstream as Upstream, headers: {} }),
  };
  let counted = 0;
  const keep = (): (() => void) => {
    counted += 1;
    return () => (counted -= 1);
  };
  const near = await connectToPod(
    { context: 'cluster', namespace: 'alice', pod: 'notebook', port: 80 },
    { session: session as UserSession, keeper: { keep }, gate: new RequestGate(limitsFor(undefined), clock), clock },
  );
  await clock.advance(599_999);
  // It arrives at the other end, and begins the ten minutes again.
  near.write('x');
  await clock.advance(599_999);
  expect([near.destroyed, counted]).toEqual([false, 1]);
  await clock.advance(1);
  expect([near.destroyed, counted]).toEqual([true, 0]);
  expect(clock.timerCount).toBe(0);
});
