/** What a connection gets whose request cannot be read. */
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { answerUnreadable } from '../../../src/console/server/unreadable.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const overflow = { code: 'HPE_HEADER_OVERFLOW' };
const clock = new ManualClock();

/** A connection, and what it was sent. */
function connected(): { readonly connection: Duplex; readonly sent: () => string } {
  let text = '';
  const connection = new Duplex({
    read: () => undefined,
    write: (piece, _encoding, done) => {
      text += String(piece);
      done();
    },
  });
  return { connection, sent: () => text };
}

test.each([true, false])('the cookies are removed only where the caller says so: %s', (clears) => {
  const { connection, sent } = connected();
  answerUnreadable(overflow, connection, { clears, clock });
  expect(sent()).toMatch(/^HTTP\/1\.1 431 /);
  expect(sent().includes('Clear-Site-Data: "cookies"')).toBe(clears);
  connection.destroy();
});

test('a further piece of the same head does not break off the response', () => {
  const { connection, sent } = connected();
  answerUnreadable(overflow, connection, { clears: false, clock });
  const first = sent();
  answerUnreadable(overflow, connection, { clears: false, clock });
  expect(connection.destroyed).toBe(false);
  expect(sent()).toBe(first);
  connection.destroy();
});

test('a browser that keeps its half open is cut off a second later', async () => {
  const { connection } = connected();
  answerUnreadable(overflow, connection, { clears: false, clock });
  await clock.advance(999);
  expect(connection.destroyed).toBe(false);
  await clock.advance(1);
  expect(connection.destroyed).toBe(true);
});

test('a connection that was reset gets nothing', () => {
  const { connection, sent } = connected();
  answerUnreadable({ code: 'ECONNRESET' }, connection, { clears: true, clock });
  expect(connection.destroyed).toBe(true);
  expect(sent()).toBe('');
});
