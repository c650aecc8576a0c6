/**
 * The yardstick: a client that does nothing but write. One undici agent, so many requests at a time, no queue, no watch, no
 * store. Whatever it reaches on a cluster is what the API server gives one Node process there.
 */
import { Agent } from 'undici';
import { loadAccess } from '../../../src/kernel/index.ts';

/** Requests at a time, also the operator's workers by default. */
const clientConcurrency = 32;

export interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE' | 'GET';
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface BareClient {
  /** Resolves with the parsed answer; rejects on any status but 2xx. */
  send<T = unknown>(write: Write): Promise<T>;
  /** The body as it is, for what is no JSON. */
  text(path: string): Promise<string>;
  close(): Promise<void>;
}

export async function bareClient(kubeconfig: string): Promise<BareClient> {
  const access = await loadAccess({ kubeconfig });
  const { headers, tls } = await access.credentials();
  const agent = new Agent({ connections: clientConcurrency, pipelining: 1, connect: { ...tls } });
  const request = async (write: Write): Promise<string> => {
    const response = await agent.request({
      origin: access.server,
      path: write.path,
      method: write.method,
      headers: {
        ...headers,
        accept: write.accept ?? 'application/json',
        'content-type': write.contentType ?? 'application/json',
      },
      ...(write.body === undefined ? {} : { body: JSON.stringify(write.body) }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300)
      throw new Error(`${write.method} ${write.path}: ${String(response.statusCode)} ${text.slice(0, 300)}`);
    return text;
  };
  return {
    send: async <T>(write: Write) => JSON.parse(await request(write)) as T,
    text: (path) => request({ method: 'GET', path }),
    close: () => agent.close(),
  };
}

/** Runs `work` for 0 to `count` - 1, so many at a time; resolves with the milliseconds it took. */
export async function inParallel(
  count: number,
  work: (index: number) => Promise<unknown>,
  concurrency = clientConcurrency,
): Promise<number> {
  const startedMs = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return performance.now() - startedMs;
}
