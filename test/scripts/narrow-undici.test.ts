import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build } from 'esbuild';
import { narrowUndici } from '../../scripts/build/narrow-undici.ts';
import { createAuthority, issue } from '../../tools/devcluster/pki/certificate.ts';
import { startConnectProxy } from '../support/connect-proxy.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';

const program = `
  import { text } from 'node:stream/consumers';
  import { undiciHttp } from './src/kernel/undici-http.ts';
  const { origin, ca, proxyUrl } = JSON.parse(process.argv[2]);
  const connections = undiciHttp({ origin, proxyUrl, tls: { ca }, maxConnections: 1, connectTimeoutMs: 10_000 });
  const path = '/api/v1/namespaces/ns/configmaps';
  const request = { path, method: 'GET', headers: {}, timeoutMs: 10_000 };
  const send = async (isStream) => {
    const { statusCode, body } = await connections.send({ ...request, isStream });
    await text(body);
    console.log(statusCode);
  };
  send(false)
    .then(() => send(true))
    .then(async () => console.log((await connections.ask(request, 1e6)).statusCode))
    .catch((error) => console.log(error.message))
    .finally(() => connections.destroy());
`;

let code: string;
let ca: string;
let server: FakeApiServer;
let proxy: Awaited<ReturnType<typeof startConnectProxy>>;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: process.cwd() },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    plugins: [narrowUndici],
  });
  code = outputFiles[0]?.text ?? '';
  const authority = await createAuthority('authority');
  ca = authority.certificatePem;
  const leaf = { commonName: 'api', usage: 'server', ipAddresses: ['127.0.0.1'] } as const;
  const { certificatePem: cert, keyPem: key } = await issue(authority, leaf);
  server = await FakeApiServer.start({ tls: { cert, key } });
  proxy = await startConnectProxy();
});
afterAll(async () => {
  proxy.close();
  await server.close();
});

it.each([
  ['directly', () => undefined, 0],
  ['through the proxy of a kubeconfig', () => proxy.url, 2],
])("the operator's part of undici sends requests and streams %s", async (_way, proxyUrl, tunnels) => {
  const before = proxy.connections();
  const target = JSON.stringify({ origin: server.url, ca, proxyUrl: proxyUrl() });
  const child = spawn(process.execPath, ['--input-type=commonjs', '-', target], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(code);
  expect(await text(child.stdout)).toBe('200\n200\n200\n');
  expect(proxy.connections() - before).toBe(tunnels);
});
