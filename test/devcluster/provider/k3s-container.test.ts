import { expect, test } from 'vitest';
import { loadImageIntoContainer } from '../../../tools/devcluster/provider/k3s-container.ts';

test('an image that cannot be read is not loaded', async () => {
  await expect(loadImageIntoContainer('none', import.meta.dirname)).rejects.toMatchObject({ code: 'EISDIR' });
});
