/** Whether the runtime has a suite. */
import { expect, test, vi } from 'vitest';
import { isSuiteSupported } from '../../src/sealing/index.ts';

test('a question that fails is asked again', async () => {
  const failing = vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValue(new DOMException('busy', 'OperationError'));
  try {
    await expect(isSuiteSupported('x25519')).rejects.toThrow();
  } finally {
    failing.mockRestore();
  }
  expect(await isSuiteSupported('x25519')).toBe(true);
});
