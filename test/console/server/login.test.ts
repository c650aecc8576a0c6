/** What is taken for a token, and where a login may lead. */
import { describe, expect, test } from 'vitest';
import { pathIn } from '../../../src/console/server/login/cluster-routes.ts';
import { expiryOf, tokenIn } from '../../../src/console/server/login/pasted-token.ts';
import { Tickets } from '../../../src/console/server/login/tickets.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('a pasted token', () => {
  test.each<[string, unknown, string | undefined]>([
    ['as it is', 'abc.def-_~+/=', 'abc.def-_~+/='],
    ['with a space before it', ' abc', 'abc'],
    ['with a line feed and a tab', '\tabc\n', 'abc'],
    ['with the word Bearer', 'Bearer abc', 'abc'],
    ['of eight spaces', '        ', undefined],
    ['that is empty', '', undefined],
    ['that is the word alone', 'Bearer', 'Bearer'],
    ['with a line feed inside', 'abc\ndef', undefined],
    ['with another header behind it', 'abc\r\nImpersonate-User: admin', undefined],
    ['that is two words', 'abc def', undefined],
    ['that is no text', { token: 1 }, undefined],
    ['that is absent', undefined, undefined],
    ['that is too long', 'a'.repeat(9_000), undefined],
    ['with letters of elsewhere', 'äbc', undefined],
  ])('%s', (_case, pasted, expected) => {
    expect(tokenIn(pasted)).toBe(expected);
  });

  test('says when it ends, where it does', () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(expiryOf(`${part({ alg: 'none' })}.${part({ exp: 100 })}.x`)).toBe(100_000);
    expect(expiryOf(`${part({ alg: 'none' })}.${part({})}.x`)).toBeUndefined();
    expect(expiryOf('opaque')).toBeUndefined();
  });
});

test.each<[unknown, string]>([
  ['/jobs?x=1#y', '/jobs?x=1#y'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/a\\b', '/'],
  ['/a\r\nSet-Cookie: x', '/'],
  ['/api/session', '/'],
  ['/k8s/dev/api', '/'],
  ['/x/../auth/oidc/start', '/'],
  [['/a', '/b'], '/'],
  [undefined, '/'],
])('after a login, %j leads to %s', (wanted, expected) => {
  expect(pathIn(wanted)).toBe(expected);
});

describe('a ticket', () => {
  test('lets in once', () => {
    const tickets = new Tickets({ clock: new ManualClock() });
    const ticket = tickets.issue();
    expect([tickets.redeem(ticket), tickets.redeem(ticket)]).toEqual([true, false]);
  });
  test('is good for ten minutes', () => {
    const clock = new ManualClock();
    const tickets = new Tickets({ clock });
    const ticket = tickets.issue();
    clock.stall(600_000);
    expect(tickets.redeem(ticket)).toBe(false);
  });
  test('of nobody’s lets nobody in', () => {
    expect(new Tickets({ clock: new ManualClock() }).redeem('guess')).toBe(false);
  });
});
