/** What is shown of input that goes into a job, beside what the job prints. */
import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { showingWaits } from '../../../src/cli/connect/shown-waits.ts';
import { showingSentInput } from '../../../src/cli/terminal/sent-input.ts';
import type { Requester } from '../../../src/kernel/index.ts';
import { erased, nextDraw, screenOf } from '../screen-of.ts';

test('what a job prints on standard error is not behind what it prints later on standard output', async () => {
  const printed: string[] = [];
  const print = (chunk: Buffer): void => void printed.push(chunk.toString());
  const stderr = new PassThrough();
  const write = stderr.write.bind(stderr);
  // Nobody reads it, so the writes are in its buffer.
  stderr.write = (chunk: Buffer, ...more: [never]) => {
    print(chunk);
    return write(chunk, ...more);
  };
  const { speaker } = screenOf({}, {}, true, { stdin: new PassThrough(), stderr });
  await showingSentInput(speaker, (input) => {
    for (const text of ['1', '3']) {
      input.stderr.write(Buffer.from(text));
      print(Buffer.from(String(Number(text) + 1)));
    }
    return Promise.resolve();
  });
  expect(printed).toEqual(['1', '2', '3', '4']);
});

test('standard error that cannot be written ends nothing', async () => {
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) });
  stderr.on('error', () => undefined);
  const { speaker } = screenOf({}, {}, true, { stdin: new PassThrough(), stderr });
  const written = await showingSentInput(speaker, async (input) => {
    for (const text of ['one', 'two'])
      await new Promise((resolve) => input.stderr.write(Buffer.from(text), () => setImmediate(resolve)));
    return stderr.errored;
  });
  expect(String(written)).toBe('Error: ENOSPC');
});

test.each([
  ['shown on a terminal', false, 'Sending 1.0 KiB  5 s'],
  ['not shown where a pipe takes the output, whose reader prints there', true, ''],
])('it is %s', async (_what, isPipe, expected) => {
  const { speaker, shown, pass } = screenOf({}, {}, true, { stdin: new PassThrough(), isOutputPipe: () => isPipe });
  await showingSentInput(speaker, async ({ onSent }) => {
    onSent?.(1_024);
    pass(5);
    await nextDraw();
  });
  expect(shown().replaceAll(erased, '')).toBe(expected);
});

test.each([
  ['said on a terminal', false],
  ['not said where a pipe takes the output', true],
])('an API server that takes its time is %s', async (_what, isPipe) => {
  const { speaker, shown, pass } = screenOf({}, {}, true, { isOutputPipe: () => isPipe });
  const slow = {
    request: async () => {
      pass(5);
      await nextDraw();
      return 7;
    },
  } as unknown as Requester;
  expect(await showingWaits(speaker, slow).request({ method: 'GET', path: '/' })).toBe(7);
  expect(shown().includes('Waiting for the API server')).toBe(!isPipe);
});
