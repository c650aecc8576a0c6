/** Certificates and a key as TLS takes them. */
import type { SecureContext } from 'node:tls';
import type { TlsMaterial } from './credentials.ts';

// As in node-http.ts: an import would read every name that the module exports.
const tls = process.getBuiltinModule('node:tls');

/** Which of the certificates and keys. */
export type CredentialPart = 'ca' | 'cert' | 'key';

/** One of them cannot be used. `code` is that of OpenSSL, or `missing` where the other half of the pair is there. */
class CredentialPartError extends Error {
  override readonly name = 'CredentialPartError';
  readonly part: CredentialPart;
  readonly code: string;

  constructor(part: CredentialPart, code: string, message: string, options?: ErrorOptions) {
    super(`${names[part]} ${message}`, options);
    this.part = part;
    this.code = code;
  }
}

const names = { ca: 'the certificate authority', cert: 'the client certificate', key: 'the client key' } as const;

/**
 * One context for all connections of a client: a context for each would take 30 KB and read the certificates again. Throws where a certificate and its
 * key do not match, as between the two writes of a rotation, or where one is damaged: then no connection could be opened with them.
 */
export function secureContextOf(material: TlsMaterial): SecureContext {
  const { ca, cert, rejectUnauthorized } = material;
  // A key alone proves nothing: kubectl passes over it, too.
  const key = cert === undefined ? undefined : material.key;
  refuseSilentFaults({ ca, cert, key });
  const isTrusted = ca !== undefined || rejectUnauthorized === false;
  try {
    return tls.createSecureContext({ ca: isTrusted ? ca : authoritiesOfMachine(), cert, key });
  } catch (cause) {
    throw partFault({ cert, key }) ?? cause;
  }
}

/**
 * Refuses what the runtime accepts in silence: with a certificate without its key it connects as nobody, and with an authority that is not in the
 * PEM format it trusts the usual ones.
 */
function refuseSilentFaults({ ca, cert, key }: Readonly<Record<CredentialPart, string | undefined>>): void {
  if (ca?.includes(begin) === false) throw new CredentialPartError('ca', noStart, 'is not in the PEM format');
  if (cert?.includes(begin) === false) throw new CredentialPartError('cert', noStart, 'is not in the PEM format');
  if (key?.includes(begin) === false) throw new CredentialPartError('key', noStart, 'is not in the PEM format');
  if (key === undefined && cert !== undefined) throw new CredentialPartError('key', 'missing', 'is missing');
}

const begin = '-----BEGIN ';
const noStart = 'ERR_OSSL_PEM_NO_START_LINE';

/** Finds the certificate or key that cannot be read. Undefined where each can, so only the pair is wrong. */
function partFault(pair: Readonly<Record<'cert' | 'key', string | undefined>>): CredentialPartError | undefined {
  for (const part of ['cert', 'key'] as const) {
    try {
      tls.createSecureContext({ [part]: pair[part] });
    } catch (cause) {
      const { code = '', message } = cause as Error & { readonly code?: string };
      return new CredentialPartError(part, code, `cannot be read (${message})`, { cause });
    }
  }
  return undefined;
}

/**
 * The authorities that the machine trusts, which may include an organization's own, and those that the runtime brings along. Reading them takes
 * some 40 ms, so it is done only for a kubeconfig that names no authority, which is rare.
 */
function authoritiesOfMachine(): string[] {
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}
