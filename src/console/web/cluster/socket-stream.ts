/**
 * A long answer (a watch, a log) over a WebSocket: browsers keep only six ordinary connections to a host.
 *
 * Promise: yields what comes, in order; ends where the server ended it by itself; everything else throws a `ClusterError`.
 */
import { closeCodes, streamProtocol } from '../../contract.ts';
import { texts } from '../texts.ts';
import { ClusterError, inWords, isRefusedByRbac, langOf } from './errors.ts';

const normalEnd = 1000;

/** Resolves when the stream is open. */
export function openSocketStream(
  address: string,
  signal: AbortSignal,
  { onSessionEnded }: { readonly onSessionEnded: (error: ClusterError) => void },
): Promise<AsyncIterable<Uint8Array | string>> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(webSocketAddress(address), [streamProtocol]);
    socket.binaryType = 'arraybuffer';
    const waiting: (Uint8Array | string)[] = [];
    let end: 'open' | 'ended' | ClusterError = 'open';
    let wake = (): void => undefined;
    const stop = (): void => socket.close(normalEnd);
    signal.addEventListener('abort', stop, { once: true });
    socket.onopen = () => resolve(read());
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      waiting.push(typeof data === 'string' ? data : new Uint8Array(data));
      wake();
    };
    socket.onclose = ({ code, reason }) => {
      signal.removeEventListener('abort', stop);
      end = code === normalEnd ? 'ended' : closedBy(code, reason);
      if (end instanceof ClusterError && end.kind === 'sessionEnded') onSessionEnded(end);
      // Once it is open, this promise is resolved and the reader throws instead.
      reject(end instanceof ClusterError ? end : new ClusterError('offline', texts.errors.closed));
      wake();
    };
    async function* read(): AsyncGenerator<Uint8Array | string> {
      try {
        for (;;) {
          const next = waiting.shift();
          if (next !== undefined) yield next;
          else if (end instanceof ClusterError) throw end;
          else if (end === 'ended' || signal.aborted) return;
          else await new Promise<void>((resume) => (wake = resume));
        }
      } finally {
        stop();
      }
    }
  });
}

export function webSocketAddress(address: string): string {
  const url = new URL(address, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function closedBy(code: number, reason: string): ClusterError {
  const lang = langOf(reason);
  switch (code) {
    case closeCodes.sessionEnded:
      return new ClusterError('sessionEnded', reason || texts.errors.sessionEnded, { status: 401, lang });
    case closeCodes.accessEnded:
      return new ClusterError('forbidden', inWords(reason || texts.errors.accessEnded), {
        ...{ status: 403, lang },
        code: isRefusedByRbac(reason) ? 'Forbidden' : 'AccessEnded',
      });
    case closeCodes.refused:
      return new ClusterError('invalid', reason || texts.errors.refused, { status: 400, lang });
    default:
      return new ClusterError('offline', reason || texts.errors.interrupted, { lang });
  }
}
