/** One request to the API server, and what a client needs to send it. */
import type { Readable } from 'node:stream';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** An answer of more bytes is not read further and rejects with `TooLarge`. */
  readonly maxBytes?: number | undefined;
  /** Called with the size of a successful answer, in bytes. */
  readonly onBytes?: (count: number) => void;
  /** No text of the server's answer goes into an error. */
  readonly confidential?: boolean | undefined;
}

/** What a client needs of a transport. Tests have one without a network. */
export interface Requester {
  request(request: TransportRequest): Promise<unknown>;
  stream(request: TransportRequest): Promise<Readable>;
}

export function pathAndQuery({ path, query = {} }: TransportRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
