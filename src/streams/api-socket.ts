/**
 * A WebSocket to the API server with the user's own credentials (client certificate, token, exec plug-in), through the
 * proxy of the kubeconfig or of the environment where there is one.
 *
 * Promises: the socket is open when the promise resolves, or the promise rejects within `openLimitMs`; a refusal is a `KernelError` with the message
 * of the server; a connection that is silent for `silenceMs` is ended, even if neither side closed it.
 */
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { defined } from '../defined.ts';
import {
  KernelError,
  maxHeaderBytes,
  secureContextOf,
  serverAddress,
  statusError,
  systemClock,
  withTimeLimit,
  type Access,
  type Clock,
  type Credentials,
} from '../kernel/index.ts';
import { connectThroughProxy } from './through-proxy.ts';

/** The time to connect, through a proxy or not, and to receive the response of the API server. */
export const openLimitMs = 30_000;
/** Load balancers forget connections that say nothing, often after a minute. */
const pingEveryMs = 5_000;
/** Twelve pings without an answer. */
const silenceMs = 60_000;
/** The part of a refusal that is read. */
const maxRefusalBytes = 64 * 1024;

export interface SocketRequest {
  readonly access: Access;
  /** Begins with `/api`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Protocols in the order of preference; the server chooses one. */
  readonly protocols: readonly string[];
  readonly userAgent?: string;
  readonly clock?: Clock;
  readonly signal?: AbortSignal | undefined;
}

export async function openApiSocket(request: SocketRequest): Promise<WebSocket> {
  const { access, clock = systemClock, signal } = request;
  signal?.throwIfAborted();
  const credentials = await credentialsOf(access);
  // A plug-in for credentials takes seconds.
  signal?.throwIfAborted();
  const limit = { limitMs: openLimitMs, clock, ...defined({ signal }) };
  const socket = await withTimeLimit(limit, (limited) => connected(request, credentials, limited));
  keepAlive(socket, clock);
  return socket;
}

/** `signal` ends the socket, both while it opens and later. */
async function connected(
  request: SocketRequest,
  { tls, headers }: Credentials,
  signal: AbortSignal,
): Promise<WebSocket> {
  const { access, protocols, userAgent = 'neuro' } = request;
  const secure = access.server.startsWith('https:') ? { ...tls, secureContext: secureContextOf(tls) } : undefined;
  const behindProxy = { tls: secure, signal };
  const socket = new WebSocket(addressOf(request), [...protocols], {
    ...secure,
    headers: { ...headers, 'user-agent': userAgent },
    perMessageDeflate: false,
    followRedirects: false,
    maxHeaderSize: maxHeaderBytes,
    ...(access.proxyUrl === undefined
      ? {}
      : { createConnection: connectThroughProxy(access.proxyUrl, behindProxy) as never }),
  });
  // No message is lost before the caller has added its listeners.
  socket.once('open', () => socket.pause());
  const abort = (): void => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
  await opened(socket, request, signal);
  return socket;
}

async function credentialsOf(access: Access): Promise<Credentials> {
  try {
    return await access.credentials();
  } catch (cause) {
    throw new KernelError('Unauthorized', `getting credentials for ${serverAddress(access)} failed`, { cause });
  }
}

function addressOf({ access, path, query }: SocketRequest): string {
  return `${serverAddress(access).replace(/^http/, 'ws')}${path}?${query.toString()}`;
}

function opened(socket: WebSocket, request: SocketRequest, signal: AbortSignal): Promise<void> {
  const { path } = request;
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.removeAllListeners('error');
      // A later error also closes the socket, and the caller handles that.
      socket.on('error', () => undefined);
      resolve();
    });
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      void refusalOf(response, path).then((error) => {
        socket.terminate();
        reject(error);
      });
    });
    socket.on('error', (cause: Error & { readonly code?: string }) => {
      const { code, message } = cause;
      const failure = (): KernelError =>
        new KernelError('Network', `GET ${path}: no stream from the API server (${code ?? message})`, { cause });
      if (request.signal?.aborted === true) reject(request.signal.reason as Error);
      else reject(signal.aborted ? tooLate(request, cause) : failure());
    });
  });
}

function tooLate({ access, path }: SocketRequest, cause: Error): KernelError {
  const proxy = access.proxyUrl === undefined ? '' : ` through the proxy ${new URL(access.proxyUrl).host}`;
  const waited = `within ${String(openLimitMs / 1000)} s`;
  return new KernelError('Timeout', `GET ${path}: no stream from ${serverAddress(access)}${proxy} ${waited}`, {
    cause,
  });
}

async function refusalOf(response: IncomingMessage, path: string): Promise<KernelError> {
  let text = '';
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      text += chunk.toString();
      if (text.length > maxRefusalBytes) break;
    }
  } catch {
    // The status says enough.
  }
  return statusError(asStatus(text), response.statusCode ?? 0, { method: 'GET', path });
}

function asStatus(text: string): { readonly message?: string } {
  try {
    return (JSON.parse(text) as { readonly message?: string } | null) ?? {};
  } catch {
    // The kubelet answers in plain text.
    return { message: text.trim() };
  }
}

function keepAlive(socket: WebSocket, clock: Clock): void {
  let heardAtMs = clock.steadyNow();
  const heard = (): void => void (heardAtMs = clock.steadyNow());
  socket.on('message', heard).on('pong', heard).on('ping', heard);
  const look = (): void => {
    // While it is paused nothing can be heard.
    if (socket.isPaused) heard();
    else if (clock.steadyNow() - heardAtMs > silenceMs) socket.terminate();
    else socket.ping();
    cancel = clock.schedule(look, pingEveryMs);
  };
  let cancel = clock.schedule(look, pingEveryMs);
  socket.once('close', () => cancel());
}
