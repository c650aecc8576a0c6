import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { limitsFor } from '../../../src/console/server/limits.ts';
import { connectToPod } from '../../../src/console/server/opened/pod-connection.ts';
import { RequestGate } from '../../../src/console/server/proxy/request-gate.ts';
import type { Upstream } from '../../../src/console/server/proxy/upstream.ts';
import type { UserSession } from '../../../src/console/server/sessions/authenticator.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/until.ts';

const pingEveryMs = 5_000;

/** An API server whose streams answer pings, and say nothing else. */
let silent: WebSocketServer;
let pings: number;
let messages: number;
let clock: ManualClock;

beforeEach(async () => {
  [pings, messages] = [0, 0];
  clock = new ManualClock();
  silent = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  silent.on('connection', (socket) => {
    socket.on('ping', () => (pings += 1));
    socket.on('message', () => (messages += 1));
  });
  await new Promise((resolve) => silent.once('listening', resolve));
});
afterEach(() => silent.close());

/** Each ping is answered before more time passes. */
async function pass(ms: number): Promise<void> {
  const endMs = clock.steadyNow() + ms;
  for (let count = pings + 1; clock.steadyNow() + pingEveryMs <= endMs; count += 1) {
    await clock.advance(pingEveryMs);
    await until(() => pings === count, 'the ping has arrived');
  }
  await clock.advance(endMs - clock.steadyNow());
}

test('a connection on which nothing moves for ten minutes of the clock ends, and is counted no more', async () => {
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
  const near = connectToPod(Promise.resolve({ context: 'cluster', namespace: 'alice', pod: 'notebook', port: 80 }), {
    session: session as UserSession,
    keeper: { keep },
    gate: new RequestGate(limitsFor(undefined), clock),
    clock,
  });
  near.write('x');
  // The stream is open now.
  await until(() => messages === 1, 'it has arrived');
  await pass(599_999);
  // What arrives at the other end begins the ten minutes again.
  near.write('y');
  await pass(599_999);
  expect([near.destroyed, counted, messages]).toEqual([false, 1, 2]);
  await clock.advance(1);
  expect([near.destroyed, counted]).toEqual([true, 0]);
  await until(() => clock.timerCount === 0, 'no timer is left');
});
