import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';

/** In a process of its own, because the runtime reads the authorities of the machine once. */
const program = `
  const { Transport, nodeHttp, undiciHttp } = await import(process.argv[1]);
  for (const http of [nodeHttp, undiciHttp]) {
    const credentials = () => Promise.resolve({ headers: {}, tls: {} });
    const access = { server: process.argv[2], namespace: 'ns', clusterName: 'c', credentials };
    const transport = new Transport({ access, http, userAgent: 'test' });
    await transport.request({ method: 'GET', path: '/api/v1/namespaces/ns/configmaps' });
    await transport.close();
    console.log('answered');
  }
`;

test('without an authority in the kubeconfig, those that the machine trusts are trusted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-trust-'));
  const authority = await createAuthority('of the organization');
  const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
  const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
  const server = await FakeApiServer.start({ tls: { cert, key } });
  try {
    const bundle = join(folder, 'authorities.pem');
    writeFileSync(bundle, authority.certificatePem);
    const kernel = new URL('../../src/kernel/index.ts', import.meta.url).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, kernel, server.access().server],
      { env: { ...process.env, SSL_CERT_FILE: bundle } },
    );
    expect(stdout).toBe('answered\nanswered\n');
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});
