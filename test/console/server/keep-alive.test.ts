/** Connections whose browser has gone are ended, and those of a slow link are not. */
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { keepAlive, mostSilent, pingEveryMs } from '../../../src/console/server/streams/keep-alive.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function kept() {
  const clock = new ManualClock();
  const seen: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    isPaused: false,
    ping: () => void seen.push('ping'),
    terminate: () => {
      seen.push('terminated');
      socket.emit('close');
    },
  });
  const connection = { writableLength: 0, bytesWritten: 0 };
  keepAlive(socket, connection, clock);
  const pings = async (count: number, each: () => void = () => undefined): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      await clock.advance(pingEveryMs);
      each();
    }
  };
  return { clock, seen, socket, connection, pings };
}

test('one that answers is kept, and nothing is left of it when it has closed', async () => {
  const { clock, seen, socket, pings } = kept();
  await pings(20, () => socket.emit('pong'));
  expect(seen).toEqual(Array.from({ length: 20 }, () => 'ping'));
  socket.emit('close');
  expect(clock.timerCount).toBe(0);
});

test('one that answers no more is ended', async () => {
  const { clock, seen, pings } = kept();
  await pings(mostSilent + 1);
  expect(seen).toEqual([...Array.from({ length: mostSilent }, () => 'ping'), 'terminated']);
  expect(clock.timerCount).toBe(0);
});

test('one whose link is slow is kept while it takes what waits for it, though its answers wait too', async () => {
  const { seen, connection, pings } = kept();
  const send = (bytes: number, takes: number): void => {
    connection.bytesWritten += bytes;
    connection.writableLength += bytes - takes;
  };
  send(1_000_000, 0);
  await pings(20, () => send(50_000, 50_000));
  expect(seen).not.toContain('terminated');
  await pings(mostSilent + 2, () => send(0, 0));
  expect(seen.at(-1)).toBe('terminated');
});

test('pings that the system takes are no sign of life', async () => {
  const { seen, connection, pings } = kept();
  await pings(mostSilent + 1, () => (connection.bytesWritten += 6));
  expect(seen.at(-1)).toBe('terminated');
});

test('one that is not read, because the other side is slow, is kept', async () => {
  const { seen, socket, pings } = kept();
  socket.isPaused = true;
  await pings(10);
  expect(seen).not.toContain('terminated');
});
