import { expect, test } from 'vitest';
import type { Access } from '../../src/kernel/index.ts';
import { openApiSocket } from '../../src/streams/index.ts';

test('the error of credentials that cannot be had names the server, without the credentials in its address', async () => {
  const access: Access = {
    server: 'https://ann:hunter2@api.example:6443/prefix/?token=abc',
    namespace: 'default',
    clusterName: 'dev',
    credentials: () => Promise.reject(new Error('no plug-in')),
  };
  await expect(
    openApiSocket({ access, path: '/api/v1', query: new URLSearchParams(), protocols: ['v5.channel.k8s.io'] }),
  ).rejects.toThrow(/^getting credentials for https:\/\/api\.example:6443\/prefix failed$/);
});
