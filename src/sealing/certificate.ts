/**
 * The certificate by which `kubeseal` knows an RSA pair: X.509 v3, self-signed, SHA-256 with RSA (RFC 5280).
 *
 * It carries a public key and its time; nobody verifies a chain. Promise: Go's crypto/x509, OpenSSL and kubeseal read
 * it. Not promised by reading: that a certificate is signed properly or still valid; `notAfter` is for the caller.
 */
import { X509Certificate } from 'node:crypto';
import { encodeUtf8, type Bytes } from './bytes.ts';
import { DER, encodeDer, sequence } from './der.ts';
import { SealingError } from './errors.ts';
import { importRsaPublicKey, readRsaPrivateKey, type RsaKeyMaterial, type RsaPublicKey } from './rsa-key-pair.ts';

export interface SealingCertificate extends RsaPublicKey {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateOptions {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly commonName?: string;
}

const SIGNATURE = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
/** OID 1.2.840.113549.1.1.11 (sha256WithRSAEncryption) with its NULL parameters. */
const SHA256_WITH_RSA = Uint8Array.of(0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 0x05, 0);
const OID_COMMON_NAME = Uint8Array.of(DER.objectIdentifier, 3, 0x55, 4, 3);
const OID_KEY_USAGE = Uint8Array.of(DER.objectIdentifier, 3, 0x55, 0x1d, 15);
const VERSION_3 = encodeDer(DER.context0, Uint8Array.of(DER.integer, 1, 2));
const CRITICAL = Uint8Array.of(DER.boolean, 1, 0xff);
/** keyEncipherment, bit 2: the key carries session keys and signs nothing else. */
const KEY_ENCIPHERMENT = Uint8Array.of(DER.bitString, 2, 5, 0b0010_0000);
const SERIAL_BYTES = 16;
const UTC_TIME_END_YEAR = 2050;
const LAST_YEAR = 9999;

/** PEM. `commonName` defaults to one with the key id. */
export async function selfSignedCertificate(material: RsaKeyMaterial, options: CertificateOptions): Promise<string> {
  const { notBefore, notAfter, commonName = `neuro sealing key ${material.keyId}` } = options;
  if (!(notBefore.getTime() < notAfter.getTime())) {
    throw new SealingError('InvalidKey', 'The certificate would end before it begins; give notBefore before notAfter.');
  }
  const { pkcs8, spki } = readRsaPrivateKey(material.privateKeyPem);
  const name = sequence(
    encodeDer(DER.set, sequence(OID_COMMON_NAME, encodeDer(DER.utf8String, encodeUtf8(commonName)))),
  );
  const keyUsage = sequence(OID_KEY_USAGE, CRITICAL, encodeDer(DER.octetString, KEY_ENCIPHERMENT));
  const tbs = sequence(
    VERSION_3,
    randomSerial(),
    SHA256_WITH_RSA,
    name,
    sequence(encodeTime(notBefore), encodeTime(notAfter)),
    name,
    spki,
    encodeDer(DER.context3, sequence(keyUsage)),
  );
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, SIGNATURE, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNATURE, signingKey, tbs));
  const certificate = sequence(tbs, SHA256_WITH_RSA, encodeDer(DER.bitString, Uint8Array.of(0), signature));
  return new X509Certificate(certificate).toString();
}

/** The first certificate of the text, as kubeseal takes it. Throws `InvalidKey`. */
export async function parseCertificatePem(pem: string): Promise<SealingCertificate> {
  const { spki, notBefore, notAfter } = readCertificate(pem);
  return { ...(await importRsaPublicKey(spki)), notBefore, notAfter };
}

function readCertificate(pem: string): { readonly spki: Bytes; readonly notBefore: Date; readonly notAfter: Date } {
  try {
    const { publicKey, validFromDate, validToDate } = new X509Certificate(pem);
    const spki = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }));
    return { spki, notBefore: validFromDate, notAfter: validToDate };
  } catch (cause) {
    const message = 'The text is not a certificate in PEM, or it is damaged; give the file as it was written.';
    throw new SealingError('InvalidKey', message, { cause });
  }
}

function randomSerial(): Bytes {
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  // Positive and of full length: the first byte is 0x40 to 0x7f.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return encodeDer(DER.integer, serial);
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5). */
function encodeTime(time: Date): Bytes {
  const digits = `${time.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
  const year = time.getUTCFullYear();
  if (year < 1950 || year > LAST_YEAR) {
    throw new SealingError(
      'InvalidKey',
      `A certificate cannot name the year ${year}; 1950 to ${LAST_YEAR} can be had.`,
    );
  }
  return year < UTC_TIME_END_YEAR
    ? encodeDer(DER.utcTime, encodeUtf8(digits.slice(2)))
    : encodeDer(DER.generalizedTime, encodeUtf8(digits));
}
