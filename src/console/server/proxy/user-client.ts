/** Typed requests to the API server with a user's own credentials, for the few that the console makes by itself. */
import { text } from 'node:stream/consumers';
import { defined } from '../../../defined.ts';
import {
  asError,
  isKernelError,
  KernelError,
  KubeClient,
  statusError,
  type Access,
  type Requester,
  type TransportRequest,
} from '../../../kernel/index.ts';
import { ConsoleError, sessionExpired } from '../errors.ts';
import { unreachable, type Upstream } from './upstream.ts';

/** An API server, and what a request there needs to be its user's. */
export interface UserCredentials {
  readonly upstream: Upstream;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/**
 * Rejects with a `KernelError` where the API server refuses, and with a `ConsoleError` (`ApiServerUnreachable`) where it gives no
 * response. Not promised: retries, lists, watches.
 */
export function clientOf({ upstream, headers }: UserCredentials): KubeClient {
  const transport: Requester = {
    request: async (request) => {
      const { method, path, body, signal } = request;
      const response = await upstream.request({
        method,
        path,
        headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...defined({ signal }),
      });
      const received = await text(response.body).catch((cause: unknown) => Promise.reject(unreachable(cause)));
      return parsed(received, response.statusCode, request);
    },
    stream: () => Promise.reject(new KernelError('BadRequest', 'the console streams by Upstream')),
  };
  return new KubeClient({ transport });
}

/** What a failure of such a request is to the browser. `what` completes "The API server could not …". A programming error stays as it is. */
export function requestFailed(error: unknown, what: string): Error {
  if (!isKernelError(error)) return asError(error);
  if (error.code === 'Unauthorized') return sessionExpired({ cause: error });
  const found = error.status === undefined ? 'no usable response' : `status ${String(error.status)}`;
  return new ConsoleError(
    'ApiServerUnreachable',
    `The API server could not ${what} (${found}): try again in a moment.`,
    { cause: error },
  );
}

/** The same, for the streams of Pods. */
export function accessOf({ upstream: { address }, headers }: UserCredentials): Access {
  const { server, tls, proxyUrl } = address;
  return {
    server,
    ...defined({ proxyUrl }),
    namespace: 'default',
    clusterName: '',
    credentials: () => Promise.resolve({ headers, tls }),
  };
}

function parsed(received: string, status: number, request: TransportRequest): unknown {
  let object: unknown;
  try {
    object = JSON.parse(received);
  } catch {
    if (status < 300) throw new KernelError('Malformed', `${request.method} ${request.path}: the response is not JSON`);
  }
  if (status >= 300) throw statusError(object ?? {}, status, request);
  return object;
}
