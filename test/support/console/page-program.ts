/**
 * A page as a job serves one, without a dependency, so that an image needs only Node (which takes the types off): says what arrived, streams, sets cookies, and echoes
 * the text messages of WebSockets. Listens on PORT, and prints it.
 */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const seen: Seen[] = [];

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method = '', url = '/', rawHeaders } = request;
    const what = { method, url, rawHeaders, body: Buffer.concat(chunks).toString('latin1') };
    seen.push(what);
    answer(url, what, response);
  });
});

function answer(url: string, what: Seen, response: ServerResponse): void {
  const path = url.split('?', 1)[0];
  if (path === '/seen') {
    json(response, seen);
    return;
  }
  // It never answers.
  if (path === '/silent') return;
  if (path === '/drip') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const timer = setInterval(() => response.write('drip\n'), 50);
    response.on('close', () => clearInterval(timer));
    return;
  }
  if (path === '/bytes') {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(Buffer.alloc(5_000_000, 'neuro'));
    return;
  }
  if (path === '/raw') {
    // Whatever is asked for, on the wire.
    response.socket?.end(Buffer.from(new URL(url, 'http://x').searchParams.get('text') ?? '', 'latin1'));
    return;
  }
  if (path === '/cookies') {
    const cookies = [
      'app=1; Path=/',
      'wide=1; Domain=localhost; Path=/',
      'neuro-opened-0=stolen',
      '__Host-neuro-opened-0=x',
    ];
    response.writeHead(200, { 'set-cookie': cookies, 'clear-site-data': '"cookies"', 'alt-svc': 'h2=":1"' });
    response.end('set');
    return;
  }
  if (path === '/') {
    response.writeHead(200, { 'content-type': 'text/html' });
    return void response.end(
      '<!doctype html><html lang="en"><title>page of the job</title><h1>Hello from the job</h1></html>',
    );
  }
  json(response, what);
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

server.on('upgrade', (request, socket) => {
  seen.push({ method: 'UPGRADE', url: request.url ?? '', rawHeaders: request.rawHeaders, body: '' });
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}${guid}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => socket.destroy());
  let waiting = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (let frame = read(waiting); frame !== undefined; frame = read(waiting)) {
      waiting = waiting.subarray(frame.size);
      if (frame.opcode === 8) {
        socket.end();
        return;
      }
      if (frame.opcode === 1) socket.write(text(`echo ${frame.payload}`));
    }
  });
});

/** Short frames of a browser, which masks them. */
function read(bytes: Buffer): { readonly opcode: number; readonly payload: string; readonly size: number } | undefined {
  if (bytes.length < 6) return undefined;
  const length = (bytes[1] ?? 0) & 127;
  if (length > 125) throw new Error('only short messages');
  if (bytes.length < 6 + length) return undefined;
  const mask = bytes.subarray(2, 6);
  const payload = bytes.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: (bytes[0] ?? 0) & 15, payload: Buffer.from(payload).toString(), size: 6 + length };
}

function text(message: string): Buffer {
  const payload = Buffer.from(message);
  return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
}

/** Soon, so that tests see what becomes of connections that the job has closed. */
server.keepAliveTimeout = 1_000;
server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'], () =>
  console.log((server.address() as AddressInfo).port),
);
