/** Certificate pairs for tests, as cert-manager makes them: the leaf, its key, and the authority. */
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';

export interface TestPair {
  readonly 'tls.crt': string;
  readonly 'tls.key': string;
  readonly 'ca.crt': string;
}

const authority = await createAuthority('test authority');

export async function newPair(host = 'web.example.com'): Promise<TestPair> {
  const { certificatePem, keyPem } = await issue(authority, { commonName: host, usage: 'server', dnsNames: [host] });
  return { 'tls.crt': certificatePem, 'tls.key': keyPem, 'ca.crt': authority.certificatePem };
}

export function pairData(pair: Partial<TestPair>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(pair).map(([name, text]) => [name, Buffer.from(text).toString('base64')]));
}
