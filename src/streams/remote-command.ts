/**
 * `exec` and `attach`: the standard streams of a container, over Kubernetes' `v5.channel.k8s.io` (or `v4`, of servers
 * before 1.30).
 *
 * A message begins with the number of its channel: 0 standard input, 1 output, 2 error, 3 the end as a Status, 4 the size
 * of the terminal, and in v5 255 for the end of another channel.
 *
 * Promises: bytes pass as they are and in order; a slow reader slows the container down, and nothing piles up here; `run`
 * resolves when the last byte was taken. A connection that is cut rejects with a `KernelError` of code `Network`.
 * Not promised: that standard input ends over v4, which cannot say so.
 */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type WebSocket from 'ws';
import { KernelError, type Access } from '../kernel/index.ts';
import { openApiSocket } from './api-socket.ts';
import { commandEnd, type CommandEnd } from './command-end.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, end: 3, size: 4, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
/** The size that kubectl sends. Servers limit the size of a message. */
const frameBytes = 32 * 1024;
/** Standard input is paused while more bytes than this wait to be sent. */
const maxUnsentBytes = 256 * 1024;

export interface RemoteCommandRequest {
  readonly access: Access;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Absent: attach to what runs already. */
  readonly command?: readonly string[];
  readonly stdin: boolean;
  /** False: nobody wants the output (attach to standard input alone). */
  readonly output?: boolean;
  /** One terminal for all: the container's standard error comes with its output. */
  readonly tty: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface CommandStreams {
  readonly stdin?: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Called with the number of bytes of standard input that were sent since the last call. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface RemoteCommand {
  resize(size: TerminalSize): void;
  /** Copies until the command, or the container, has ended. Once. */
  run(streams: CommandStreams): Promise<CommandEnd>;
  /** Disconnects. The command continues if the container runtime allows that. */
  close(): void;
}

export async function openRemoteCommand(request: RemoteCommandRequest): Promise<RemoteCommand> {
  const { access, signal, command, tty, stdin, output = true } = request;
  const query = new URLSearchParams({ container: request.container });
  for (const word of command ?? []) query.append('command', word);
  if (stdin) query.set('stdin', 'true');
  if (output) query.set('stdout', 'true');
  // A terminal has one output.
  if (output && !tty) query.set('stderr', 'true');
  if (tty) query.set('tty', 'true');
  const verb = command === undefined ? 'attach' : 'exec';
  const path = `/api/v1/namespaces/${request.namespace}/pods/${request.pod}/${verb}`;
  const socket = await openApiSocket({ access, path, query, protocols, signal });
  return {
    resize: ({ columns, rows }) => send(socket, channels.size, JSON.stringify({ Width: columns, Height: rows })),
    run: (streams) => run(socket, streams, `GET ${path}`, signal),
    close: () => socket.close(1000),
  };
}

async function run(
  socket: WebSocket,
  streams: CommandStreams,
  what: string,
  signal: AbortSignal | undefined,
): Promise<CommandEnd> {
  let end: CommandEnd | undefined;
  const outputs = new Map<number | undefined, Writable>([
    [channels.stdout, streams.stdout],
    [channels.stderr, streams.stderr],
  ]);
  socket.on('message', (data: Buffer) => {
    const channel = data[0];
    const bytes = data.subarray(1);
    if (channel === channels.end) end = commandEnd(bytes.toString());
    else if (bytes.length > 0) writeSlowly(socket, outputs.get(channel), bytes);
  });
  const stopReading = streams.stdin === undefined ? undefined : copyInput(streams.stdin, socket, streams.onSent);
  try {
    const ended = socket.readyState === socket.CLOSED ? Promise.resolve() : once(socket, 'close');
    socket.resume();
    await ended;
  } finally {
    stopReading?.();
  }
  await Promise.all([...new Set(outputs.values())].map(drained));
  if (end !== undefined) return end;
  signal?.throwIfAborted();
  throw new KernelError('Network', `${what}: the connection was cut before the end`);
}

function writeSlowly(socket: WebSocket, output: Writable | undefined, bytes: Buffer): void {
  if (output === undefined || output.write(bytes) || socket.isPaused) return;
  socket.pause();
  const resume = (): void => {
    output.off('drain', resume).off('close', resume);
    socket.resume();
  };
  output.on('drain', resume).on('close', resume);
}

/** Resolves when the output has taken everything, or is closed: then it takes nothing any more. */
async function drained(output: Writable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    while (output.writableNeedDrain && !output.destroyed)
      await Promise.race([once(output, 'drain', { signal }), once(output, 'close', { signal })]);
  } finally {
    over.abort();
  }
}

/** Copies the input until the returned function is called, which pauses the input and leaves it open. */
function copyInput(input: Readable, socket: WebSocket, onSent: CommandStreams['onSent']): () => void {
  let isStopped = false;
  const onData = (chunk: Buffer | string): void => {
    const bytes = Buffer.from(chunk as Buffer);
    for (let at = 0; at < bytes.length; at += frameBytes) {
      const frame = bytes.subarray(at, at + frameBytes);
      send(socket, channels.stdin, frame, () => {
        onSent?.(frame.length);
        if (!isStopped && socket.bufferedAmount < maxUnsentBytes && input.isPaused()) input.resume();
      });
    }
    if (socket.bufferedAmount > maxUnsentBytes) input.pause();
  };
  const onEnd = (): void => {
    if (socket.protocol === protocols[0]) send(socket, channels.close, Buffer.from([channels.stdin]));
  };
  input.on('data', onData).on('end', onEnd);
  if (input.readableEnded) onEnd();
  input.resume();
  return () => {
    isStopped = true;
    input.off('data', onData).off('end', onEnd);
    input.pause();
  };
}

function send(socket: WebSocket, channel: number, payload: Buffer | string, sent?: () => void): void {
  if (socket.readyState !== socket.OPEN) return;
  // An error here is not handled: `run` rejects when the connection breaks.
  socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(payload as Buffer)]), () => sent?.());
}
