/** Certificates and a key as TLS takes them. */
import type { SecureContext } from 'node:tls';
import type { TlsMaterial } from './credentials.ts';

// As in node-http.ts: an import would read every name that the module exports.
const tls = process.getBuiltinModule('node:tls');

/**
 * One for all connections of a client: each of its own takes 30 KB, and reads the certificates again. Throws where a certificate and its
 * key do not match, as between the two writes of a rotation, or where one is damaged: then no connection could be opened with them.
 */
export function secureContextOf({ ca, cert, key, rejectUnauthorized }: TlsMaterial): SecureContext {
  const isTrusted = ca !== undefined || rejectUnauthorized === false;
  return tls.createSecureContext({ ca: isTrusted ? ca : authoritiesOfMachine(), cert, key });
}

/**
 * Those that the machine trusts, which may be an organization's own, beside those that the runtime brings along. Reading them takes some
 * 40 ms, and a kubeconfig nearly always names an authority.
 */
function authoritiesOfMachine(): string[] {
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}
