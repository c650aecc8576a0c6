import { describe, expect, it } from 'vitest';
import { X509Certificate, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import {
  createAuthority,
  createSigningRequest,
  createTokenKeys,
  issue,
  readAuthority,
} from '../../../tools/devcluster/pki/certificate.ts';

describe('certificates of a cluster', () => {
  it('are signed by their authority, and by no other', async () => {
    const [authority, other] = await Promise.all([createAuthority('ca'), createAuthority('other')]);
    const { certificatePem, keyPem } = await issue(authority, { commonName: 'alice', usage: 'client' });
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(other.certificatePem).publicKey)).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  });

  it('name a user and all groups, whatever characters these have', async () => {
    const groups = ['dev', 'team, with comma', 'ops=1'];
    const authority = await createAuthority('ca');
    const { certificatePem } = await issue(authority, {
      commonName: 'system:node:x',
      organizations: groups,
      usage: 'client',
    });
    const subject = new X509Certificate(certificatePem).toLegacyObject().subject as unknown as {
      CN: string;
      O: string[];
    };
    expect(subject.CN).toBe('system:node:x');
    expect([...subject.O].sort()).toEqual([...groups].sort());
  });

  it('of a server hold its names and addresses and are for servers alone', async () => {
    const authority = await createAuthority('ca');
    const request = { commonName: 's', usage: 'server' as const, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
    const certificate = new X509Certificate((await issue(authority, request)).certificatePem);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.ca).toBe(false);
  });

  it('can be issued by an authority that was read back', async () => {
    const made = await createAuthority('ca');
    const read = await readAuthority(made.certificatePem, made.keyPem);
    const { certificatePem } = await issue(read, { commonName: 'bob', usage: 'client' });
    const authority = new X509Certificate(made.certificatePem);
    expect(new X509Certificate(certificatePem).verify(authority.publicKey)).toBe(true);
    expect(authority.ca).toBe(true);
  });

  it('are valid now, with a margin for clocks that are behind', async () => {
    const { certificatePem } = await createAuthority('ca');
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now() - 60_000);
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 60_000);
  });

  it('have a pair of token keys that fit each other', async () => {
    const { privatePem, publicPem } = await createTokenKeys();
    const signature = sign('sha256', Buffer.from('token'), createPrivateKey(privatePem));
    expect(verify('sha256', Buffer.from('token'), createPublicKey(publicPem), signature)).toBe(true);
  });

  it('can be asked for by a signing request', async () => {
    const { requestPem, keyPem } = await createSigningRequest('alice', ['dev']);
    expect(requestPem).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
    expect(createPrivateKey(keyPem).asymmetricKeyType).toBe('ec');
  });
});
