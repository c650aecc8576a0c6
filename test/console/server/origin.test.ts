/** Who may talk to the server at all: DNS rebinding, cross-site requests, WebSockets of other sites, odd targets. */
import { describe, expect, test } from 'vitest';
import { refusalOf, type RequestFacts } from '../../../src/console/server/origin.ts';

const origins = ['http://127.0.0.1:4321', 'http://localhost:4321'];
const fine: RequestFacts = {
  method: 'GET',
  target: '/api/session',
  host: '127.0.0.1:4321',
  origin: undefined,
  secFetchSite: undefined,
  isUpgrade: false,
};
const codeOf = (facts: Partial<RequestFacts>): string | undefined => refusalOf({ ...fine, ...facts }, origins)?.code;

describe('the Host', () => {
  test.each(['127.0.0.1:4321', 'localhost:4321', 'LOCALHOST:4321'])('%s is ours', (host) => {
    expect(codeOf({ host })).toBeUndefined();
  });
  test.each<string | undefined>([
    'evil.example',
    'evil.example:4321',
    '127.0.0.1',
    '127.0.0.1:80',
    '127.0.0.1:4321.evil.example',
    '127.1:4321',
    '2130706433:4321',
    '[::1]:4321',
    '[0:0:0:0:0:ffff:7f00:1]:4321',
    '0.0.0.0:4321',
    'localhost.evil.example:4321',
    '127.0.0.1:4321,evil.example',
    '',
    undefined,
  ])('%s is not', (host) => {
    expect(codeOf({ host })).toBe('ForeignHost');
  });
});

describe('the Origin', () => {
  test.each<[string, Partial<RequestFacts>, string | undefined]>([
    ['our own passes', { method: 'POST', origin: 'http://127.0.0.1:4321' }, undefined],
    ['another site’s does not', { method: 'POST', origin: 'https://evil.example' }, 'ForeignOrigin'],
    ['another port’s does not', { origin: 'http://127.0.0.1:9999' }, 'ForeignOrigin'],
    ['null does not', { method: 'POST', origin: 'null' }, 'ForeignOrigin'],
    ['a cross-site fetch does not', { secFetchSite: 'cross-site' }, 'ForeignOrigin'],
    [
      'a sibling’s fetch does not',
      { secFetchSite: 'same-site', target: '/k8s/dev/api/v1/namespaces' },
      'ForeignOrigin',
    ],
    [
      'a cross-site start of a login does not',
      { secFetchSite: 'cross-site', target: '/auth/oidc/start' },
      'ForeignOrigin',
    ],
    ['a link from elsewhere to a page passes', { secFetchSite: 'cross-site', target: '/jobs?x=1' }, undefined],
    ['the provider’s way back passes', { secFetchSite: 'cross-site', target: '/auth/oidc/callback?code=x' }, undefined],
    ['a form of another site does not', { method: 'POST', secFetchSite: 'cross-site', target: '/' }, 'ForeignOrigin'],
    ['an address that was typed passes', { secFetchSite: 'none' }, undefined],
  ])('%s', (_case, facts, code) => {
    expect(codeOf(facts)).toBe(code);
  });

  test.each<[string, string | undefined, string | undefined]>([
    ['our own', 'http://localhost:4321', undefined],
    ['none', undefined, 'ForeignOrigin'],
    ['null', 'null', 'ForeignOrigin'],
    ['another site’s', 'https://evil.example', 'ForeignOrigin'],
    ['a sibling’s', 'http://evil.localhost:4321', 'ForeignOrigin'],
    ['ours, but by another scheme', 'https://127.0.0.1:4321', 'ForeignOrigin'],
  ])('of a WebSocket has to be ours: %s', (_case, origin, code) => {
    expect(codeOf({ isUpgrade: true, origin })).toBe(code);
  });
});

test.each(['http://127.0.0.1:4321/api/session', '//evil.example/', '/\\evil.example', '*', '', '/a b', '/a\\b', '/ä'])(
  'the target %s is malformed',
  (target) => {
    expect(codeOf({ target })).toBe('MalformedRequest');
  },
);
