import { describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identify, isRunning, signalProcess, startFromStat } from '../../../tools/devcluster/state/process-identity.ts';

describe('the identity of a process', () => {
  it('is that of the process itself, time after time', () => {
    const self = identify(process.pid);
    expect(self).toEqual(identify(process.pid));
    expect(self && isRunning(self)).toBe(true);
  });

  it('is undefined for a pid that nothing has', () => {
    expect(identify(2 ** 30)).toBeUndefined();
  });

  it('is not that of another process which got the same pid later', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const former = { pid: child.pid ?? 0, startedAt: '1' };
    expect(isRunning(former)).toBe(false);
    expect(signalProcess(former, 'SIGKILL')).toBe(false);
    expect(child.exitCode).toBeNull();
    const real = identify(child.pid ?? 0);
    expect(real && signalProcess(real, 'SIGKILL')).toBe(true);
    await once(child, 'exit');
    expect(real && isRunning(real)).toBe(false);
  });

  it.each([
    ['runs', 'S', 7, '5135399'],
    ['waits to be reaped', 'Z', 1, undefined],
    ['has lost its first thread, while others still hold its ports', 'Z', 2, '5135399'],
    ['is gone but for its name', 'X', 0, undefined],
  ])('of one that %s', (_, state, threads, startedAt) => {
    const [flags, times] = ['0 -1 4227084 3042 6504 11 2', '7 3 3 4 20 0'];
    const stat = `16593 (a) Z (b)) ${state} 16590 16590 30490 ${flags} ${times} ${String(threads)} 0 5135399 0 0`;
    expect(startFromStat(stat)).toBe(startedAt);
  });
});
