/** Certificate pairs on a real control plane, with TLS connections that use what the native Secrets hold. */
import { createServer, connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinPair, type UserSecretSpec } from '../../src/api/index.ts';
import { newPair, pairData, type TestPair } from '../support/certificate-pair.ts';
import { testCluster } from '../support/cluster.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { operatorWorld, type FoundSecret, type OperatorWorld } from '../support/operator-world.ts';

const samples = fileURLToPath(new URL('../../manifests/samples/certificates/web.yaml', import.meta.url));
const host = 'web.example.com';
const type = 'kubernetes.io/tls';
const key = 'tls-combined.pem';

let world: OperatorWorld;
let operator: RunningOperator;
/** Has the certificates; keeps a copy of one. */
let platform: string;
let web: string;

beforeAll(async () => {
  world = operatorWorld(await testCluster());
  operator = await startOperator(world.test);
  platform = await world.test.makeNamespace('platform');
  web = await world.test.makeNamespace('web');
});

afterAll(() => operator.stop());

const create = (name: string, pair: Partial<TestPair>, namespace = platform) =>
  world.create('secrets', namespace, { metadata: { name }, type, data: pairData(pair) });
const following = (name: string): UserSecretSpec => ({
  ...{ key, type, secretName: `${name}-pair` },
  secretKeyRef: { name },
});
const untilPair = (name: string, pair: Partial<TestPair>, namespace = platform) =>
  world.until(
    'secrets',
    namespace,
    name,
    (found) => JSON.stringify(partsOf(found)) === JSON.stringify(pairData(pair)),
    `${name} is the pair`,
  );

function partsOf(found: FoundSecret | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['tls.crt', 'tls.key', 'ca.crt'].flatMap((part) => {
      const base64 = found?.data?.[part];
      return base64 === undefined ? [] : [[part, base64] as const];
    }),
  );
}

/** A server with the Secret's certificate and key, and a client that trusts its ca.crt and checks the name. */
async function handshake({ data = {} }: FoundSecret): Promise<string> {
  const part = (name: string): Buffer => Buffer.from(data[name] ?? '', 'base64');
  const server = createServer({ cert: part('tls.crt'), key: part('tls.key') }, (socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client: TLSSocket = connect({ host: '127.0.0.1', port, servername: host, ca: part('ca.crt') });
  try {
    await once(client, 'secureConnect');
    return client.getPeerX509Certificate()?.fingerprint256 ?? '';
  } finally {
    client.destroy();
    server.close();
  }
}

describe('a certificate pair', () => {
  it('of another tool is followed, as one, through a renewal, and a copy of it can serve TLS', async () => {
    const [first, second] = [await newPair(host), await newPair(host)];
    const sample = (await readFile(samples, 'utf8'))
      .replaceAll('namespace: platform', `namespace: ${platform}`)
      .replaceAll('namespace: web', `namespace: ${web}`)
      .replaceAll('name: web }\n  access', `name: ${web} }\n  access`);
    expect(await world.test.kubectl('admin', ['apply', '-f', '-'], sample)).toMatchObject({ code: 0 });
    await world.untilReason('usersecrets', platform, 'web', 'False SourceNotFound');
    await create('web', first);
    await untilPair('web-pair', first);
    await world.untilReason('usersecrets', platform, 'web', 'True Synced');
    await world.untilReason('secretgrants', platform, 'web-copy', 'True Active');
    await world.untilReason('usersecrets', web, 'web', 'True Synced');
    const copy = await untilPair('web', first, web);
    expect(copy?.type).toBe(type);
    const before = await handshake(copy as FoundSecret);

    await world.patch('secrets', platform, 'web', { data: pairData(second) });
    const renewed = await untilPair('web', second, web);
    expect(await handshake(renewed as FoundSecret)).not.toBe(before);
    const followed = await world.get('usersecrets', platform, 'web');
    expect(followed?.status?.history).toHaveLength(1);
    const former = await world.get('secrets', platform, followed?.status?.history?.[0]?.secretName ?? '');
    expect(former?.data).toEqual({ [key]: Buffer.from(joinPair(first)).toString('base64') });
  });

  it('whose key is of another certificate is not taken, and the one before stays', async () => {
    const [pair, other] = [await newPair(host), await newPair(host)];
    await create('mixed', pair);
    await world.secret(platform, 'mixed', following('mixed'));
    await world.patch('secrets', platform, 'mixed', { data: { 'tls.key': pairData(other)['tls.key'] } });
    const found = await world.untilReason('usersecrets', platform, 'mixed', 'False ValueInvalid');
    expect(JSON.stringify(found?.status)).toContain('the private key is not the one of the certificate');
    await untilPair('mixed-pair', pair);
    // Both are changed, as cert-manager does it.
    await world.patch('secrets', platform, 'mixed', { data: pairData(other) });
    await untilPair('mixed-pair', other);
  });

  it('is put right when someone changes a part of it, and loses what it does not have', async () => {
    const pair = await newPair(host);
    const { 'ca.crt': _ca, ...withoutAuthority } = pair;
    await world.secret(platform, 'plain', { key, type, value: joinPair({ ...withoutAuthority }) });
    await world.patch('secrets', platform, 'plain', {
      data: { 'tls.key': pairData(await newPair())['tls.key'], 'ca.crt': pairData(pair)['ca.crt'] },
    });
    await untilPair('plain', withoutAuthority);
    // With another authority and without one.
    await world.patch('usersecrets', platform, 'plain', { spec: { value: joinPair(pair) } });
    await untilPair('plain', pair);
    await world.patch('usersecrets', platform, 'plain', { spec: { value: joinPair({ ...withoutAuthority }) } });
    await untilPair('plain', withoutAuthority);
  });

  it('that is none is refused with a sentence that repeats nothing', async () => {
    const found = await world.secret(platform, 'none', { key, type, value: 'CANARY-no-pair' }, 'False ValueInvalid');
    expect(JSON.stringify(found.status)).not.toContain('CANARY');
    expect(await world.get('secrets', platform, 'none')).toBeUndefined();
  });
});
