/** What people read when no API server answers: which one, by which context, why, and what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../../src/cli/connect/connection.ts';
import { userSecrets } from '../../../src/cli/connect/kinds.ts';
import { unreachableSentence } from '../../../src/cli/connect/unreachable.ts';
import { explain } from '../../../src/cli/errors.ts';
import type { Io } from '../../../src/cli/io.ts';
import { isKernelError } from '../../../src/kernel/index.ts';
import { newPair, type TestPair } from '../../support/certificate-pair.ts';

const io = { isErrorTerminal: false, stderr: process.stderr } as unknown as Io;

let folder: string;
let pair: TestPair;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-unreachable-'));
  pair = await newPair('elsewhere.example.com');
});

afterAll(() => rmSync(folder, { recursive: true }));

async function errorFrom(cluster: object): Promise<unknown> {
  const path = join(folder, 'config');
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'prod', cluster }],
      users: [{ name: 'alice', user: { token: 't' } }],
      contexts: [{ name: 'work', context: { cluster: 'prod', user: 'alice' } }],
      'current-context': 'work',
    }),
  );
  const { client, close } = await openConnection({ io, options: { kubeconfig: path } });
  try {
    return await client.get(userSecrets, { namespace: 'alice', name: 'db' }).catch((error: unknown) => error);
  } finally {
    await close();
  }
}

/** On a port of this machine, while `work` goes on. */
async function serving<T>(server: Server, work: (host: string) => Promise<T>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  } finally {
    server.close();
  }
}

describe('an API server that cannot be reached is named, without credentials and query', () => {
  test('when it refuses the connection', async () => {
    const error = await errorFrom({ server: 'https://u:s3cret@127.0.0.1:1/k8s/clusters/c-1/?token=s3cret' });
    expect(explain(error)).toEqual({
      exitCode: 74,
      sentence:
        "No connection to the API server https://127.0.0.1:1/k8s/clusters/c-1 (context 'work'): the connection was refused; check that the cluster runs, or choose another context with --context.",
    });
    // What follows a job tries again.
    expect(isKernelError(error, 'Network')).toBe(true);
  });

  test('when the proxy to it refuses the connection, with the proxy', async () => {
    const error = await errorFrom({ server: 'https://api.example.com', 'proxy-url': 'http://u:s3cret@127.0.0.1:1' });
    const { sentence } = explain(error);
    expect(sentence).toContain("https://api.example.com through the proxy http://127.0.0.1:1 (context 'work'): ");
    expect(sentence).not.toContain('s3cret');
  });

  test('when another authority signed its certificate', async () => {
    await serving(createServer({ cert: pair['tls.crt'], key: pair['tls.key'] }), async (host) => {
      const { sentence } = explain(await errorFrom({ server: `https://${host}` }));
      expect(sentence).toContain(`https://${host} (context 'work'): its certificate is not trusted`);
    });
  });

  test('when its certificate is for another name', async () => {
    await serving(createServer({ cert: pair['tls.crt'], key: pair['tls.key'] }), async (host) => {
      const authority = Buffer.from(pair['ca.crt']).toString('base64');
      const error = await errorFrom({ server: `https://${host}`, 'certificate-authority-data': authority });
      expect(explain(error).sentence).toContain('its certificate is for another name');
    });
  });

  test('when it does not speak TLS', async () => {
    await serving(createPlainServer(), async (host) => {
      expect(explain(await errorFrom({ server: `https://${host}` })).sentence).toContain(
        'what answers there is no API server',
      );
    });
  });
});

test.each<[string, object, string]>([
  [
    'a name that is not known',
    { code: 'ENOTFOUND', hostname: 'proxy.example' },
    "the host 'proxy.example' was not found",
  ],
  ['a name server that does not answer', { code: 'EAI_AGAIN', hostname: 'a.example' }, "the host 'a.example' was not"],
  ['no answer in time', { code: 'ETIMEDOUT' }, 'it timed out'],
  ['no route', { code: 'EHOSTUNREACH' }, 'no route leads to it'],
  ['a connection that ends at once', { code: 'ECONNRESET' }, 'the connection was closed without a response'],
  ['a certificate that has expired', { code: 'CERT_HAS_EXPIRED' }, 'its certificate has expired'],
  ['a clock that is behind', { code: 'CERT_NOT_YET_VALID' }, 'its certificate is not valid yet'],
  ['an authority of its own', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'its certificate is not trusted'],
  ['a key of another certificate', { code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' }, 'a key of the kubeconfig cannot be'],
  ['anything else', { code: 'ESOMETHING' }, ': ESOMETHING; '],
  ['anything without a code', { message: 'the proxy answered 407' }, ': the proxy answered 407; '],
])('says in words: %s', (_what, fault, words) => {
  expect(unreachableSentence({ server: 'https://api.example.com', contextName: 'work' }, fault)).toContain(words);
});

test('says that it was called from a Pod, where no other context can be chosen', () => {
  expect(unreachableSentence({ server: 'https://10.0.0.1' }, { code: 'ETIMEDOUT' })).toBe(
    'No connection to the API server https://10.0.0.1 (from inside the cluster): it timed out; check the network, a VPN too.',
  );
});
