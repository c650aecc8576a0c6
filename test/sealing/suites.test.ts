/** Whether the runtime has a suite. */
import { expect, test, vi } from 'vitest';
import type * as suites from '../../src/sealing/suites.ts';

// Other test files of this process have asked already, so the question needs a module of its own.
const own = new URL('../../src/sealing/suites.ts?own', import.meta.url).href;
const { isSuiteSupported } = (await import(own)) as typeof suites;

test('a question that fails is asked again', async () => {
  const failing = vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValue(new DOMException('busy', 'OperationError'));
  try {
    await expect(isSuiteSupported('x25519')).rejects.toThrow();
  } finally {
    failing.mockRestore();
  }
  expect(await isSuiteSupported('x25519')).toBe(true);
});
