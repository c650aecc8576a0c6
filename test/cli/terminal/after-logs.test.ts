/** What an attach brought, without what the logs have shown. */
import { expect, test } from 'vitest';
import { withoutOverlap } from '../../../src/cli/terminal/after-logs.ts';

test.each<[string, string, string, string]>([
  ['nothing of both', '', '', ''],
  ['an attach without logs', '', '$ ', '$ '],
  ['logs without an attach', 'a\n', '', ''],
  ['an attach that begins after the logs', 'a\nb\n', 'c\n', 'c\n'],
  ['an attach that begins within the logs', 'a\nb\nc\n', 'b\nc\nd\n$ ', 'd\n$ '],
  ['an attach that the logs have wholly', 'a\nb\n', 'b\n', ''],
  ['an attach that has all of the logs', 'b\n', 'b\n$ ', '$ '],
  ['a line that comes again, as one that was shown', 'y\ny\n', 'y\ny\ny\n', 'y\n'],
])('shows the rest of %s', (_name, logs, attached, rest) => {
  expect(Buffer.from(withoutOverlap(Buffer.from(logs), Buffer.from(attached))).toString()).toBe(rest);
});
