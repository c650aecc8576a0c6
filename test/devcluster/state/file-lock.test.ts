import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from '../../../tools/devcluster/state/file-lock.ts';
import { identify } from '../../../tools/devcluster/state/process-identity.ts';
import { settle } from '../../support/manual-clock.ts';

describe('a lock between processes', () => {
  let folder: string;
  let path: string;
  const options = { timeoutMs: 5_000 };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    path = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await settle();
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withFileLock(path, options, work)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    await expect(withFileLock(path, options, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: process.pid, startedAt: '1' })],
    ['that was written half', '{"pid":'],
  ])('does not wait for a lock %s', async (_name, content) => {
    writeFileSync(path, content);
    expect(await withFileLock(path, options, () => Promise.resolve('in'))).toBe('in');
  });

  it('gives up on a holder that keeps it, and says who it is', async () => {
    writeFileSync(path, JSON.stringify(identify(process.pid)));
    const waiting: number[] = [];
    const wait = { timeoutMs: 50, onWait: ({ pid }: { pid: number }) => waiting.push(pid) };
    await expect(withFileLock(path, wait, () => Promise.resolve())).rejects.toMatchObject({ code: 'LockTimeout' });
    expect(waiting).toEqual([process.pid]);
  });

  it('stops waiting when the caller gives up', async () => {
    writeFileSync(path, JSON.stringify(identify(process.pid)));
    const signal = AbortSignal.timeout(20);
    await expect(withFileLock(path, { ...options, signal }, () => Promise.resolve())).rejects.toThrow();
  });
});
