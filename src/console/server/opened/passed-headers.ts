/**
 * Headers between a browser and the page of a job. All pass, apart from those of one connection, the console's cookie, and what would act beyond the
 * job's own origin. Pure.
 */
type DistinctHeaders = Readonly<Record<string, readonly string[] | undefined>>;
export type PassedHeaders = Record<string, string | readonly string[]>;

/** Headers of one connection, which each side sets by itself (RFC 9110, 7.6.1). */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect', 'http2-settings'],
]);
/** Headers that say where a request comes from. Only this server may set them. */
const ofProxies = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/;
/**
 * Clear-Site-Data with "cookies" empties the whole registrable domain, the console's session included; Alt-Svc moves the origin to another port;
 * HSTS and reports reach subdomains.
 */
const beyondOrigin = new Set(['clear-site-data', 'alt-svc', 'strict-transport-security', 'nel', 'report-to']);
/**
 * Headers that command a proxy in front of this server, which trusts the server: to send one of its own files, to fetch another address, or to keep
 * the response for everybody.
 */
const toProxies =
  /^(x-accel-(?!buffering$).*|x-sendfile|x-lighttpd-send-.*|x-reproxy-.*|(.*-)?cdn-cache-control|surrogate-.*|edge-control|x-litespeed-.*)$/;
/** What lets a cache that people share keep a response. */
const forSharedCaches = /^(public|private\b.*|s-maxage\b.*)$/i;

/**
 * The length of a header line that usual servers accept. The page of another job can set cookies for the domain of all pages of jobs, and large ones would
 * keep this page from being served. Cookies that a page sets for itself are small, so the largest are left out.
 */
const maxCookieBytes = 8_000;

interface PassOptions {
  /** All cookies whose names begin so are the console's. */
  readonly cookiePrefix: string;
}

export function headersForJob(
  headers: DistinctHeaders,
  { cookiePrefix, scheme }: PassOptions & { readonly scheme: string },
): PassedHeaders {
  const passed = withoutConnection(headers, (name) => ofProxies.test(name));
  const cookies = (headers['cookie'] ?? [])
    .flatMap((line) => line.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !isOwn(pair, cookiePrefix));
  delete passed['cookie'];
  const few = smallest(cookies);
  if (few.length > 0) passed['cookie'] = few.join('; ');
  const [host = ''] = headers['host'] ?? [];
  return { ...passed, 'x-forwarded-proto': scheme, 'x-forwarded-host': host };
}

/** As many of the smallest cookies as fit into the limit together, in their original order. */
function smallest(cookies: readonly string[]): readonly string[] {
  let room = maxCookieBytes;
  const kept = new Set<number>();
  const bySize = cookies.map((pair, index) => [pair.length + 2, index] as const).sort(([a], [b]) => a - b);
  for (const [length, index] of bySize) {
    room -= length;
    if (room < 0) break;
    kept.add(index);
  }
  return cookies.filter((_, index) => kept.has(index));
}

/** Cookies of the job go to its own host alone, and cannot replace those of the console. Only the browser may keep the response. */
export function headersForBrowser(headers: DistinctHeaders, { cookiePrefix }: PassOptions): PassedHeaders {
  const passed = withoutConnection(headers, (name) => beyondOrigin.has(name) || toProxies.test(name));
  const cookies = (headers['set-cookie'] ?? [])
    .filter((cookie) => !isOwn(cookie.trim(), cookiePrefix))
    .map((cookie) => cookie.replace(/;\s*domain\s*=[^;]*/gi, ''));
  delete passed['set-cookie'];
  if (cookies.length > 0) passed['set-cookie'] = cookies;
  return { ...passed, 'cache-control': privately(headers['cache-control'] ?? []) };
}

/** One user's response is no other's, whatever the job says of it: the cookie that lets somebody see it means nothing to a cache. */
function privately(lines: readonly string[]): string {
  const directives = lines
    .flatMap((line) => line.split(','))
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '' && !forSharedCaches.test(directive));
  return ['private', ...directives].join(', ');
}

function withoutConnection(headers: DistinctHeaders, isLeftOut: (name: string) => boolean): PassedHeaders {
  const named = new Set((headers['connection'] ?? []).flatMap((line) => line.toLowerCase().split(/[\s,]+/)));
  const passed: PassedHeaders = {};
  for (const [name, values] of Object.entries(headers)) {
    // `Connection: cookie` must not hide a header that is filtered below, nor take away what frames the body.
    const isNamed = named.has(name) && !['content-length', 'host', 'cookie', 'set-cookie'].includes(name);
    if (values === undefined || isNamed || ofConnection.has(name) || isLeftOut(name)) continue;
    const [only = ''] = values;
    passed[name] = values.length === 1 ? only : values;
  }
  return passed;
}

/** Browsers and servers differ in what they read before the first `=`: every name that begins so, with or without a prefix of browsers. */
function isOwn(pair: string, cookiePrefix: string): boolean {
  return pair
    .toLowerCase()
    .replace(/^(__host-|__secure-)/, '')
    .startsWith(cookiePrefix.toLowerCase());
}
