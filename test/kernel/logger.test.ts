import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { KernelError, createLogger, type Logger, type LogLevel } from '../../src/kernel/index.ts';

function logger(level: LogLevel): { readonly log: Logger; readonly lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return {
    log: createLogger({ level, destination, fields: { version: '1' } }),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('logger', () => {
  test('writes one JSON object a line, with the level in words and the time in ISO form', () => {
    const { log, lines } = logger('info');
    log.debug('not this');
    log.info({ count: 2 }, 'this');
    expect(lines()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), version: '1', count: 2, message: 'this' },
    ]);
  });

  test('a reconcile is found by its identity', () => {
    const { log, lines } = logger('info');
    log.child({ controller: 'user-secret', object: 'alice/db', reconcileId: 'r1' }).warn('x');
    expect(lines()[0]).toMatchObject({ controller: 'user-secret', object: 'alice/db', reconcileId: 'r1' });
  });

  test.each<[LogLevel, boolean]>([
    ['info', false],
    ['debug', true],
    ['trace', true],
  ])('at level %s an error has its code and message, and a stack: %s', (level, hasStack) => {
    const { log, lines } = logger(level);
    const inner = Object.assign(new Error('with canary'), { code: 'ECONNRESET' });
    log.error(new KernelError('Network', 'no answer', { cause: inner }));
    const { error } = lines()[0] as { error: Record<string, unknown> };
    expect(error).toMatchObject({ name: 'KernelError', code: 'Network', message: 'no answer', causes: ['ECONNRESET'] });
    expect('stack' in error).toBe(hasStack);
    expect(JSON.stringify({ ...error, stack: '' })).not.toContain('canary');
  });

  test('what was thrown and is no Error is not written out', () => {
    const { log, lines } = logger('trace');
    log.error({ error: { value: 'canary' } }, 'x');
    expect(JSON.stringify(lines())).not.toContain('canary');
  });

  test('causes that go round in a circle end', () => {
    const { log, lines } = logger('info');
    const error = new Error('x');
    error.cause = error;
    log.error(error);
    expect(lines().length).toBe(1);
  });
});
