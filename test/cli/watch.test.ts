/** What `--watch` prints of a list that changes, in a pipe, on a terminal and as a document. */
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { watched } from '../../src/cli/output/watch.ts';

/** Lists one state after another, and is interrupted after the last. */
async function watch(
  states: readonly string[],
  { isTerminal = false, output }: { readonly isTerminal?: boolean; readonly output?: 'json' } = {},
): Promise<string> {
  let out = '';
  let interrupt = (): void => undefined;
  let asked = 0;
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      out += chunk.toString();
      done();
    },
  });
  const io = {
    stdout,
    isOutputTerminal: isTerminal,
    now: () => new Date(0),
    onInterrupt: (listener: () => void) => {
      interrupt = listener;
      return () => undefined;
    },
  } as unknown as Io;
  const notAsked = () => Promise.reject(new Error('not asked'));
  const options = { watch: true, ...(output === undefined ? {} : { output }) };
  await watched(
    { io, options, connect: notAsked, connectTo: notAsked },
    (run) => {
      const state = states[Math.min(asked, states.length - 1)] ?? '';
      asked += 1;
      run.io.stdout.write(state);
      if (asked >= states.length + 2) interrupt();
      return Promise.resolve();
    },
    { everyMs: 1 },
  );
  return out;
}

test('a pipe gets the lines that are new or different', async () => {
  expect(await watch(['HEAD\na 1\n', 'HEAD\na 1\n', 'HEAD\na 2\nb 1\n'].flatMap((state) => [state, state]))).toBe(
    'HEAD\na 1\na 2\nb 1\n',
  );
});

test('a terminal is redrawn', async () => {
  const clear = '\u001b[H\u001b[2J\u001b[3J';
  expect(await watch(['HEAD\na\n', 'HEAD\nb\n'], { isTerminal: true })).toBe(`${clear}HEAD\na\n${clear}HEAD\nb\n`);
});

test('a document comes whole', async () => {
  const states = ['{"a": 1}\n', '{"a": 2}\n'].flatMap((state) => [state, state]);
  expect(await watch(states, { output: 'json' })).toBe('{"a": 1}\n{"a": 2}\n');
});
