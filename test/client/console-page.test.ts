/** Pages of the console, as people name them and as an address carries them. */
import { expect, test } from 'vitest';
import { pageInFragment, pageOf } from '../../src/client/index.ts';

test.each([
  ['', '/n/alice/dashboard'],
  ['secrets', '/n/alice/secrets'],
  ['jobs', '/n/alice/jobs'],
  ['schedules', '/n/alice/schedules'],
  ['terminal-7f3a', '/n/alice/jobs/terminal-7f3a'],
  ['job:jobs', '/n/alice/jobs/jobs'],
  ['secret:DB', '/n/alice/secrets?secret=DB'],
  ['secret:/alice/DB', '/n/alice/secrets?secret=DB'],
  ['secret:/bob/DB', '/n/alice/secrets?q=DB&show=shared'],
  ['secret:123', '/n/alice/secrets?secret=%22123%22'],
  ['secret:', '/n/alice/secrets'],
])('%j is the page %s, which an address can carry', (what, path) => {
  expect(pageOf(what, 'alice').path).toBe(path);
  expect(pageInFragment(`#${path}`)).toBe(path);
});

test.each(['', '#', '#//evil.example', '#/n/alice/../x', '#https://evil.example', '#/n/alice/admin', '#javascript:x'])(
  '%j names no page',
  (fragment) => {
    expect(pageInFragment(fragment)).toBeUndefined();
  },
);
