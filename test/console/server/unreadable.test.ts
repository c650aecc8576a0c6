/** What a connection gets whose request cannot be read. */
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { answerUnreadable } from '../../../src/console/server/unreadable.ts';

const overflow = { code: 'HPE_HEADER_OVERFLOW' };

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
  answerUnreadable(overflow, connection, clears);
  expect(sent()).toMatch(/^HTTP\/1\.1 431 /);
  expect(sent().includes('Clear-Site-Data: "cookies"')).toBe(clears);
  connection.destroy();
});

test('a further piece of the same head does not break off the response', () => {
  const { connection, sent } = connected();
  answerUnreadable(overflow, connection, false);
  const first = sent();
  answerUnreadable(overflow, connection, false);
  expect(connection.destroyed).toBe(false);
  expect(sent()).toBe(first);
  connection.destroy();
});

test('a connection that was reset gets nothing', () => {
  const { connection, sent } = connected();
  answerUnreadable({ code: 'ECONNRESET' }, connection, true);
  expect(connection.destroyed).toBe(true);
  expect(sent()).toBe('');
});
