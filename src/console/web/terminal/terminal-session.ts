/**
 * A terminal in a container: bytes over a WebSocket as Kubernetes has them (v5: one channel byte before each message). Knows no page.
 */
import { closeCodes, terminalProtocol } from '../../contract.ts';
import { webSocketAddress } from '../cluster/socket-stream.ts';
import { texts } from '../texts.ts';

/** What one message carries at most: the console's server takes messages of 64 KiB. */
const mostPieceBytes = 32 * 1024;

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

export interface TerminalEnd {
  /** `exited`: the shell ended · `accessEnded`, `sessionEnded`: a right did · `refused`: it never began · `broken`: the connection. */
  readonly kind: 'exited' | 'accessEnded' | 'sessionEnded' | 'refused' | 'broken';
  readonly sentence: string;
  readonly noShell?: boolean;
}

interface TerminalSession {
  send(text: string): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

interface TerminalSessionOptions {
  readonly address: string;
  readonly onOpen: () => void;
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly onEnd: (end: TerminalEnd) => void;
}

export function openTerminal({ address, onOpen, onOutput, onEnd }: TerminalSessionOptions): TerminalSession {
  const socket = new WebSocket(webSocketAddress(address), [terminalProtocol]);
  socket.binaryType = 'arraybuffer';
  const encoder = new TextEncoder();
  /** What the API server said at the end of the shell. */
  let status: TerminalEnd | undefined;
  let wasOpen = false;
  let isClosedHere = false;
  const send = (channel: number, text: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    for (const message of messagesOf(channel, encoder.encode(text))) socket.send(message);
  };
  socket.onopen = () => {
    wasOpen = true;
    onOpen();
  };
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const bytes = new Uint8Array(data);
    const body = bytes.subarray(1);
    if (bytes[0] === channels.stdout || bytes[0] === channels.stderr) onOutput(body);
    else if (bytes[0] === channels.error) status = endOf(new TextDecoder().decode(body));
  };
  socket.onclose = ({ code, reason }) => {
    if (isClosedHere) return;
    onEnd(closedFor(code, reason, wasOpen) ?? status ?? { kind: 'broken', sentence: texts.terminal.broken });
  };
  return {
    send: (text) => send(channels.stdin, text),
    resize: (columns, rows) => send(channels.resize, JSON.stringify({ Width: columns, Height: rows })),
    close: () => {
      isClosedHere = true;
      socket.close(1000);
    },
  };
}

/** The bytes in messages, each with its channel before it. A paste is more than one message may have. */
export function messagesOf(channel: number, bytes: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: Math.max(1, Math.ceil(bytes.length / mostPieceBytes)) }, (_, index) => {
    const piece = bytes.subarray(index * mostPieceBytes, (index + 1) * mostPieceBytes);
    const message = new Uint8Array(piece.length + 1);
    message[0] = channel;
    message.set(piece, 1);
    return message;
  });
}

function closedFor(code: number, reason: string, wasOpen: boolean): TerminalEnd | undefined {
  switch (code) {
    case closeCodes.accessEnded:
      return { kind: 'accessEnded', sentence: reason || texts.terminal.accessEnded };
    case closeCodes.sessionEnded:
      return { kind: 'sessionEnded', sentence: reason || texts.login.ended };
    case closeCodes.refused:
      return { kind: 'refused', sentence: reason || texts.terminal.refused };
    case closeCodes.upstreamGone:
    case closeCodes.stopping:
    case closeCodes.tooSlow:
      return { kind: 'broken', sentence: reason || texts.terminal.broken };
    default:
      return wasOpen ? undefined : { kind: 'refused', sentence: reason || texts.terminal.refused };
  }
}

/** The `Status` of the error channel: Success, or Failure with the exit code as a cause. */
function endOf(text: string): TerminalEnd {
  const status = JSON.parse(text) as {
    readonly status?: string;
    readonly message?: string;
    readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
  };
  if (status.status === 'Success') return { kind: 'exited', sentence: texts.terminal.exited('0') };
  const exitCode = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (exitCode !== undefined) return { kind: 'exited', sentence: texts.terminal.exited(exitCode) };
  const message = status.message ?? '';
  const noShell = /executable file not found|no such file or directory/i.test(message);
  return { kind: 'refused', sentence: noShell ? texts.terminal.noShell : message, noShell };
}
