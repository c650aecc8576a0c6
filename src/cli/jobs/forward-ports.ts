/**
 * Ports of this machine that lead to ports of a job's Pod. They are open for this machine alone (127.0.0.1 and ::1), each
 * connection has a stream of its own, and one that fails is reported and ends no other.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { forwardConnection } from '../../streams/index.ts';
import type { PortPair } from '../args/port-pair.ts';
import { CliError } from '../errors.ts';
import type { Connection } from '../connect/connection.ts';
import type { RunningPod } from './running-pod.ts';

export interface ForwardOptions {
  /** Asked for each connection: a Pod may have been made again. */
  readonly podNow: () => Promise<RunningPod>;
  readonly tell: (sentence: string) => void;
  /** The sentence about an error of one connection. */
  readonly sentenceOf: (error: unknown) => string;
}

export interface Forwarding {
  /** The forwarded pairs, with the local ports that were taken. */
  readonly pairs: readonly PortPair[];
  close(): void;
}

export async function forwardPorts(
  connection: Connection,
  wanted: readonly PortPair[],
  options: ForwardOptions,
): Promise<Forwarding> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const end = new AbortController();
  const close = (): void => {
    end.abort();
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  };
  const pairs: PortPair[] = [];
  try {
    for (const { local, remote } of wanted) {
      const onSocket = (socket: Socket): void => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
        void carry(connection, socket, remote, options, end.signal);
      };
      const { port, opened } = await listenOnBoth(onSocket, local);
      servers.push(...opened);
      pairs.push({ local: port, remote });
    }
  } catch (error) {
    close();
    throw error;
  }
  return { pairs, close };
}

async function carry(
  connection: Connection,
  socket: Socket,
  port: number,
  { podNow, tell, sentenceOf }: ForwardOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { namespace, pod } = await podNow();
    const problem = await forwardConnection(socket, { access: connection.access, namespace, pod, port, signal });
    if (problem !== undefined) tell(`Port ${port}: ${reasonOf(problem)}`);
  } catch (error) {
    if (!signal.aborted) tell(`Port ${port}: ${sentenceOf(error)}`);
    socket.destroy();
  }
}

/** The node's words, without those of the layers above it. */
function reasonOf(problem: string): string {
  return /connection refused/.test(problem) ? 'nothing listens there in the job (connection refused).' : problem.trim();
}

/** Free ports that are tried, because one of 127.0.0.1 is almost always free on ::1 too. */
const mostFreePorts = 5;

const portProblems: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another program has it'],
  ['EACCES', 'this user may not open it'],
]);

interface OpenPort {
  readonly port: number;
  readonly opened: readonly Server[];
}

/** On 127.0.0.1 and ::1. A machine without IPv6 has the first alone. */
async function listenOnBoth(onSocket: (socket: Socket) => void, local: number): Promise<OpenPort> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await listen(onSocket, local, '127.0.0.1');
    const { port } = first.address() as AddressInfo;
    try {
      return { port, opened: [first, await listen(onSocket, port, '::1')] };
    } catch (error) {
      if (isWithoutIpv6(error)) return { port, opened: [first] };
      first.close();
      // Another program can have the free port on ::1.
      if (local !== 0 || attempt === mostFreePorts) throw error;
    }
  }
}

/** Any other failure leaves ::1 to another program, and browsers try that address first. */
function isWithoutIpv6(error: unknown): boolean {
  const { code = '' } = ((error as Error).cause ?? {}) as { readonly code?: string };
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function listen(onSocket: (socket: Socket) => void, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, onSocket);
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = portProblems.get(cause.code ?? '') ?? cause.code ?? cause.message;
      const where = host === '::1' ? ' on ::1' : '';
      const message = `Port ${port} of this machine cannot be opened${where} (${why}); choose another, or 0 for a free one.`;
      reject(new CliError('inputOutput', message, { cause }));
    });
    server.listen(port, host, () => resolve(server));
  });
}
