/** The addresses of logging in to a console in the cluster. The callback says nothing of what it was given. */
import { parseCookie } from 'cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock, Logger } from '../../../kernel/index.ts';
import { loginFailedParameter, paths, type LoginRequest } from '../../contract.ts';
import { ConsoleError, isConsoleError } from '../errors.ts';
import { cookie, cookieName, expired, openText, sealText, type CookieStyle } from '../sessions/session-cookie.ts';
import type { SessionKeys } from '../sessions/session-keys.ts';
import { networkOf } from './client-address.ts';
import type { ClusterAuthenticator } from './cluster-authenticator.ts';
import { knownUserIn } from './known-browser.ts';
import { LoginLimits, type Attempt, type Client } from './login-limits.ts';
import type { OidcProvider, Transaction } from './oidc-provider.ts';
import { tokenIn } from './pasted-token.ts';
import { UnknownProxies } from './unknown-proxies.ts';

/** Time for a login at the provider, second factor included. */
const transactionSeconds = 10 * 60;
const maxTokenBodyBytes = 16 * 1024;

interface ClusterRoutesOptions {
  readonly authenticator: ClusterAuthenticator;
  readonly provider: OidcProvider | undefined;
  readonly keys: SessionKeys;
  readonly style: CookieStyle;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Pending extends Transaction {
  readonly returnTo: string;
  readonly until: number;
}

export function addClusterRoutes(app: FastifyInstance, options: ClusterRoutesOptions): void {
  const { authenticator, provider, keys, style, clock, log } = options;
  const limits = new LoginLimits({ clock });
  const name = cookieName('neuro-login', style);
  const proxies = new UnknownProxies(log, clock);
  const clientOf = async (request: FastifyRequest): Promise<Client> => {
    proxies.look(request);
    const cookies = parseCookie(request.headers.cookie ?? '');
    return { address: networkOf(request.ip), knownUser: await knownUserIn(cookies, keys, style, clock.now()) };
  };
  const attempts = new WeakMap<FastifyRequest, Attempt>();

  app.post(paths.session, {
    bodyLimit: maxTokenBodyBytes,
    // Before the body is read.
    onRequest: async (request) => void attempts.set(request, limits.token(await clientOf(request))),
    handler: async (request, reply) => {
      const attempt = attempts.get(request) ?? limits.token(await clientOf(request));
      try {
        if (!authenticator.logins.includes('token'))
          throw new ConsoleError('TokenNotAccepted', 'This console takes no pasted tokens: log in by its provider.');
        const token = tokenIn(loginRequestIn(request.headers['content-type'], request.body).token);
        if (token === undefined) {
          throw new ConsoleError(
            'TokenNotAccepted',
            'That is not a token: paste the whole text that `kubectl create token` or your provider gave.',
          );
        }
        const cookies = parseCookie(request.headers.cookie ?? '');
        const setCookies = await attempt.ask(() => authenticator.logIn({ idToken: token }, cookies, 'token'));
        attempt.forgive();
        return await reply
          .code(204)
          .header('set-cookie', [...setCookies])
          .send();
      } catch (error) {
        if (isConsoleError(error) && error.status >= 500) attempt.forgive();
        throw error;
      }
    },
  });

  if (provider === undefined) return;

  app.get<{ Querystring: { readonly returnTo?: unknown } }>(paths.oidcStart, async (request, reply) => {
    limits.start(await clientOf(request));
    const { url, transaction } = await provider.begin();
    const pending: Pending = {
      ...transaction,
      returnTo: pathIn(request.query.returnTo),
      until: clock.now() + transactionSeconds * 1000,
    };
    const sealed = await sealText(JSON.stringify(pending), 'login', keys);
    return reply
      .header('set-cookie', cookie(name, sealed, style, { sameSite: 'lax', maxAgeSeconds: transactionSeconds }))
      .redirect(url.href, 303);
  });

  app.get(paths.oidcCallback, async (request, reply) => {
    const cookies = parseCookie(request.headers.cookie ?? '');
    void reply.header('set-cookie', [expired(name, style)]);
    try {
      const attempt = limits.callback(await clientOf(request));
      const pending = await pendingIn(cookies[name], keys);
      if (pending === undefined || pending.until <= clock.now()) {
        throw new ConsoleError('LoginFailed', 'The login took too long, or began in another browser: log in again.');
      }
      const query = (request.raw.url ?? '').slice((request.raw.url ?? '').indexOf('?'));
      const setCookies = await authenticator.logIn(await provider.finish(query, pending), cookies, 'oidc');
      attempt.forgive();
      return await reply.header('set-cookie', [expired(name, style), ...setCookies]).redirect(pending.returnTo, 303);
    } catch (error) {
      const { code } = isConsoleError(error) ? error : new ConsoleError('Internal', '');
      request.log.info({ error }, 'login failed');
      return reply.redirect(`/?${loginFailedParameter}=${code}`, 303);
    }
  });
}

function loginRequestIn(contentType: string | undefined, body: unknown): Partial<LoginRequest> {
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    throw new ConsoleError('UnsupportedMediaType', 'A login has to be JSON: { "token": "…" }.');
  }
  try {
    return (JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as Partial<LoginRequest> | null) ?? {};
  } catch {
    throw new ConsoleError('MalformedRequest', 'A login has to be JSON: { "token": "…" }.');
  }
}

/** A path of this console, whatever was asked for: never another site. */
export function pathIn(wanted: unknown): string {
  if (typeof wanted !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.includes('\\')) return '/';
  const url = new URL(wanted, 'http://console.invalid');
  const isPage = url.origin === 'http://console.invalid' && !/^\/(api|k8s|auth)(\/|$)/.test(url.pathname);
  return isPage ? `${url.pathname}${url.search}${url.hash}` : '/';
}

async function pendingIn(sealed: string | undefined, keys: SessionKeys): Promise<Pending | undefined> {
  const text = sealed === undefined ? undefined : await openText(sealed, 'login', keys);
  return text === undefined ? undefined : (JSON.parse(text) as Pending);
}
