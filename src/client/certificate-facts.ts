/**
 * What a certificate says, and whether a private key is its own. Pure; reads no more of X.509 (RFC 5280) than that.
 *
 * Not promised: that anybody should trust it, or that it is signed properly. A text that is no certificate has no facts.
 */
import type { TlsParts } from '../api/index.ts';

export interface CertificateFacts {
  /** The names that the certificate is for, each once; if it lists none, its common name. */
  readonly names: readonly string[];
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

const tag = {
  bitString: 0x03,
  octetString: 0x04,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
};
/** Kinds of a GeneralName. */
const generalName = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 };
const oid = { commonName: '550403', organization: '55040a', subjectAltName: '551d11', rsa: '2a864886f70d010101' };
/** Names in a certificate; a page has no room for more. */
const mostNames = 50;

/** Reads the first certificate of the text. */
export function certificateFacts(pem: string): CertificateFacts | undefined {
  const certificate = derOf(pem, /CERTIFICATE/);
  if (certificate === undefined) return undefined;
  try {
    const { issuer, validity, subject, extensions } = readCertificate(certificate);
    const [notBefore, notAfter] = children(validity).map(timeOf);
    if (notBefore === undefined || notAfter === undefined) return undefined;
    const names = alternativeNames(extensions);
    return {
      names: [...new Set(names.length === 0 ? [nameOf(subject)] : names)]
        .filter((name) => name !== '')
        .slice(0, mostNames),
      issuer: nameOf(issuer),
      notBefore,
      notAfter,
    };
  } catch (error) {
    throwUnlessDamaged(error);
    return undefined;
  }
}

/** Whether the private key is the one of the certificate; undefined where it does not tell, as with Ed25519. */
export function isKeyOfCertificate(parts: TlsParts): boolean | undefined {
  const certificate = derOf(parts['tls.crt'] ?? '', /CERTIFICATE/);
  const key = derOf(parts['tls.key'] ?? '', /PRIVATE KEY/);
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const [algorithm, bits] = children(readCertificate(certificate).publicKey);
    const point = required(bits).content.subarray(1);
    if (hex(required(children(required(algorithm))[0]).content) !== oid.rsa) return hasPoint(key, point);
    const modulus = required(children(required(elementsIn(point)[0]))[0]).content;
    return indexOf(key, modulus) !== -1;
  } catch (error) {
    throwUnlessDamaged(error);
    return undefined;
  }
}

/** A key on a curve may have its public point beside it (RFC 5915). */
function hasPoint(key: Uint8Array, point: Uint8Array): boolean | undefined {
  if (point[0] !== 0x04) return undefined;
  if (indexOf(key, point) !== -1) return true;
  const { length } = point;
  const head = length + 1 < 0x80 ? [tag.bitString, length + 1, 0, 0x04] : [tag.bitString, 0x81, length + 1, 0, 0x04];
  return indexOf(key, Uint8Array.from(head)) === -1 ? undefined : false;
}

interface Certificate {
  readonly issuer: Element;
  readonly validity: Element;
  readonly subject: Element;
  readonly publicKey: Element;
  readonly extensions: Element | undefined;
}

function readCertificate(der: Uint8Array): Certificate {
  const fields = children(required(children(required(elementsIn(der)[0]))[0]));
  const [, , issuer, validity, subject, publicKey, ...more] =
    fields[0]?.tag === tag.context0 ? fields.slice(1) : fields;
  return {
    issuer: required(issuer),
    validity: required(validity),
    subject: required(subject),
    publicKey: required(publicKey),
    extensions: more.find((element) => element.tag === tag.context3),
  };
}

function alternativeNames(extensions: Element | undefined): readonly string[] {
  const list = extensions === undefined ? [] : children(required(children(extensions)[0]));
  const found = list.map(children).find(([id]) => id !== undefined && hex(id.content) === oid.subjectAltName);
  const value = found?.find((element) => element.tag === tag.octetString);
  if (value === undefined) return [];
  return children(required(elementsIn(value.content)[0])).flatMap(({ tag: kind, content }) => {
    if (kind === generalName.ip) return [addressOf(content)];
    const isText = kind === generalName.dns || kind === generalName.email || kind === generalName.uri;
    return isText ? [textOf(content)] : [];
  });
}

/** The common name, else the organization. */
function nameOf(name: Element): string {
  const attributes = children(name).flatMap(children).map(children);
  const valueOf = (wanted: string): string | undefined => {
    const value = attributes.find(([id]) => id !== undefined && hex(id.content) === wanted)?.[1];
    return value === undefined ? undefined : textOf(value.content);
  };
  return valueOf(oid.commonName) ?? valueOf(oid.organization) ?? '';
}

function timeOf({ tag: kind, content }: Element): Date | undefined {
  const digits = textOf(content).replace(/Z$/, '');
  const short = kind === tag.utcTime;
  // UTCTime has two digits of the year (RFC 5280, 4.1.2.5.1).
  const full = short ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(full) ?? [];
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function addressOf(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: bytes.length / 2 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return groups.join(':');
}

function derOf(pem: string, label: RegExp): Uint8Array | undefined {
  for (const [, found = '', body = ''] of pem.matchAll(
    /-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END/g,
  )) {
    if (!label.test(found)) continue;
    try {
      return Uint8Array.from(atob(body.replace(/\s/g, '')), (character) => character.charCodeAt(0));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function children({ content }: Element): readonly Element[] {
  return elementsIn(content);
}

/** Elements with definite lengths (ITU-T X.690), one after the other. */
function elementsIn(bytes: Uint8Array): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at + 1] ?? 0;
    const digits = first < 0x80 ? 0 : first & 0x7f;
    let length = first < 0x80 ? first : 0;
    for (let digit = 0; digit < digits; digit += 1) length = length * 256 + (bytes[at + 2 + digit] ?? 0);
    const start = at + 2 + digits;
    if (start + length > bytes.length) throw new RangeError('an element ends after its text');
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/** `elementsIn` and `required` throw a `RangeError` for a damaged text. Any other error is a defect. */
function throwUnlessDamaged(error: unknown): void {
  if (!(error instanceof RangeError)) throw error;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('an element is missing');
  return value;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const last = bytes.length - wanted.length;
  for (let at = 0; at <= last; at += 1) if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  return -1;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
