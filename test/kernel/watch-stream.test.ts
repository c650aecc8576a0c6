import { PassThrough, Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { watchEvents, type WatchEvent } from '../../src/kernel/index.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const event = (name: string, type = 'ADDED'): string => JSON.stringify({ type, object: { metadata: { name } } });

describe('watch stream', () => {
  let clock: ManualClock;

  beforeEach(() => {
    clock = new ManualClock();
  });

  async function read(body: Readable, confidential = false): Promise<{ names: string[]; error: unknown }> {
    const names: string[] = [];
    try {
      const events: AsyncGenerator<WatchEvent> = watchEvents(body, {
        path: '/x',
        clock,
        silenceMs: 1_000,
        confidential,
      });
      for await (const { object } of events) names.push(object.metadata.name);
      return { names, error: undefined };
    } catch (error) {
      return { names, error };
    }
  }

  const body = (...pieces: readonly (string | Uint8Array)[]): Readable => {
    const stream = new PassThrough();
    for (const piece of pieces) stream.write(piece);
    stream.end();
    return stream;
  };

  test.each<[string, readonly string[], readonly string[]]>([
    ['nothing', [], []],
    ['one line', [`${event('a')}\n`], ['a']],
    ['many lines in one piece', [`${event('a')}\n${event('b')}\n${event('c')}\n`], ['a', 'b', 'c']],
    ['empty lines', [`\n\n${event('a')}\n \r\n`], ['a']],
    ['lines that end as on Windows', [`${event('a')}\r\n${event('b')}\r\n`], ['a', 'b']],
    ['half a line at the end', [`${event('a')}\n${event('b').slice(0, 20)}`], ['a']],
    ['a whole line without its end', [`${event('a')}\n${event('b')}`], ['a']],
  ])('%s', async (_name, pieces, expected) => {
    expect(await read(body(...pieces))).toEqual({ names: expected, error: undefined });
  });

  test('a line may be cut at every byte, also within a character', async () => {
    const bytes = Buffer.from(`${event('zürich-\u{1F600}')}\n${event('b')}\n`);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const pieces = new PassThrough();
      const reading = read(pieces);
      pieces.write(bytes.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      pieces.end(bytes.subarray(cut));
      expect((await reading).names).toEqual(['zürich-\u{1F600}', 'b']);
    }
  });

  test('a line of many pieces is read whole', async () => {
    const long = event('x'.repeat(2_000_000));
    const pieces = Array.from({ length: 2_000 }, (_, index) => long.slice(index * 1_001, (index + 1) * 1_001));
    const { names } = await read(body(...pieces, '\n'));
    expect(names[0]?.length).toBe(2_000_000);
  });

  test('a line without an end is refused, not buffered', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.from(piece);
      })(),
    );
    expect((await read(endless)).error).toMatchObject({ code: 'Malformed' });
    expect(endless.destroyed).toBe(true);
  });

  test.each<[string, string, string]>([
    ['a line that is no JSON', 'oops\n', 'Malformed'],
    ['an unknown type', `${event('a', 'SURPRISE')}\n`, 'Malformed'],
    ['an error with 410', '{"type":"ERROR","object":{"code":410,"reason":"Expired"}}\n', 'Gone'],
    ['an error that says Expired alone', '{"type":"ERROR","object":{"reason":"Expired"}}\n', 'Gone'],
    ['an error with 500', '{"type":"ERROR","object":{"code":500}}\n', 'Server'],
    ['an error with 429', '{"type":"ERROR","object":{"code":429}}\n', 'TooManyRequests'],
    ['an error without anything', '{"type":"ERROR","object":{}}\n', 'Server'],
    ['an error without an object', '{"type":"ERROR"}\n', 'Server'],
    ['an event without an object', '{"type":"ADDED"}\n', 'Malformed'],
    ['null', 'null\n', 'Malformed'],
  ])('%s rejects with its code, after the events before it', async (_name, line, code) => {
    const { names, error } = await read(body(`${event('a')}\n`, line));
    expect(names).toEqual(['a']);
    expect(error).toMatchObject({ name: 'KernelError', code });
  });

  test('a connection that breaks rejects as such', async () => {
    const stream = new PassThrough();
    const reading = read(stream);
    stream.write(`${event('a')}\n`);
    await settle();
    stream.destroy(new Error('reset'));
    expect(await reading).toMatchObject({ names: ['a'], error: { code: 'Network' } });
  });

  test('silence rejects after its limit, and every byte starts it again', async () => {
    const stream = new PassThrough();
    const reading = read(stream);
    stream.write(`${event('a')}\n`);
    await clock.advance(900);
    stream.write(event('b').slice(0, 5));
    await clock.advance(900);
    expect(stream.destroyed).toBe(false);
    await clock.advance(100);
    expect(await reading).toMatchObject({ names: ['a'], error: { code: 'Silent' } });
    expect(clock.timerCount).toBe(0);
  });

  test('who stops reading ends the connection', async () => {
    const stream = new PassThrough();
    stream.write(`${event('a')}\n${event('b')}\n`);
    const events = watchEvents(stream, { path: '/x', clock, silenceMs: 1_000 });
    await events.next();
    await events.return(undefined);
    expect(stream.destroyed).toBe(true);
    expect(clock.timerCount).toBe(0);
  });

  test.each([
    ['a line that is no JSON', '{"data": "canary'],
    ['an error of the server', '{"type":"ERROR","object":{"code":500,"message":"canary"}}'],
    ['an unknown type', '{"type":"canary"}'],
  ])('%s is told without its text where values are', async (_name, line) => {
    const { error } = await read(body(`${line}\n`), true);
    expect(String(error) + String((error as Error).stack)).not.toContain('canary');
  });
});
