/**
 * Who may talk to this server at all: requests that name its own host, and, where a browser says so, come from its own pages.
 * Against DNS rebinding (a foreign name that resolves to us), cross-site requests, and WebSockets that other sites open.
 */
import type { IncomingMessage } from 'node:http';
import { ConsoleError } from './errors.ts';

/** The console's own origins, as browsers write them: `https://console.example.com`, `http://127.0.0.1:4321`. At least one. */
export type Origins = readonly string[];

export interface RequestFacts {
  readonly method: string;
  /** The target of the request as it came, not parsed by anything yet. */
  readonly target: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly isUpgrade: boolean;
}

export function factsOf(request: IncomingMessage, { isUpgrade }: { readonly isUpgrade: boolean }): RequestFacts {
  const { method = '', url = '', headers, rawHeaders } = request;
  // Node takes the first of several; a program in front may take another.
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  return {
    method,
    target: url,
    host: hosts === 1 ? headers.host : undefined,
    origin: headers.origin,
    secFetchSite: headers['sec-fetch-site'],
    isUpgrade,
  };
}

/** What is refused before anything else looks at a request; undefined lets it pass. Rules in order, the first that holds decides. */
export function refusalOf(request: RequestFacts, origins: Origins): ConsoleError | undefined {
  // Absolute form (a proxy's), `//host/…` and back slashes are read differently by different programs.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(request.target)) {
    return new ConsoleError('MalformedRequest', 'The address of the request has to be a plain path of this console.');
  }
  if (request.host === undefined || !hostsOf(origins).includes(request.host.toLowerCase())) {
    return new ConsoleError(
      'ForeignHost',
      `This console answers only under its own address ${origins[0] ?? ''}: open it there.`,
    );
  }
  // A WebSocket is not held back by the same-origin rule, so its Origin has to be there and be ours.
  if (request.isUpgrade) return isOwn(request.origin, origins) ? undefined : foreignOrigin();
  // What a browser calls cross-site, or a sibling's subdomain, may lead to a page and to nothing else.
  if (request.secFetchSite !== undefined && !['same-origin', 'none'].includes(request.secFetchSite)) {
    if (!isPage(request)) return foreignOrigin();
  }
  if (request.origin !== undefined && !isOwn(request.origin, origins)) return foreignOrigin();
  return undefined;
}

/** Pages that a link from elsewhere, or the provider's redirect, may lead to. They change nothing for the user. */
function isPage({ method, target }: RequestFacts): boolean {
  const path = target.split('?', 1)[0] ?? '';
  return method === 'GET' && !path.startsWith('/api/') && !path.startsWith('/k8s/') && path !== '/auth/oidc/start';
}

function hostsOf(origins: Origins): readonly string[] {
  return origins.map((origin) => new URL(origin).host);
}

function isOwn(origin: string | undefined, origins: Origins): boolean {
  return origin !== undefined && origins.includes(origin.toLowerCase());
}

function foreignOrigin(): ConsoleError {
  return new ConsoleError(
    'ForeignOrigin',
    'The request comes from another site, which may not use this console for you.',
  );
}
