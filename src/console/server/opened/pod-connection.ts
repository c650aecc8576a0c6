/**
 * One connection to the port of a job, as a stream: bytes go through the API server with the user's own credentials (`pods/portforward`).
 *
 * Promise: it counts among the streams of its user, and ends with the session, with the right, with silence, and with this process. A slow side
 * slows the other down, so that it holds no more than the buffers of its two ends.
 */
import { duplexPair, type Duplex } from 'node:stream';
import { isKernelError, type Clock } from '../../../kernel/index.ts';
import { forwardConnection } from '../../../streams/index.ts';
import { ConsoleError, isConsoleError } from '../errors.ts';
import type { ForwardedTarget } from '../proxy/forwarded-target.ts';
import type { RequestGate } from '../proxy/request-gate.ts';
import { mayI } from '../proxy/reviews.ts';
import { accessOf } from '../proxy/user-client.ts';
import type { UserSession } from '../sessions/authenticator.ts';
import { noAccess } from '../streams/access-watch.ts';
import type { StreamKeeper } from '../streams/stream-keeper.ts';

/** A page that keeps a connection sends something: Jupyter every half minute. */
const silenceLimitMs = 10 * 60_000;
/** Each side buffers so much before it makes the other one wait. */
const bufferBytes = 64 * 1024;

export interface PodPort {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

interface PodConnectionOptions {
  readonly session: UserSession;
  readonly keeper: StreamKeeper;
  /** Limits requests to the API server. */
  readonly gate: RequestGate;
  readonly clock: Clock;
}

/** At once: what is written meanwhile waits. It is destroyed with a `ConsoleError` where the port cannot be reached. */
export function connectToPod(found: Promise<PodPort>, options: PodConnectionOptions): Duplex {
  const { clock } = options;
  const [near, far] = duplexPair({ readableHighWaterMark: bufferBytes, writableHighWaterMark: bufferBytes });
  const over = new AbortController();
  const endByClock = (): (() => void) => clock.schedule(() => near.destroy(), silenceLimitMs);
  let cancelEnd = endByClock();
  for (const side of [near, far]) {
    onArrival(side, () => {
      cancelEnd();
      cancelEnd = endByClock();
    });
    side.on('error', () => undefined);
  }
  near.once('close', () => {
    cancelEnd();
    far.destroy();
    over.abort();
  });
  far.once('close', () => near.destroy());
  // What the job has closed is closed, though this side could still write.
  near.once('end', () => near.destroy());
  found
    .then((port) => forwardTo(port, [near, far], over.signal, options))
    .catch((error: unknown) => near.destroy(asConsoleError(error)));
  return near;
}

async function forwardTo(
  { context, namespace, pod, port }: PodPort,
  [near, far]: readonly [near: Duplex, far: Duplex],
  signal: AbortSignal,
  { session, keeper, gate, clock }: PodConnectionOptions,
): Promise<void> {
  const target: ForwardedTarget = {
    context,
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/portforward`,
    query: new URLSearchParams(),
    kind: 'terminal',
    // The verb is always `create`: some versions of the API server also accept `get` for a WebSocket.
    attributes: { verb: 'create', group: '', resource: 'pods', subresource: 'portforward', namespace, name: pod },
  };
  const credentials = await session.credentials(context);
  if (near.destroyed) return;
  // Counted before the question, so that nobody has more of them waiting.
  const release = keeper.keep(session, target, (reason) => near.destroy(reason));
  near.once('close', release);
  const question = (): Promise<boolean> => mayI(credentials, target.attributes, signal);
  if (!(await gate.run(session.user, signal, question))) throw noAccess();
  const problem = await forwardConnection(far, {
    ...{ access: accessOf(credentials), namespace, pod, port },
    clock,
    signal,
  });
  if (problem !== undefined) throw notListening(port, problem);
}

/** Wrapped rather than listened to: a listener for data would make it flow. */
function onArrival(side: Duplex, arrived: () => void): void {
  const push = side.push.bind(side);
  side.push = (chunk: unknown, encoding?: BufferEncoding) => {
    arrived();
    return push(chunk, encoding);
  };
}

function notListening(port: number, cause: string): ConsoleError {
  // The node says more than that nothing listens: that the Pod has gone, or that it cannot be reached.
  const sentence = /connection refused/i.test(cause)
    ? `Nothing in the job listens on port ${String(port)} yet: wait for it to start, and see its output.`
    : `Port ${String(port)} of the job cannot be reached: see the status of the job, then reload.`;
  return new ConsoleError('JobNotReachable', sentence, { cause });
}

function asConsoleError(error: unknown): ConsoleError {
  if (isConsoleError(error)) return error;
  if (isKernelError(error, 'Forbidden', 'Unauthorized')) return noAccess();
  return new ConsoleError('JobNotReachable', 'The job cannot be reached: it has just ended, or its node is away.', {
    cause: error,
  });
}
