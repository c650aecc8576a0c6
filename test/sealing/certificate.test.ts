import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  generateRsaKeyPair,
  importRsaKeyPair,
  openKubeseal,
  parseCertificatePem,
  sealKubeseal,
  selfSignedCertificate,
  type RsaKeyMaterial,
} from '../../src/sealing/index.ts';
import { bytes, codeOf, CONTEXT, text } from './support.ts';

const BEGIN = new Date('2026-01-31T10:00:00Z');
const END = new Date('2036-01-29T10:00:00Z');
let material: RsaKeyMaterial;
let pem: string;

beforeAll(async () => {
  material = await generateRsaKeyPair(2048);
  pem = await selfSignedCertificate(material, { notBefore: BEGIN, notAfter: END });
});

describe('a self-signed certificate', () => {
  it('is read by OpenSSL: its own signature, key, name and times', () => {
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(createPublicKey(material.privateKeyPem))).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(material.privateKeyPem))).toBe(true);
    expect(certificate.subject).toBe(`CN=neuro sealing key ${material.keyId}`);
    expect(certificate.validFromDate).toEqual(BEGIN);
    expect(certificate.validToDate).toEqual(END);
  });

  it('gives back the same key and times', async () => {
    const read = await parseCertificatePem(pem);
    expect(read).toMatchObject({ keyId: material.keyId, bits: 2048, notBefore: BEGIN, notAfter: END });
  });

  it('is one to seal with', async () => {
    const sealed = await sealKubeseal(await parseCertificatePem(pem), 'strict', CONTEXT, bytes('value'));
    const pair = await importRsaKeyPair(material.privateKeyPem);
    expect(text((await openKubeseal([pair], 'strict', CONTEXT, sealed)).plaintext)).toBe('value');
  });

  it.each(['2049-12-31T23:59:59.000Z', '2050-01-01T00:00:00.000Z', '9999-12-31T23:59:59.000Z'])(
    'ends at %s, on either side of the change of the time format',
    async (end) => {
      const long = await selfSignedCertificate(material, { notBefore: BEGIN, notAfter: new Date(end) });
      expect((await parseCertificatePem(long)).notAfter.toISOString()).toBe(end);
      expect(new X509Certificate(long).validToDate.toISOString()).toBe(end);
    },
  );

  it('is refused when it would end before it begins, or never', async () => {
    const make = (notAfter: Date) => selfSignedCertificate(material, { notBefore: BEGIN, notAfter });
    expect(await codeOf(() => make(BEGIN))).toBe('InvalidKey');
    expect(await codeOf(() => make(new Date(Number.NaN)))).toBe('InvalidKey');
    expect(await codeOf(() => make(new Date('+012026-01-01T00:00:00Z')))).toBe('InvalidKey');
  });

  it('has a serial number of its own each time', async () => {
    const again = await selfSignedCertificate(material, { notBefore: BEGIN, notAfter: END });
    expect(new X509Certificate(again).serialNumber).not.toBe(new X509Certificate(pem).serialNumber);
  });
});

describe('reading a certificate', () => {
  it('takes the first of a chain, with text around it', async () => {
    const other = await selfSignedCertificate(await generateRsaKeyPair(2048), { notBefore: BEGIN, notAfter: END });
    const chain = `Bag Attributes\r\n${pem.replaceAll('\n', '\r\n')}${other}`;
    expect((await parseCertificatePem(chain)).keyId).toBe(material.keyId);
  });

  it('fails with a clear code, and never otherwise, wherever it is changed or cut', async () => {
    const lines = pem.split('\n');
    const der = Buffer.from(lines.slice(1, -2).join(''), 'base64');
    const wrap = (changed: Buffer) => [lines[0], changed.toString('base64'), lines.at(-2)].join('\n');
    for (let at = 0; at < der.length; at++) {
      const changed = Buffer.from(der);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x81, at);
      // Names, serial and signature may be anything here: nobody verifies the certificate.
      const outcome = await codeOf(() => parseCertificatePem(wrap(changed))).catch(() => 'reads');
      expect(['InvalidKey', 'reads']).toContain(outcome);
      expect(await codeOf(() => parseCertificatePem(wrap(der.subarray(0, at))))).toBe('InvalidKey');
    }
  });

  it.each(['', 'no pem', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----', 'x'.repeat(300_000)])(
    'refuses a text that is none (case %#)',
    async (value) => {
      expect(await codeOf(() => parseCertificatePem(value))).toBe('InvalidKey');
    },
  );
});
