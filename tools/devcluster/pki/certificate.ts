/**
 * Certificates for a cluster of one machine and one life, made in this process. Not for anything that others trust.
 *
 * Keys are ECDSA P-256, which is quick to make and to sign with. Those of authorities are RSA, which is quick to check: the API server checks the
 * signature of a client's certificate at each request.
 */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const AUTHORITY_ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
};
/** A cluster lives for hours; the margin is for one that is forgotten. */
const VALID_MS = 365 * 24 * 3_600_000;
/** Containers and laptops wake with clocks that are behind. */
const CLOCK_SKEW_MS = 3_600_000;

interface KeyAndCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface CertificateAuthority extends KeyAndCertificate {
  readonly keys: CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

export interface LeafRequest {
  readonly commonName: string;
  /** `O` of the subject: the groups of a client. */
  readonly organizations?: readonly string[];
  readonly usage: 'client' | 'server';
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

export async function createAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await crypto.subtle.generateKey(AUTHORITY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: subject({ commonName }),
    ...validity(),
    keys,
    signingAlgorithm: AUTHORITY_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { keys, certificate, certificatePem: pem(certificate), keyPem: await privateKeyPem(keys) };
}

/** Reads back what `createAuthority` made. */
export async function readAuthority(certificatePem: string, keyPem: string): Promise<CertificateAuthority> {
  const certificate = new x509.X509Certificate(certificatePem);
  const der = x509.PemConverter.decodeFirst(keyPem);
  const privateKey = await crypto.subtle.importKey('pkcs8', der, AUTHORITY_ALGORITHM, true, ['sign']);
  const publicKey = await certificate.publicKey.export(AUTHORITY_ALGORITHM, ['verify']);
  return { keys: { privateKey, publicKey }, certificate, certificatePem, keyPem };
}

export async function issue(authority: CertificateAuthority, request: LeafRequest): Promise<KeyAndCertificate> {
  const keys = await generateKeys();
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([
      x509.ExtendedKeyUsage[request.usage === 'client' ? 'clientAuth' : 'serverAuth'],
    ]),
    await x509.AuthorityKeyIdentifierExtension.create(authority.certificate, false),
  ];
  const names: x509.JsonGeneralNames = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subject(request),
    issuer: authority.certificate.subjectName,
    ...validity(),
    signingKey: authority.keys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: AUTHORITY_ALGORITHM,
    extensions,
  });
  return { certificatePem: pem(certificate), keyPem: await privateKeyPem(keys) };
}

/** A request that an API server signs by its `certificates.k8s.io`. Returns the PEM of the request and of its key. */
export async function createSigningRequest(
  commonName: string,
  organizations: readonly string[],
): Promise<{ requestPem: string; keyPem: string }> {
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject({ commonName, organizations }),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return { requestPem: `${request.toString('pem')}\n`, keyPem: await privateKeyPem(keys) };
}

/** A key pair with which service-account tokens are signed and checked. */
export async function createTokenKeys(): Promise<{ privatePem: string; publicPem: string }> {
  const keys = await generateKeys();
  const spki = await crypto.subtle.exportKey('spki', keys.publicKey);
  return {
    privatePem: await privateKeyPem(keys),
    publicPem: `${x509.PemConverter.encode(spki, x509.PemConverter.PublicKeyTag)}\n`,
  };
}

function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function privateKeyPem(keys: CryptoKeyPair): Promise<string> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n`;
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** As attributes, not as a text that would need quoting. */
function subject(names: { commonName: string; organizations?: readonly string[] }): x509.Name {
  const organizations = (names.organizations ?? []).map((group) => ({ O: [{ utf8String: group }] }));
  return new x509.Name([...organizations, { CN: [{ utf8String: names.commonName }] }]);
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - CLOCK_SKEW_MS), notAfter: new Date(now + VALID_MS) };
}

function serialNumber(): string {
  const bytes = randomBytes(16);
  // The first bit is the sign; a serial number is positive.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
