/**
 * Requests to the API server through the console's server, with the session's cookie.
 *
 * Promise: every failure is a `ClusterError`; a 401 of any request is reported to `onSessionEnded`. Nothing is kept in the browser's cache. A connection
 * is of the user who has opened it: for the next one nothing more is sent on it, and no request of it ends.
 */
import { defined } from '../../../defined.ts';
import { csrfHeader, proxyPath } from '../../contract.ts';
import { hearTime } from './cluster-clock.ts';
import { ClusterError, errorOf } from './errors.ts';
import { ownership, whileMine } from './owner.ts';
import { texts } from '../texts.ts';
import { openSocketStream } from './socket-stream.ts';
import { pathOf, type ClusterObject, type Place, type Resource, type ResourceName } from './object.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
}

export interface Connection {
  readonly context: string;
  /** A stream on which nothing comes for so long is not live. Milliseconds. */
  readonly silentAfterMs: number;
  get<T extends ClusterObject>(resource: Resource<T>, place: Place, signal?: AbortSignal): Promise<T>;
  page<T extends ClusterObject>(
    resource: Resource<T>,
    place: Place,
    query: Query,
    signal?: AbortSignal,
  ): Promise<ListPage<T>>;
  create<T extends ClusterObject>(resource: Resource<T>, object: T, query?: Query): Promise<T>;
  /** A merge patch: `null` takes a field away. */
  patch<T extends ClusterObject>(resource: Resource<T>, place: Place, patch: unknown, query?: Query): Promise<T>;
  delete(resource: ResourceName, place: Place, uid?: string): Promise<void>;
  /** Any other JSON request. */
  post<T>(path: string, body: unknown): Promise<T>;
  /** A watch or a log, as it comes. */
  stream(path: string, query: Query, signal: AbortSignal): Promise<AsyncIterable<Uint8Array | string>>;
  /** Address on this origin, for links and WebSockets. */
  address(path: string, query: Query): string;
}

interface ConnectionOptions {
  readonly context: string;
  /** How often the server says on each stream that it is alive, in milliseconds. */
  readonly recheckEveryMs: number;
  readonly csrf: () => string;
  readonly onSessionEnded: (error: ClusterError) => void;
}

const mergePatch = 'application/merge-patch+json';
const json = 'application/json';
/** For the API server to answer the question whether the right is still there. */
const recheckPatienceMs = 7_000;

export function openConnection({ context, recheckEveryMs, csrf, onSessionEnded }: ConnectionOptions): Connection {
  const address: Connection['address'] = (path, query) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
    const text = search.toString();
    return proxyPath(context, text === '' ? path : `${path}?${text}`);
  };
  const isMine = ownership();
  const send = async <T>(url: string, init: RequestInit): Promise<T> => {
    const { response, body } = await whileMine(isMine, () => answerOf(url, init));
    if (response.ok) return body as T;
    const error = errorOf(response.status, body);
    if (error.kind === 'sessionEnded') onSessionEnded(error);
    throw error;
  };
  const write = <T>(method: string, url: string, body: unknown, type: string): Promise<T> => {
    const headers = { 'content-type': type, accept: json, [csrfHeader]: csrf() };
    return send(url, { method, headers, body: JSON.stringify(body) });
  };
  return {
    context,
    silentAfterMs: recheckEveryMs + recheckPatienceMs,
    address,
    get: (resource, place, signal) => send(address(pathOf(resource, place), {}), defined({ signal })),
    page: async (resource, place, query, signal) => {
      const list = await send<{
        readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
        readonly items: readonly never[];
      }>(address(pathOf(resource, place), query), defined({ signal }));
      const { resourceVersion = '', continue: continueToken = '' } = list.metadata;
      return { items: list.items, resourceVersion, ...(continueToken === '' ? {} : { continueToken }) };
    },
    create: (resource, object, query = {}) => {
      const { namespace } = object.metadata;
      const path = pathOf(resource, defined({ namespace }));
      const { group, version, kind } = resource;
      const apiVersion = group === '' ? version : `${group}/${version}`;
      return write('POST', address(path, query), { ...object, apiVersion, kind }, json);
    },
    patch: (resource, place, patch, query = {}) =>
      write('PATCH', address(pathOf(resource, place), query), patch, mergePatch),
    delete: async (resource, place, uid) => {
      await write(
        'DELETE',
        address(pathOf(resource, place), {}),
        {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...(uid === undefined ? {} : { preconditions: { uid } }),
        },
        json,
      );
    },
    post: (path, body) => write('POST', address(path, {}), body, json),
    stream: (path, query, signal) =>
      whileMine(isMine, () =>
        openSocketStream(address(path, query), signal, {
          onSessionEnded: (error) => (isMine() ? onSessionEnded(error) : undefined),
        }),
      ),
  };
}

/**
 * Throws `offline` for a request that got no whole answer: the network, or the console's server is away. The body of a refusal may be anything.
 */
async function answerOf(
  url: string,
  init: RequestInit,
): Promise<{ readonly response: Response; readonly body: unknown }> {
  const sentMs = Date.now();
  try {
    const response = await fetch(url, { cache: 'no-store', credentials: 'same-origin', ...init });
    hearTime(response.headers.get('date'), sentMs);
    const body: unknown = await (response.ok ? response.json() : response.json().catch(() => undefined));
    return { response, body };
  } catch (cause) {
    if (init.signal?.aborted === true) throw cause;
    throw new ClusterError('offline', texts.errors.consoleGone, { cause });
  }
}
