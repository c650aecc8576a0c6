import { afterEach, expect, test, vi } from 'vitest';
import { homeFolder, withHome } from '../src/home-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a path in the home folder is completed, and no other', () => {
  vi.stubEnv('HOME', '/home/alice');
  const paths = ['~', '~/x', '~bob/x', 'x/~', '/x'];
  expect(paths.map(withHome)).toEqual(['/home/alice', '/home/alice/x', '~bob/x', 'x/~', '/x']);
});

test.runIf(process.getuid?.() === 0)('who has no home folder is at the root', () => {
  vi.stubEnv('HOME', undefined);
  // No user of that number has an entry in /etc/passwd.
  process.seteuid?.(54_321);
  try {
    expect(homeFolder()).toBe('/');
  } finally {
    process.seteuid?.(0);
  }
});
