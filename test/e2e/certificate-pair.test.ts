/** Jobs that get a certificate pair as files and variables, and connections that use the files as the container has them. */
import { connect, createServer } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { joinPair } from '../../src/api/index.ts';
import { newPair, type TestPair } from '../support/certificate-pair.ts';
import { onANode } from './on-a-node.ts';

interface Secrets {
  readonly items: readonly { readonly metadata: { readonly name: string }; readonly data?: object }[];
}

const { apply, get, kubectl } = onANode('pair');

test('the container has the parts of a pair, a server with them is trusted, and no other part is in the snapshot', async () => {
  const pair = await newPair();
  await apply('UserSecret', 'web', { key: 'tls-combined.pem', type: 'kubernetes.io/tls', value: joinPair(pair) });
  await kubectl('wait', '--for=condition=Ready', 'usersecret/web', '--timeout=300s');
  const from = (part?: string) => ({ fromSecret: { name: 'web', ...(part === undefined ? {} : { part }) } });
  await apply('NeuroJob', 'server', {
    image: 'busybox:1',
    command: ['sh', '-c', 'touch /tmp/ready; sleep 600'],
    securityContext: { runAsUser: 1234, runAsGroup: 1234 },
    env: [{ name: 'CA', ...from('ca.crt') }],
    files: [
      { path: '/etc/tls/tls.crt', ...from('tls.crt') },
      { path: '/etc/tls/tls.key', ...from('tls.key') },
    ],
  });
  await kubectl('wait', '--for=condition=Ready', 'neurojob/server', '--timeout=300s');
  const pod = await kubectl('get', 'neurojob', 'server', '-o', 'jsonpath={.status.podName}');
  const inside = (script: string): Promise<string> => kubectl('exec', pod, '--', 'sh', '-c', script);
  const mounted = {
    'tls.crt': await inside('cat /etc/tls/tls.crt'),
    'tls.key': await inside('cat /etc/tls/tls.key'),
    'ca.crt': `${(await inside('echo "$CA"')).trimEnd()}\n`,
  };
  expect(mounted).toEqual(pair);
  expect(await isTrusted(mounted)).toBe(true);
  expect(await isTrusted({ ...mounted, 'ca.crt': (await newPair())['tls.crt'] })).toBe(false);
  const { items } = await get<Secrets>('v1', 'Secret');
  const snapshot = items.find(({ metadata }) => metadata.name.startsWith('neuro-job-'));
  expect(Object.keys(snapshot?.data ?? {}).sort()).toEqual(['s0-ca.crt', 's0-tls.crt', 's0-tls.key']);
});

async function isTrusted(pair: TestPair): Promise<boolean> {
  const server = createServer({ cert: pair['tls.crt'], key: pair['tls.key'] }, (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, servername: 'web.example.com', ca: pair['ca.crt'] });
  try {
    await once(client, 'secureConnect');
    return true;
  } catch {
    return false;
  } finally {
    client.destroy();
    server.close();
  }
}
