/** What tests of streams put between, and read at, both ends. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
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
