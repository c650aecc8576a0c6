/** An address leads to the very object that it was made for, or to none. */
import { expect, test } from 'vitest';
import { addressOf, ownAt } from '../../../../src/console/web/secrets/secret-address.ts';

const plain = { key: 'db-password', name: 'db-password' };
const upper = { key: 'DB_PASSWORD', name: 'db-password-1a2b3c4d' };
/** Wants the key of the first, and has the name of nobody. */
const rival = { key: 'db-password', name: 'rival' };
/** Two whose key is the name of neither. */
const some = { key: 'TOKEN', name: 'token-1' };
const other = { key: 'TOKEN', name: 'token-2' };
const rows = [rival, plain, upper, other, some];

test.each([plain, upper, rival, some, other])('the address of $name leads to it', (row) => {
  expect(ownAt(rows, addressOf(row))).toBe(row);
});

test.each([
  ['a key that one has', { secret: 'DB_PASSWORD' }, upper],
  ['a key that several want, one of which has its name', { secret: 'db-password' }, plain],
  ['a key that several want', { secret: 'TOKEN' }, 'several'],
  ['a key that nobody has', { secret: 'gone' }, undefined],
  ['an object that has another key', { secret: 'db-password', name: 'token-1' }, undefined],
  ['an object that is gone, whose key another one has', { secret: 'db-password', name: 'former' }, undefined],
])('%s', (_case, address, expected) => {
  expect(ownAt(rows, address)).toBe(expected);
});
