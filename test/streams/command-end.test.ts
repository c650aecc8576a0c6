/** How a command ended, read from the last message of its stream. */
import { expect, test } from 'vitest';
import { commandEnd } from '../../src/streams/command-end.ts';

test.each<[string, string, unknown]>([
  ['success', '{"metadata":{},"status":"Success"}', { kind: 'exited', exitCode: 0 }],
  [
    'an exit code',
    '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}',
    { kind: 'exited', exitCode: 137 },
  ],
  [
    'an exit code that is no number',
    '{"status":"Failure","message":"m","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"x"}]}}',
    { kind: 'failed', message: 'm' },
  ],
  [
    'a command that did not begin',
    '{"status":"Failure","message":"no such file"}',
    { kind: 'failed', message: 'no such file' },
  ],
  ['plain text of an old node', 'container not found', { kind: 'failed', message: 'container not found' }],
  ['nothing', 'null', { kind: 'failed', message: 'null' }],
])('reads %s', (_name, text, end) => {
  expect(commandEnd(text)).toEqual(end);
});
