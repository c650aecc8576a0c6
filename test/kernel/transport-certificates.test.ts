import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Transport, nodeHttp, undiciHttp, type OpenHttp, type TlsMaterial } from '../../src/kernel/index.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { FakeApiServer, sendJson, type Fault } from '../support/fake-api-server.ts';
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

const nameOf = (socket: unknown): string => String((socket as TLSSocket).getPeerCertificate().subject.CN);

let server: FakeApiServer;
let clock: ManualClock;
let tls: TlsMaterial;
/** Names of the certificates that the server saw, one a request. */
let seen: string[];
let isRefusing: boolean;

beforeEach(async () => {
  const { certificatePem: cert, keyPem: key } = ofServer;
  server = await FakeApiServer.start({ tls: { cert, key, ca, requestCert: true } });
  clock = new ManualClock();
  tls = first;
  seen = [];
  isRefusing = false;
  const look: Fault = ({ socket, response, pass }) => {
    seen.push(nameOf(socket));
    if (isRefusing) sendJson(response, { status: 401, body: {} });
    else pass();
  };
  server.script(() => true, ...Array.from({ length: 10 }, () => look));
});
afterEach(() => server.close());

const transportOver = (http: OpenHttp): Transport =>
  new Transport({ access: server.access({ tls: () => tls }), http, userAgent: 'test', clock });

const clients: readonly [string, OpenHttp][] = [
  ['undici', undiciHttp],
  ['the runtime', nodeHttp],
];

test.each(clients)('a client certificate that rotates is followed over %s', async (_client, http) => {
  const transport = transportOver(http);
  await transport.request(list);
  tls = second;
  await transport.request(list);
  await clock.advance(30_001);
  await transport.request(list);
  expect(seen).toEqual(['first', 'first', 'second']);
  await transport.close();
});

const broken: readonly [string, () => TlsMaterial, string][] = [
  ['a key of another certificate', () => ({ ...first, key: second.key ?? '' }), 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
  ['half a certificate', () => ({ ...first, cert: first.cert?.slice(0, 100) ?? '' }), 'ERR_OSSL_PEM_BAD_END_LINE'],
  ['an empty certificate', () => ({ ...first, cert: '\n' }), 'ERR_OSSL_PEM_NO_START_LINE'],
];

describe.each(clients.flatMap(([client, http]) => broken.map((row) => [client, ...row, http] as const)))(
  'over %s, %s',
  (_client, _case, material, code, http) => {
    test('ends no connection that works, and the next credentials are followed', async () => {
      const transport = transportOver(http);
      await transport.request(list);
      const watch = await transport.stream({ ...list, query: { watch: 'true' } });
      tls = material();
      for (let round = 0; round < 3; round += 1) {
        await clock.advance(30_001);
        await transport.request(list);
      }
      expect([watch.destroyed, server.connectionCount]).toEqual([false, 2]);
      tls = second;
      await clock.advance(30_001);
      await transport.request(list);
      expect(seen).toEqual([...Array.from({ length: 5 }, () => 'first'), 'second']);
      await transport.close();
    });

    test('is named where the server refuses the connections of before, and is read again at once', async () => {
      const transport = transportOver(http);
      await transport.request(list);
      tls = material();
      await clock.advance(30_001);
      isRefusing = true;
      await expect(transport.request(list)).rejects.toMatchObject({ code: 'Unauthorized', cause: { code } });
      isRefusing = false;
      tls = second;
      await transport.request(list);
      expect(seen).toEqual(['first', 'first', 'first', 'second']);
      await transport.close();
    });

    test('is named by each request of a process that starts with it', async () => {
      const transport = transportOver(http);
      tls = material();
      for (let round = 0; round < 2; round += 1)
        await expect(transport.request(list)).rejects.toMatchObject({ code: 'Network', cause: { code } });
      tls = first;
      await transport.request(list);
      expect(seen).toEqual(['first']);
      await transport.close();
    });
  },
);
