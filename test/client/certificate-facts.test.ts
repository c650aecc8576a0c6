/** What a certificate says, and whether a private key is its own. */
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { certificateFacts, isKeyOfCertificate } from '../../src/client/index.ts';
import { generateRsaKeyPair, selfSignedCertificate } from '../../src/sealing/index.ts';
import { newPair } from '../support/certificate-pair.ts';

const web = await newPair('web.example.com');
const other = await newPair('other.example.com');
const notBefore = new Date('2026-01-02T03:04:05Z');
const notAfter = new Date('2051-01-02T03:04:05Z');
const rsa = await generateRsaKeyPair(2048);
const ofRsa = await selfSignedCertificate(rsa, { notBefore, notAfter, commonName: 'ü sealing' });

test('names, issuer and dates are read, of a certificate with names and of one with a common name alone', () => {
  const facts = certificateFacts(`${web['tls.crt']}${other['tls.crt']}`);
  expect(facts).toMatchObject({ names: ['web.example.com'], issuer: 'test authority' });
  expect(facts?.notAfter.getTime()).toBeGreaterThan(Date.now());
  expect(certificateFacts(ofRsa)).toEqual({ names: ['ü sealing'], issuer: 'ü sealing', notBefore, notAfter });
});

test.each<[string, string]>([
  ['nothing', ''],
  ['a private key', web['tls.key']],
  ['no base64', '-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----'],
  ['base64 of something else', '-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----'],
  ['a piece of a certificate', web['tls.crt'].replace(/\n[^\n]+\n-----END/, '\n-----END')],
])('a text that is %s has no facts', (_case, text) => {
  expect(certificateFacts(text)).toBeUndefined();
});

test('the key of another certificate is recognized, on a curve and of RSA', () => {
  expect(isKeyOfCertificate(web)).toBe(true);
  expect(isKeyOfCertificate({ ...web, 'tls.key': other['tls.key'] })).toBe(false);
  expect(isKeyOfCertificate({ 'tls.crt': ofRsa, 'tls.key': rsa.privateKeyPem })).toBe(true);
  expect(isKeyOfCertificate({ 'tls.crt': ofRsa, 'tls.key': web['tls.key'] })).toBe(false);
  const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  expect(isKeyOfCertificate({ ...web, 'tls.key': ed25519.toString() })).toBeUndefined();
  expect(isKeyOfCertificate({ 'tls.crt': web['tls.crt'] })).toBeUndefined();
});
