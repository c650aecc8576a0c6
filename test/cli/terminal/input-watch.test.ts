import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { watchInput } from '../../../src/cli/terminal/input-watch.ts';

/** A turn of the event loop, in which a stream says what it has. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function read(input: Readable): Promise<string> {
  let text = '';
  for await (const chunk of input as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

test('an input that ended without a byte is empty', async () => {
  const watch = watchInput(Readable.from([]));
  await turn();
  expect(watch.isEmpty()).toBe(true);
});

test.each([
  ['has not ended', false],
  ['has ended', true],
])('an input with bytes that %s is not, and keeps all of them', async (_case, hasEnded) => {
  const input = new PassThrough();
  const watch = watchInput(input);
  input.write('some');
  if (hasEnded) input.end();
  await turn();
  expect(watch.isEmpty()).toBe(false);
  watch.stop();
  if (!hasEnded) input.end(' more');
  expect(await read(input)).toBe(hasEnded ? 'some' : 'some more');
});

test('an input that is silent is not empty: it may still come', async () => {
  const input = new PassThrough();
  const watch = watchInput(input);
  await turn();
  expect(watch.isEmpty()).toBe(false);
  watch.stop();
  input.end('late');
  expect(await read(input)).toBe('late');
});
