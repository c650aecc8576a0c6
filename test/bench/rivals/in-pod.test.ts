import { describe, expect, it } from 'vitest';
import { reasonIn } from './in-pod.ts';

describe('why a rival ended', () => {
  it.each([
    [
      'the error, not the traces after it',
      'started\nfatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.go:1\n',
      'fatal error: concurrent map writes',
    ],
    ['the panic', 'panic: no such flag\n\ngoroutine 1 [running]:\n', 'panic: no such flag'],
    ['the last line of a log', '{"msg":"started"}\n{"msg":"no rights"}\n', '{"msg":"no rights"}'],
    ['nothing, where it printed nothing', '', ''],
  ])('is %s', (_, output, reason) => {
    expect(reasonIn(output)).toBe(reason);
  });
});
