import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createRetry } from '../../../src/cli/connect/retry.ts';
import type { Invocation } from '../../../src/cli/factory.ts';
import { KernelError, type KernelErrorCode } from '../../../src/kernel/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function world() {
  const clock = new ManualClock();
  const stderr = new PassThrough().setEncoding('utf8');
  const run = { io: { stderr }, options: {} } as unknown as Invocation;
  return { clock, retry: createRetry(run, undefined, clock), said: () => String(stderr.read() ?? '') };
}

test.each<[KernelErrorCode, string]>([
  ['Network', 'No answer from the API server'],
  ['Timeout', 'No answer from the API server'],
  ['TooManyRequests', 'The API server is busy'],
  ['Server', 'The API server failed'],
  ['Forbidden', 'The API server, which may have just started, refused the request'],
  ['Unauthorized', 'The API server, which may have just started, refused the request'],
])('%s is reported once as what it is, until the API server serves again', async (code, trouble) => {
  const { clock, retry, said } = world();
  await retry(() => Promise.resolve());
  let left = 3;
  const done = retry(() => (left-- > 0 ? Promise.reject(new KernelError(code, 'x')) : Promise.resolve('served')));
  await clock.advance(5_000);
  expect(await done).toBe('served');
  expect(said()).toBe(`${trouble}; trying again. The job goes on meanwhile.\nConnected again.\n`);
});

test('a refusal that lasts is thrown, and so is one of a user who was never served', async () => {
  const { clock, retry } = world();
  const refused = (): Promise<never> => Promise.reject(new KernelError('Forbidden', 'x'));
  await expect(retry(refused)).rejects.toMatchObject({ code: 'Forbidden' });
  await retry(() => Promise.resolve());
  const ended = expect(retry(refused)).rejects.toMatchObject({ code: 'Forbidden' });
  await clock.advance(60_000);
  await ended;
});

test('an API server that stays away is given up after a quarter of an hour', async () => {
  const { clock, retry } = world();
  const away = (): Promise<never> => Promise.reject(new KernelError('Network', 'x'));
  const ended = expect(retry(away)).rejects.toMatchObject({ code: 'Network' });
  await clock.advance(16 * 60_000);
  await ended;
});
