/** WebSockets whose browser takes nothing, and answers nothing. */
import { EventEmitter } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import type WebSocket from 'ws';
import { HeldBytes } from '../../../src/console/server/streams/held-bytes.ts';
import { sendSlowly } from '../../../src/console/server/streams/send-slowly.ts';
import { closeSocket } from '../../../src/console/server/streams/socket-closing.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** As far as the two use one. */
class StalledSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  /** More than may wait to be taken. */
  bufferedAmount = 2 * 1024 * 1024;
  isTerminated = false;
  readonly resume = (): void => undefined;
  readonly close = (): void => undefined;
  readonly send = (): void => undefined;
  terminate(): void {
    this.isTerminated = true;
  }
}

let clock: ManualClock;
let stalled: StalledSocket;
let socket: WebSocket;

beforeEach(() => {
  clock = new ManualClock();
  stalled = new StalledSocket();
  socket = stalled as unknown as WebSocket;
});

test('a browser that does not answer the close is cut off after five seconds', async () => {
  closeSocket(socket, clock, 1000);
  await clock.advance(4_999);
  expect(stalled.isTerminated).toBe(false);
  await clock.advance(1);
  expect(stalled.isTerminated).toBe(true);
});

test('a browser that answers the close leaves no timer', () => {
  closeSocket(socket, clock, 1000);
  expect(clock.timerCount).toBe(1);
  stalled.emit('close');
  expect(clock.timerCount).toBe(0);
});

test('a browser that takes nothing for a minute is too slow', async () => {
  const held = new HeldBytes({ heldBytes: 64 * 1024 * 1024, heldBytesOfUser: 16 * 1024 * 1024 }).open('alice');
  let isTaken: boolean | undefined;
  void sendSlowly(socket, 'more', { isBinary: false, held, clock }).then((taken) => (isTaken = taken));
  await clock.advance(59_999);
  expect(isTaken).toBeUndefined();
  await clock.advance(1);
  expect(isTaken).toBe(false);
});
