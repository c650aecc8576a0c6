import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { readTlsKey } from '../../../src/controllers/user-secret/private-key.ts';

const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): string =>
  String(key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }));
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed = generateKeyPairSync('ed25519').privateKey;
const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
const block = (label: string, der: string): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der, 'hex').toString('base64')}\n-----END ${label}-----\n`;

test.each([
  ['RSA', pemOf(rsa, 'pkcs8'), rsa],
  ['RSA as OpenSSL once wrote it', pemOf(rsa, 'pkcs1'), rsa],
  ['RSASSA-PSS', pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, 'pkcs8'), undefined],
  ['EC', pemOf(ec, 'pkcs8'), ec],
  ['EC as OpenSSL once wrote it', pemOf(ec, 'sec1'), ec],
  ['Ed25519', pemOf(ed, 'pkcs8'), ed],
  ['Ed448', pemOf(generateKeyPairSync('ed448').privateKey, 'pkcs8'), undefined],
])('a key of %s is read', (_kind, pem, expected) => {
  const key = readTlsKey(pem);
  expect(key.type).toBe('private');
  if (expected !== undefined) expect(key.equals(expected)).toBe(true);
});

test.each([
  // Of these a library computes the public half, and the prime may be as long as the text.
  ['DSA', pemOf(dsa, 'pkcs8')],
  ['DSA that says it is EC', pemOf(dsa, 'pkcs8').replaceAll('PRIVATE KEY', 'EC PRIVATE KEY')],
  ['X25519', pemOf(generateKeyPairSync('x25519').privateKey, 'pkcs8')],
  ['DSA that says it is RSA', pemOf(dsa, 'pkcs8').replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
  ['DSA under its own name', pemOf(dsa, 'pkcs8').replaceAll('PRIVATE KEY', 'DSA PRIVATE KEY')],
  ['a certificate', pemOf(rsa, 'pkcs8').replaceAll('PRIVATE KEY', 'CERTIFICATE')],
  ['nothing', block('PRIVATE KEY', '')],
  ['a length without an end', block('PRIVATE KEY', '3080020100300d06092a864886f70d0101010500')],
  ['a length of too many bytes', block('PRIVATE KEY', '3088ffffffffffffffff')],
  ['a length that is cut', block('PRIVATE KEY', '308401')],
  ['text after it', `${pemOf(ed, 'pkcs8')}x`],
  ['a longer text than RSA-16384 has', pemOf(rsa, 'pkcs8').replace('\n', `\n${'A'.repeat(16 * 1024)}`)],
])('a key of %s is not', (_kind, pem) => {
  expect(() => readTlsKey(pem)).toThrow();
});
