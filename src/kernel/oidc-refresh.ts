/**
 * New tokens for a refresh token: OpenID Connect Discovery 1.0, section 4, and Core 1.0, section 12. Fails with a `KernelError`: `Network`
 * where the provider gives no answer, `BadRequest` where the proxy to it cannot be used, else `Unauthorized`. No message holds a token.
 */
import { asError, isKernelError, KernelError } from './errors.ts';
import type { HttpAnswer, HttpConnections, HttpRequest } from './http.ts';
import { isFields, textOf, type Fields } from './fields.ts';
import { namedFile } from './kubeconfig.ts';
import { nodeHttp } from './node-http.ts';
import { isHttp, proxyOf } from './proxy-address.ts';

const timeoutMs = 30_000;
const connectTimeoutMs = 10_000;
const maxAnswerBytes = 1024 * 1024;

/** `id-token`, and `refresh-token` where the provider gives another one. */
export async function refreshLogin(config: Fields): Promise<Readonly<Record<string, string>>> {
  const needed = (name: string): string => {
    const text = textOf(config[name]);
    if (text === undefined) throw refused(`its ${name} is missing`);
    return text;
  };
  const [issuer, clientId, refreshToken] = [
    needed('idp-issuer-url').replace(/\/+$/, ''),
    needed('client-id'),
    needed('refresh-token'),
  ];
  const ca = authorityIn(config);
  const provider = await ask(`${issuer}/.well-known/openid-configuration`, { method: 'GET' }, ca);
  const endpoint = textOf(provider['token_endpoint']);
  if (endpoint === undefined) throw refused(`${issuer} names no token_endpoint`);
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const secret = textOf(config['client-secret']);
  const methods = provider['token_endpoint_auth_methods_supported'];
  const takesBasic = !Array.isArray(methods) || methods.includes('client_secret_basic');
  if (secret !== undefined && takesBasic) {
    const pair = [clientId, secret].map((text) => encodeURIComponent(text).replaceAll('%20', '+')).join(':');
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', clientId);
    if (secret !== undefined) form.set('client_secret', secret);
  }
  const tokens = await ask(endpoint, { method: 'POST', headers, body: form.toString() }, ca);
  const [idToken, newRefreshToken] = [textOf(tokens['id_token']), textOf(tokens['refresh_token'])];
  if (idToken === undefined)
    throw refused(`${issuer} gives no id_token when it refreshes: the login may lack the scope "openid"`);
  return { 'id-token': idToken, ...(newRefreshToken === undefined ? {} : { 'refresh-token': newRefreshToken }) };
}

function authorityIn(config: Fields): string | undefined {
  const [data, file] = ['idp-certificate-authority-data', 'idp-certificate-authority'].map((name) =>
    textOf(config[name]),
  );
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : namedFile(file);
}

async function ask(
  address: string,
  request: Pick<HttpRequest, 'method' | 'body'> & { readonly headers?: Readonly<Record<string, string>> },
  ca: string | undefined,
): Promise<Fields> {
  if (!isHttp(address)) throw refused('the address of its provider does not begin with https:// or http://');
  const { origin, pathname, search } = new URL(address);
  const { statusCode, body } = await answerTo(
    {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
      path: `${pathname}${search}`,
      timeoutMs,
    },
    origin,
    ca,
  );
  const answer = objectIn(body);
  if (statusCode < 300 && answer !== undefined) return answer;
  // A code of the standard; its description is free text.
  const error = textOf(answer?.['error']) ?? '';
  const why = /^[a-z_]{1,40}$/.test(error) ? `${String(statusCode)} ${error}` : String(statusCode);
  throw refused(`${origin}${pathname} answered ${why}`);
}

async function answerTo(request: HttpRequest, origin: string, ca: string | undefined): Promise<HttpAnswer> {
  const connections = connectionsTo(origin, ca);
  try {
    return await connections.ask(request, maxAnswerBytes);
  } catch (cause) {
    if (isKernelError(cause, 'TooLarge')) throw refused(`${origin}: ${cause.message}`, cause);
    const { code, message } = cause as Error & { readonly code?: string };
    throw new KernelError('Network', `${origin} gives no answer (${code ?? message})`, { cause });
  } finally {
    await connections.destroy();
  }
}

function connectionsTo(origin: string, ca: string | undefined): HttpConnections {
  const { proxyUrl } = proxyOf(origin);
  const tls = ca === undefined ? {} : { ca };
  try {
    return nodeHttp({ origin, proxyUrl, tls, maxConnections: 1, connectTimeoutMs });
  } catch (cause) {
    throw refused(`its idp-certificate-authority cannot be used (${asError(cause).message})`, cause);
  }
}

function objectIn(body: Buffer): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function refused(why: string, cause?: unknown): KernelError {
  return new KernelError('Unauthorized', why, { cause });
}
