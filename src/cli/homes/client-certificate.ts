/**
 * A client certificate by which the API server knows somebody, made the way of Kubernetes: a signing request, approved by
 * the caller, signed by the cluster. The private key is made here and goes nowhere but into the result.
 *
 * Not promised: that it can be taken back. Kubernetes knows no revoked certificates; it is valid until its end.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { derOf, derSequence } from './der.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import { signingRequests } from '../connect/kinds.ts';
import { pause } from '../connect/pause.ts';

interface ClientCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const signLimitMs = 30_000;
const pollMs = 200;
const signerName = 'kubernetes.io/kube-apiserver-client';

export async function clientCertificate(
  connection: Connection,
  {
    user,
    groups,
    validSeconds,
  }: { readonly user: string; readonly groups: readonly string[]; readonly validSeconds: number },
): Promise<ClientCertificate> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const request = certificateRequestPem(user, groups, publicKey, privateKey);
  const name = `neuro-${randomBytes(6).toString('hex')}`;
  const { client } = connection;
  await client.create(signingRequests, {
    metadata: { name },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName,
      usages: ['client auth'],
      expirationSeconds: validSeconds,
    },
  });
  try {
    await approve(connection, name);
    const certificate = await signed(connection, name);
    return {
      certificatePem: Buffer.from(certificate, 'base64').toString(),
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  } finally {
    await client.delete(signingRequests, { name }).catch(() => false);
  }
}

async function approve({ client, requester }: Connection, name: string): Promise<void> {
  const now = await client.get(signingRequests, { name });
  const condition = { type: 'Approved', status: 'True', reason: 'ApprovedByNeuro', message: 'neuro admin add-user' };
  await requester.request({
    method: 'PUT',
    path: `/apis/certificates.k8s.io/v1/certificatesigningrequests/${name}/approval`,
    body: {
      ...now,
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      status: { conditions: [condition] },
    },
  });
}

async function signed({ client }: Connection, name: string): Promise<string> {
  for (let waitedMs = 0; waitedMs < signLimitMs; waitedMs += pollMs) {
    const { certificate, conditions = [] } = (await client.get(signingRequests, { name }))?.status ?? {};
    if (certificate !== undefined) return certificate;
    const refusal = conditions.find(({ type }) => type === 'Denied' || type === 'Failed');
    if (refusal !== undefined) {
      const { message = '', reason = 'it gives no reason' } = refusal;
      const why = (message === '' ? reason : message).replace(/\.$/, '');
      throw new CliError('notPermitted', `The cluster refused to sign the certificate: ${why}. No file was written.`);
    }
    await pause(pollMs);
  }
  throw new CliError(
    'timeout',
    `The cluster did not sign the certificate within ${signLimitMs / 1000} s; it may sign none. Leave out --save-kubeconfig.`,
  );
}

/** PKCS #10 (RFC 2986), signed with ECDSA and SHA-256. */
export function certificateRequestPem(
  user: string,
  groups: readonly string[],
  publicKey: KeyObject,
  privateKey: KeyObject,
): string {
  const name = derSequence(...groups.map((group) => attribute('55040a', group)), attribute('550403', user));
  const info = derSequence(
    derOf(0x02, Buffer.of(0)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    // No attributes.
    derOf(0xa0),
  );
  const ecdsaWithSha256 = derSequence(derOf(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const signature = sign('sha256', info, privateKey);
  const whole = derSequence(info, ecdsaWithSha256, derOf(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}

function attribute(oid: string, text: string): Buffer {
  return derOf(0x31, derSequence(derOf(0x06, Buffer.from(oid, 'hex')), derOf(0x0c, Buffer.from(text, 'utf8'))));
}
