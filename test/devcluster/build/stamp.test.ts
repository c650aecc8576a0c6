import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWhole, writeStamp } from '../../../tools/devcluster/build/stamp.ts';

describe('the stamp of a built binary', () => {
  let folder: string;
  let binary: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stamp-'));
    binary = join(folder, 'tool');
    writeFileSync(binary, 'a program');
    await writeStamp(binary, 'recipe 1');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('fits the binary for which it was written', async () => {
    expect(await isWhole(binary, 'recipe 1')).toBe(true);
  });

  it('fits a binary that was only touched', async () => {
    utimesSync(binary, new Date(), new Date(0));
    expect(await isWhole(binary, 'recipe 1')).toBe(true);
  });

  const broken: [name: string, breakIt: () => void][] = [
    ['was cut short', () => truncateSync(binary, 3)],
    ['grew', () => appendFileSync(binary, '!')],
    ['was changed without changing its size', () => writeFileSync(binary, 'a pr0gram')],
    ['is gone', () => rmSync(binary)],
    ['has no stamp, because the build was cut off', () => rmSync(`${binary}.stamp.json`)],
    ['has half a stamp', () => truncateSync(`${binary}.stamp.json`, 10)],
  ];
  it.each(broken)('does not fit a binary that %s', async (_name, breakIt) => {
    breakIt();
    expect(await isWhole(binary, 'recipe 1')).toBe(false);
  });

  it('does not fit another recipe', async () => {
    expect(await isWhole(binary, 'recipe 2')).toBe(false);
  });
});
