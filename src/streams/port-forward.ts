/**
 * One TCP connection to a port of a Pod, over the channels of `v4.channel.k8s.io`: channel 0 carries the bytes, channel 1
 * what went wrong; both begin with the number of the port.
 *
 * Each connection has its own WebSocket, which every API server and kubelet supports. Promises: bytes pass unchanged, a slow side slows
 * the other down, and the end of the Pod's side arrives after its last byte.
 * Not promised: that the Pod's side sees the end of the local side before it has responded, because the protocol cannot express it. After the
 * local side has ended, the connection stays open while bytes of the response arrive, and for `quietAfterEndMs` after the last one.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import { systemClock, type Access, type Clock } from '../kernel/index.ts';
import { openApiSocket } from './api-socket.ts';

const channels = { data: 0, error: 1 } as const;
const frameBytes = 32 * 1024;
const maxUnsentBytes = 256 * 1024;
/** When the local side ends, its program may have exited. Without a limit, the connection would then stay open forever. */
const quietAfterEndMs = 30_000;

export interface PortForwardRequest {
  readonly access: Access;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Copies both ways until one side has ended. Resolves with the error that the node reported, if any. Caller's duty: `local` has `allowHalfOpen`. */
export async function forwardConnection(local: Duplex, request: PortForwardRequest): Promise<string | undefined> {
  const { access, namespace, pod, port, clock = systemClock, signal } = request;
  const socket = await openApiSocket({
    access,
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/portforward`,
    query: new URLSearchParams({ ports: String(port) }),
    protocols: ['v4.channel.k8s.io'],
    clock,
    signal,
  });
  let problem = '';
  let cancelQuiet: (() => void) | undefined;
  const closeWhenQuiet = (): void => {
    cancelQuiet?.();
    cancelQuiet = clock.schedule(() => socket.close(1000), quietAfterEndMs);
  };
  const begun = new Set<number>();
  socket.on('message', (data: Buffer) => {
    const channel = data[0] ?? channels.error;
    const bytes = data.subarray(1);
    if (local.readableEnded) closeWhenQuiet();
    if (!begun.has(channel)) begun.add(channel);
    else if (channel === channels.error) problem += bytes.toString();
    else if (!local.write(bytes)) socket.pause();
  });
  local.on('drain', () => socket.resume());
  local.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += frameBytes) sendData(local, socket, chunk.subarray(at, at + frameBytes));
    if (socket.bufferedAmount > maxUnsentBytes) local.pause();
  });
  local.on('end', closeWhenQuiet);
  local.on('error', () => socket.terminate());
  local.on('close', () => socket.close(1000));
  if (local.destroyed) socket.terminate();
  const ended = socket.readyState === socket.CLOSED ? Promise.resolve() : once(socket, 'close');
  socket.resume();
  local.resume();
  await ended;
  cancelQuiet?.();
  if (problem !== '') local.destroy();
  else local.end();
  return problem === '' ? undefined : problem;
}

function sendData(local: Duplex, socket: WebSocket, bytes: Buffer): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(Buffer.concat([Buffer.from([channels.data]), bytes]), () => {
    if (socket.bufferedAmount < maxUnsentBytes && local.isPaused()) local.resume();
  });
}
