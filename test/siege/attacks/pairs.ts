/** Attacks by way of certificate pairs and of Secrets that are followed. */
import { randomBytes } from 'node:crypto';
import { createAuthority, issue } from '../../../tools/devcluster/pki/certificate.ts';
import { DER, encodeDer, sequence } from '../../../src/sealing/der.ts';
import type { Attack, Attacker } from '../attacker/attack.ts';

const type = 'kubernetes.io/tls';
const key = 'tls-combined.pem';
/** A pair has 256 KiB at most. */
const longestPair = 255 * 1024;
/** Bytes of a prime: to compute with it takes minutes. */
const primeBytes = 4 * 1024;
const rsaBytes = 16_384 / 8;
const keysOfSecret = 500;

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function integer(bytes: number): Uint8Array {
  const value = randomBytes(bytes);
  value[0] = 1;
  value[bytes - 1] = 1;
  return encodeDer(DER.integer, value);
}

const dsa = Uint8Array.from(Buffer.from('06072a8648ce380401', 'hex'));

/** Keys that take long to read, or are none. */
const oddKeys: readonly (() => string)[] = [
  () =>
    pem(
      'PRIVATE KEY',
      sequence(
        encodeDer(DER.integer, Uint8Array.of(0)),
        sequence(dsa, sequence(integer(primeBytes), integer(32), integer(primeBytes - 1))),
        encodeDer(DER.octetString, integer(primeBytes)),
      ),
    ),
  () =>
    pem(
      'RSA PRIVATE KEY',
      sequence(
        encodeDer(DER.integer, Uint8Array.of(0)),
        ...[rsaBytes, 3, rsaBytes, ...Array.from({ length: 5 }, () => rsaBytes / 2)].map(integer),
      ),
    ),
  () =>
    pem(
      'EC PRIVATE KEY',
      sequence(encodeDer(DER.integer, Uint8Array.of(1)), encodeDer(DER.octetString, randomBytes(9_000))),
    ),
  () => '-----BEGIN PRIVATE KEY-----\n'.repeat(5_000),
];

async function certificates(by: Attacker): Promise<void> {
  const authority = await createAuthority('mallory');
  const request = { commonName: 'mallory.example.com', usage: 'server', dnsNames: ['mallory.example.com'] } as const;
  const [own, other] = [await issue(authority, request), await issue(authority, request)];
  const chain = authority.certificatePem.repeat(
    Math.floor((longestPair - own.keyPem.length - own.certificatePem.length) / authority.certificatePem.length),
  );
  const keys = [() => own.keyPem, () => other.keyPem, ...oddKeys];
  const count = by.count(60);
  const pair = (index: number): string => `${keys[index % keys.length]?.() ?? ''}${own.certificatePem}${chain}`;
  const nameOf = (index: number): string => `pair-${String(index)}`;
  await by.each(count, (index) =>
    by.create('usersecrets', { metadata: { name: nameOf(index) }, spec: { type, key, value: pair(index) } }),
  );
  for (let round = 1; !by.signal.aborted; round += 1) {
    await by.each(count, (index) => by.patch('usersecrets', nameOf(index), { spec: { value: pair(index + round) } }));
    await by.pause(500);
  }
}

/** One Secret of many keys, each followed by a UserSecret. It changes, goes and comes back as something else. */
async function adopted(by: Attacker): Promise<void> {
  const count = by.count(keysOfSecret);
  const data = (round: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `k${String(at)}`,
        Buffer.from(`${String(round)} ${'x'.repeat(1_200)}`).toString('base64'),
      ]),
    );
  await by.create('secrets', { metadata: { name: 'source' }, data: data(0) });
  const token = { 'kubernetes.io/service-account.name': 'default' };
  await by.create('secrets', {
    metadata: { name: 'token', annotations: token },
    type: 'kubernetes.io/service-account-token',
  });
  await by.each(count, (index) =>
    by.create('usersecrets', {
      metadata: { name: `follows-${String(index)}` },
      spec: {
        secretKeyRef: {
          name: index % 50 === 0 ? 'token' : 'source',
          key: index % 50 === 0 ? 'token' : `k${String(index)}`,
        },
      },
    }),
  );
  for (let round = 1; !by.signal.aborted; round += 1) {
    if (round % 4 > 0) await by.patch('secrets', 'source', { data: data(round) });
    else {
      await by.remove('secrets', 'source');
      await by.create('secrets', {
        metadata: { name: 'source' },
        type: 'example.com/other',
        immutable: true,
        data: data(round),
      });
      await by.remove('secrets', 'source');
      await by.create('secrets', { metadata: { name: 'source' }, data: data(round) });
    }
    await by.pause(1_000);
  }
}

export const pairs: readonly Attack[] = [
  {
    name: 'pairs',
    aim: 'certificate pairs with chains of 255 KiB and keys that take minutes to read, are of RSA-16384, or of another certificate',
    run: certificates,
  },
  {
    name: 'adopted',
    aim: 'secrets that follow the keys of one large Secret, which changes each second and comes back as another',
    run: adopted,
  },
];
