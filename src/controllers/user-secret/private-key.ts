/**
 * The private key of a certificate pair. Anyone who can create a UserSecret can write one, so a kind is known before a library looks at the
 * key: of a DSA or DH key it computes the public half, which for a large prime holds up everybody for minutes.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';

const labels: Readonly<Record<string, 'pkcs1' | 'sec1' | 'pkcs8'>> = {
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
  'PRIVATE KEY': 'pkcs8',
};
const TAG = { integer: 0x02, octetString: 0x04, sequence: 0x30 } as const;
/** The element after the version: modulus, scalar or algorithm. It tells the forms apart, because libraries accept each form under any of the names. */
const second = { pkcs1: TAG.integer, sec1: TAG.octetString, pkcs8: TAG.sequence } as const;
/** The algorithms of keys for TLS, as DER object identifiers: RSA, RSASSA-PSS, EC, Ed25519, Ed448. */
const algorithms = [
  '06092a864886f70d010101',
  '06092a864886f70d01010a',
  '06072a8648ce3d0201',
  '06032b6570',
  '06032b6571',
];
const BLOCK = /^-----BEGIN ([A-Z0-9 ]+)-----\n([A-Za-z0-9+/\n]*)={0,2}\n?-----END \1-----\s*$/;
const longestLength = 4;
/** Characters: one of RSA-16384 has 12,700. What a library does with one of hundreds of KiB takes part of a second. */
const longestKey = 16 * 1024;

/** Throws where the text is no key that a TLS server takes. */
export function readTlsKey(pem: string): KeyObject {
  if (pem.length > longestKey) throw new TypeError('a private key of this length is not known');
  const [, label = '', body = ''] = BLOCK.exec(pem) ?? [];
  const type = labels[label];
  if (type === undefined) throw new TypeError('this kind of private key is not known');
  const key = Buffer.from(body, 'base64');
  if (!isOfTls(key, type)) throw new TypeError('no TLS server takes a key of this algorithm');
  return createPrivateKey({ key, format: 'der', type });
}

/** A sequence of a version and, in PrivateKeyInfo (RFC 5208), the algorithm, which begins with its identifier. */
function isOfTls(key: Buffer, type: keyof typeof second): boolean {
  const all = contentOf(key, 0, TAG.sequence);
  const version = all === undefined ? undefined : contentOf(key, all.start, TAG.integer);
  const next = version === undefined ? undefined : contentOf(key, version.end, second[type]);
  if (next === undefined || type !== 'pkcs8') return next !== undefined;
  const rest = key.subarray(next.start);
  return algorithms.some((known) => rest.subarray(0, known.length / 2).toString('hex') === known);
}

/** Where the content of the element at that place begins and ends. */
function contentOf(der: Buffer, at: number, tag: number): { readonly start: number; readonly end: number } | undefined {
  const first = der[at + 1];
  if (der[at] !== tag || first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const bytes = first & 0x7f;
  if (bytes === 0 || bytes > longestLength || at + 2 + bytes > der.length) return undefined;
  const start = at + 2 + bytes;
  return { start, end: start + der.readUIntBE(at + 2, bytes) };
}
