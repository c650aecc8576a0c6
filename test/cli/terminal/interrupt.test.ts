/** The question that Ctrl-C asks while a job is followed, and what happens beside it. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { interruptible } from '../../../src/cli/commands/job/interrupt.ts';
import type { Connection } from '../../../src/cli/connect/connection.ts';
import type { Io } from '../../../src/cli/io.ts';
import { note } from '../../../src/cli/output/say.ts';

const target = { namespace: 'alice', name: 'train' };
const question = 'Interrupted. C or K = kill the job, D = detach, Enter = continue: ';

function stage() {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  let interrupt = (): void => undefined;
  let isKilled = false;
  const io = {
    stdin,
    stderr,
    isInputTerminal: true,
    isErrorTerminal: true,
    onInterrupt: (listener: () => void) => {
      interrupt = listener;
      return () => undefined;
    },
    beforeSignal: () => () => undefined,
    setRaw: () => undefined,
  } as unknown as Io;
  const patch = (): Promise<void> => {
    isKilled = true;
    return Promise.resolve();
  };
  return {
    run: { io, options: {} } as unknown as Parameters<typeof interruptible>[0],
    connection: { client: { patch } } as unknown as Connection,
    interrupt: () => interrupt(),
    type: (key: string) => void stdin.write(key),
    shown: () => String(stderr.read() as Buffer | null),
    isKilled: () => isKilled,
  };
}

test('a terminal of the job gets no key before the question is answered', async () => {
  const { run, connection, interrupt, type, shown, isKilled } = stage();
  const order: string[] = [];
  const code = await interruptible(run, connection, target, async ({ answered }) => {
    interrupt();
    note(run, 'Status: running');
    setImmediate(() => {
      order.push('answered');
      type('\r');
    });
    await answered();
    order.push('joined');
    return 3;
  });
  expect([code, order, isKilled()]).toEqual([3, ['answered', 'joined'], false]);
  expect(shown()).toBe(`\n${question}\nStatus: running\n`);
});

test.each([
  ['c', 130, true],
  ['d', 0, false],
])('with the answer %j the terminal is not joined', async (key, expected, kills) => {
  const { run, connection, interrupt, type, isKilled } = stage();
  let isJoined = false;
  const code = await interruptible(run, connection, target, async ({ answered }) => {
    interrupt();
    setImmediate(() => type(key));
    await answered();
    isJoined = true;
    return 3;
  });
  expect([code, isJoined, isKilled()]).toEqual([expected, false, kills]);
});

test('the line of a question ends with its answer', async () => {
  const { run, connection, interrupt, type, shown } = stage();
  await interruptible(run, connection, target, async ({ answered }) => {
    interrupt();
    type('\r');
    await answered();
    note(run, 'Status: running');
    return 0;
  });
  expect(shown()).toBe(`\n${question}\nStatus: running\n`);
});
