import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Transport, nodeHttp, undiciHttp, type OpenHttp, type TlsMaterial } from '../../src/kernel/index.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { ManualClock } from '../support/manual-clock.ts';

const list = { method: 'GET', path: '/api/v1/namespaces/ns/configmaps' } as const;
const authority = await createAuthority('authority');
const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
const ofServer = await issue(authority, leaf);
const ca = authority.certificatePem;
const [first, second] = await Promise.all([clientNamed('first'), clientNamed('second')]);

async function clientNamed(commonName: string): Promise<TlsMaterial> {
  const { certificatePem: cert, keyPem: key } = await issue(authority, { commonName, usage: 'client' });
  return { ca, cert, key };
}

let server: FakeApiServer;
let clock: ManualClock;
let tls: TlsMaterial;
/** Names of the certificates that the server saw, one a request. */
let seen: string[];

beforeEach(async () => {
  const { certificatePem: cert, keyPem: key } = ofServer;
  server = await FakeApiServer.start({ tls: { cert, key, ca, requestCert: true } });
  clock = new ManualClock();
  tls = first;
  seen = [];
  const look = ({ socket, pass }: { readonly socket: unknown; readonly pass: () => void }): void => {
    seen.push(String((socket as TLSSocket).getPeerCertificate().subject.CN));
    pass();
  };
  server.script(() => true, ...Array.from({ length: 10 }, () => look));
});
afterEach(() => server.close());

const transportOver = (http: OpenHttp): Transport =>
  new Transport({ access: server.access({ tls: () => tls }), http, userAgent: 'test', clock });

test.each<[string, OpenHttp]>([
  ['undici', undiciHttp],
  ['the runtime', nodeHttp],
])('a client certificate that rotates is followed over %s', async (_client, http) => {
  const transport = transportOver(http);
  await transport.request(list);
  tls = second;
  await transport.request(list);
  await clock.advance(30_001);
  await transport.request(list);
  expect(seen).toEqual(['first', 'first', 'second']);
  await transport.close();
});

describe.each<[string, () => TlsMaterial, string]>([
  ['a key of another certificate', () => ({ ...first, key: second.key ?? '' }), 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
  ['half a certificate', () => ({ ...first, cert: first.cert?.slice(0, 100) ?? '' }), 'ERR_OSSL_PEM_BAD_END_LINE'],
  ['an empty certificate', () => ({ ...first, cert: '\n' }), 'ERR_OSSL_PEM_NO_START_LINE'],
])('%s', (_case, broken, code) => {
  test('is named by each request, and ends with the next credentials', async () => {
    let opened = 0;
    let retired = 0;
    const counting: OpenHttp = (target) => {
      const connections = undiciHttp(target);
      opened += 1;
      return {
        ...connections,
        retire: () => {
          retired += 1;
          connections.retire();
        },
      };
    };
    const transport = transportOver(counting);
    await transport.request(list);
    tls = broken();
    await clock.advance(30_001);
    for (let round = 0; round < 3; round += 1)
      await expect(transport.request(list)).rejects.toMatchObject({ code: 'Network', cause: { code } });
    tls = second;
    await transport.request(list);
    expect([opened, retired, seen]).toEqual([2, 1, ['first', 'second']]);
    await transport.close();
  });

  test('is named by each request of a process that starts with it', async () => {
    const transport = transportOver(undiciHttp);
    tls = broken();
    for (let round = 0; round < 2; round += 1)
      await expect(transport.request(list)).rejects.toMatchObject({ code: 'Network', cause: { code } });
    tls = first;
    await transport.request(list);
    expect(seen).toEqual(['first']);
    await transport.close();
  });
});
