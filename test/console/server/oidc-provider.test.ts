/** What a provider of logins may answer, whatever it is. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OidcProvider } from '../../../src/console/server/login/oidc-provider.ts';
import { createAuthority, issue } from '../../../tools/devcluster/pki/certificate.ts';

let server: Server;
let issuer: string;
let provider: OidcProvider;
/** Spaces after the metadata. */
let padding = 0;

beforeAll(async () => {
  const authority = await createAuthority('authority');
  const leaf = { commonName: 'provider', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
  const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
  server = createServer({ cert, key }, (_request, response) => {
    const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(gzipSync(`${JSON.stringify(metadata)}${' '.repeat(padding)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const options = { issuer, clientId: 'console', scopes: 'openid', redirectUri: 'https://console.test/callback' };
  provider = new OidcProvider({ ...options, ca: authority.certificatePem });
});
afterAll(async () => {
  await provider.close();
  server.close();
});

test('an answer of more than one mebibyte is refused, however small it is on the wire, and the next one is asked for', async () => {
  padding = 1024 * 1024;
  await expect(provider.begin()).rejects.toMatchObject({ code: 'ProviderUnreachable' });
  padding = 1_000;
  expect((await provider.begin()).url.href).toContain(`${issuer}/authorize?`);
});
