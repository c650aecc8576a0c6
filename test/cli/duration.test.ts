/** A duration that is written wrong is named with its option, and with how to write it. */
import { expect, test } from 'vitest';
import { createWorld } from './typed.ts';

test.each([
  [['job', 'wait', 'report', '--timeout', '5'], "--timeout '5'"],
  [['top', '--timeout', '0s'], "--timeout '0s'"],
  [['run', '--life-span', '2 hours', 'busybox:1'], "--life-span '2 hours'"],
  [['run', '--schedule-timeout', '0', 'busybox:1'], "--schedule-timeout '0'"],
])('%j', async (words, named) => {
  expect(await createWorld().type(words)).toEqual({
    code: 2,
    out: '',
    error: `ERROR: ${named} is not a duration: write it like 10m, 2h30m or 1d.\n`,
  });
});
