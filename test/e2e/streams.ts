/** What tests of streams put between, and read at, both ends. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { DevCluster } from '../../tools/devcluster/index.ts';
import { freePorts } from '../../tools/devcluster/state/free-ports.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** Alice's way to the API server, through a proxy that a test can cut; her kubeconfig is kept in that folder. */
export async function throughProxy(
  cluster: DevCluster,
  folder: string,
): Promise<{ readonly proxy: TcpProxy; readonly kubeconfig: string }> {
  // One that nothing else takes while it is closed.
  const [port = 0] = await freePorts(1);
  const proxy = await TcpProxy.start(serverOf(cluster), port);
  const kubeconfig = kubeconfigWith(cluster, folder, (text) =>
    text.replace(/server: .*/, `server: https://127.0.0.1:${String(proxy.port)}`),
  );
  return { proxy, kubeconfig };
}

export function serverOf(cluster: DevCluster): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(cluster.server);
  return { host: hostname, port: Number(port) };
}

export function kubeconfigWith(cluster: DevCluster, folder: string, change: (text: string) => string): string {
  const path = join(folder, `kubeconfig-${randomBytes(4).toString('hex')}`);
  writeFileSync(path, change(readFileSync(cluster.kubeconfigPath('alice'), 'utf8')), { mode: 0o600 });
  return path;
}

/** An HTTP proxy that knows CONNECT and nothing else. */
export async function startConnectProxy(): Promise<{ readonly url: string; connections(): number; close(): void }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer();
  server.on('connect', (asked, incoming: Socket) => {
    connections += 1;
    const [host = '', port = ''] = (asked.url ?? '').split(':');
    const outgoing = connect(Number(port), host, () => {
      incoming.write('HTTP/1.1 200 OK\r\n\r\n');
      incoming.pipe(outgoing).pipe(incoming);
    });
    for (const socket of [incoming, outgoing]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    connections: () => connections,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The big file of a server at that port. */
export function fetched(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    httpRequest({ host: '127.0.0.1', port, path: '/big', agent: false }, (answer) => {
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks))).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** So many bytes of it. */
export function received(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= length) resolve(Buffer.concat(chunks));
    });
  });
}

export function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
