/** What a job says to the browser, and to whatever is on the way there. */
import { expect, test } from 'vitest';
import { headersForBrowser, headersForJob } from '../../../src/console/server/opened/passed-headers.ts';

const passed = (headers: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, unknown>> =>
  headersForBrowser(headers, { cookiePrefix: 'neuro-opened' });

test.each([
  ['x-accel-redirect', '/internal/secret'],
  ['x-accel-expires', '3600'],
  ['x-sendfile', '/etc/passwd'],
  ['x-lighttpd-send-file', '/etc/passwd'],
  ['x-reproxy-url', 'http://169.254.169.254/'],
  ['cdn-cache-control', 'public, max-age=3600'],
  ['cloudflare-cdn-cache-control', 'max-age=3600'],
  ['surrogate-control', 'max-age=3600'],
])('an order to a proxy in front of the console stays behind: %s', (name, value) => {
  expect(passed({ [name]: [value], 'content-type': ['text/html'] })).toEqual({
    'content-type': 'text/html',
    'cache-control': 'private',
  });
});

test('that a proxy is not to hold back what comes bit by bit is passed', () => {
  expect(passed({ 'x-accel-buffering': ['no'] })).toMatchObject({ 'x-accel-buffering': 'no' });
});

test.each<[readonly string[], string]>([
  [['public, max-age=3600'], 'private, max-age=3600'],
  [['s-maxage=3600', 'Public, immutable'], 'private, immutable'],
  [['private, no-cache'], 'private, no-cache'],
  [['no-store'], 'private, no-store'],
  [[], 'private'],
])('no cache that people share keeps a response with Cache-Control %j', (lines, expected) => {
  expect(passed(lines.length === 0 ? {} : { 'cache-control': lines })['cache-control']).toBe(expected);
});

test('a job gets what a proxy in front gives to the browser for its domain too, and nothing of the console and of the way there', () => {
  const ofConsole = {
    forwarded: ['for=192.0.2.1'],
    via: ['1.1 proxy'],
    'x-real-ip': ['192.0.2.1'],
    'x-forwarded-access-token': ['of-the-user'],
    'proxy-authorization': ['Basic x'],
  };
  const ofProxy = { authorization: ['Bearer of-the-user'], 'x-auth-request-access-token': ['of-the-user'] };
  const headers = { host: ['job.jobs.test'], cookie: ['neuro-opened=x; _oauth2_proxy=y'], ...ofConsole, ...ofProxy };
  // As docs/console.md says.
  expect(headersForJob(headers, { cookiePrefix: 'neuro-opened', scheme: 'https' })).toEqual({
    host: 'job.jobs.test',
    cookie: '_oauth2_proxy=y',
    authorization: 'Bearer of-the-user',
    'x-auth-request-access-token': 'of-the-user',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'job.jobs.test',
  });
});
