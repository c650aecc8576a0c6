/**
 * Turns the body of a watch into events: one JSON object a line.
 *
 * Promises: a line may be cut anywhere, also within a character; a stream that is silent for longer than
 * `silenceMs` rejects with `Silent` (a frozen connection gives no other sign); half a line at the end is no event;
 * an `ERROR` event rejects with the error its Status describes (`Gone` for 410).
 */
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import { KernelError } from './errors.ts';
import type { KubeObject } from './objects.ts';
import { statusError } from './transport-answer.ts';

type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType;
  readonly object: T;
}

interface WatchStreamOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly silenceMs: number;
  readonly confidential?: boolean | undefined;
}

/** In characters. A line up to this length is parsed in a few milliseconds, whatever is in it. */
const longLineLength = 256 * 1024;
/** The longest line, in characters: an object of 1.5 MiB (etcd's own limit), written with every character escaped. */
const longestLineLength = 16 * 1024 * 1024;

export async function* watchEvents<T extends KubeObject>(
  body: Readable,
  options: WatchStreamOptions,
): AsyncGenerator<WatchEvent<T>> {
  const decoder = new TextDecoder();
  /** The start of a line whose end has not arrived; kept in pieces, so that a long line costs no copies. */
  let pieces: string[] = [];
  let piecesLength = 0;
  const watchdog = { silent: false };
  let cancel: (() => void) | undefined;
  const expectMore = (): void => {
    cancel?.();
    cancel = options.clock.schedule(() => {
      watchdog.silent = true;
      body.destroy(new Error('silent'));
    }, options.silenceMs);
  };
  expectMore();
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      expectMore();
      let text = decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        const line = pieces.length === 0 ? text.slice(0, end) : pieces.join('') + text.slice(0, end);
        pieces = [];
        piecesLength = 0;
        text = text.slice(end + 1);
        if (line.trim() === '') continue;
        const event = parseEvent<T>(line, options);
        // Parsing a large object takes tens of milliseconds, so its processing gets a turn of the event loop of its own.
        if (line.length > longLineLength) await nextTurn();
        yield event;
      }
      if (text !== '') {
        pieces.push(text);
        piecesLength += text.length;
        if (piecesLength > longestLineLength)
          throw new KernelError('Malformed', `watching ${options.path}: a line has no end`);
      }
    }
  } catch (cause) {
    if (cause instanceof KernelError) throw cause;
    if (watchdog.silent)
      throw new KernelError(
        'Silent',
        `watching ${options.path}: no event or bookmark for ${String(options.silenceMs)} ms`,
      );
    throw new KernelError('Network', `watching ${options.path}: the connection broke`, { cause });
  } finally {
    cancel?.();
    body.destroy();
  }
}

function parseEvent<T extends KubeObject>(line: string, options: WatchStreamOptions): WatchEvent<T> {
  let event: { readonly type?: string; readonly object?: Partial<KubeObject> | null } | null;
  try {
    event = JSON.parse(line) as typeof event;
  } catch {
    // The parser's message quotes the line, which may hold a value.
    throw new KernelError(
      'Malformed',
      `watching ${options.path}: a line of ${String(line.length)} characters is not JSON`,
    );
  }
  switch (event?.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      if (event.object?.metadata === undefined) {
        throw new KernelError('Malformed', `watching ${options.path}: an event of type ${event.type} has no object`);
      }
      return { type: event.type, object: event.object as T };
    case 'ERROR': {
      const status = (event.object ?? {}) as { readonly code?: number; readonly reason?: string };
      const code = status.code ?? (status.reason === 'Expired' || status.reason === 'Gone' ? 410 : 500);
      throw statusError(status, code, { method: 'GET', path: options.path, confidential: options.confidential });
    }
    default:
      throw new KernelError('Malformed', `watching ${options.path}: a line is not an event of a known type`);
  }
}
