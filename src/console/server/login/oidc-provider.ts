/**
 * An OpenID provider: authorization code flow with PKCE, state and nonce; refresh; revocation. Its metadata is fetched when it is first
 * needed, so the console starts while the provider is away.
 */
import * as openid from 'openid-client';
import { Agent, fetch as undiciFetch, Response } from 'undici';
import { defined } from '../../../defined.ts';
import { ConsoleError } from '../errors.ts';

const timeoutSeconds = 10;
/** One answer of the provider: its metadata, its keys, tokens. A token of more than some 13 KiB fits no session. */
const maxAnswerBytes = 1024 * 1024;

interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  readonly scopes: string;
  /** PEM of the authorities that the provider's certificate is checked by; by default those of Node. */
  readonly ca?: string;
  readonly redirectUri: string;
}

/** What has to be remembered between leaving for the provider and coming back. */
export interface Transaction {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface Tokens {
  readonly idToken: string;
  readonly refreshToken?: string;
}

export class OidcProvider {
  readonly #options: OidcOptions;
  readonly #agent: Agent;
  #configuration: Promise<openid.Configuration> | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
    this.#agent = new Agent(options.ca === undefined ? {} : { connect: { ca: options.ca } });
  }

  async begin(): Promise<{ readonly url: URL; readonly transaction: Transaction }> {
    const transaction = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      codeVerifier: openid.randomPKCECodeVerifier(),
    };
    const { redirectUri, scopes } = this.#options;
    const url = openid.buildAuthorizationUrl(await this.#configured(), {
      redirect_uri: redirectUri,
      scope: scopes,
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(transaction.codeVerifier),
      code_challenge_method: 'S256',
      // Without it providers give no refresh token.
      ...(scopes.split(' ').includes('offline_access') ? { prompt: 'consent' } : {}),
    });
    return { url, transaction };
  }

  /** `query` is the callback's. Rejects with `LoginFailed` or `ProviderUnreachable`. */
  async finish(query: string, { state, nonce, codeVerifier }: Transaction): Promise<Tokens> {
    const answer = await this.#ask('LoginFailed', async (configuration) =>
      openid.authorizationCodeGrant(configuration, new URL(`${this.#options.redirectUri}${query}`), {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }),
    );
    if (answer.id_token === undefined)
      throw new ConsoleError('LoginFailed', 'The provider gave no ID token: log in again.');
    return {
      idToken: answer.id_token,
      ...defined({ refreshToken: answer.refresh_token }),
    };
  }

  /** Rejects with `SessionExpired` where the provider refuses, `ProviderUnreachable` where it does not answer. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const answer = await this.#ask('SessionExpired', (configuration) =>
      openid.refreshTokenGrant(configuration, refreshToken),
    );
    if (answer.id_token === undefined) {
      throw new ConsoleError(
        'SessionExpired',
        'The provider renews no ID tokens, so the session has ended: log in again.',
      );
    }
    return { idToken: answer.id_token, refreshToken: answer.refresh_token ?? refreshToken };
  }

  /** Revokes the token where the provider offers that. A failure is not reported: the user can do nothing about it. */
  async revoke(refreshToken: string): Promise<void> {
    await this.#ask('LoginFailed', async (configuration) => {
      if (configuration.serverMetadata().revocation_endpoint !== undefined)
        await openid.tokenRevocation(configuration, refreshToken);
    }).catch(() => undefined);
  }

  /** The address at which the browser also ends its session with the provider. It contains no token. */
  async logoutUrl(returnTo: string): Promise<string | undefined> {
    const configuration = await this.#configured().catch(() => undefined);
    if (configuration?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return openid.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo }).href;
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #ask<T>(
    refused: 'LoginFailed' | 'SessionExpired',
    act: (configuration: openid.Configuration) => Promise<T>,
  ): Promise<T> {
    const configuration = await this.#configured();
    try {
      return await act(configuration);
    } catch (cause) {
      if (isNoAnswer(cause)) throw providerUnreachable(cause);
      // Never the provider's text: it comes by the browser's address.
      throw new ConsoleError(refused, 'The provider did not accept the login: log in again.', { cause });
    }
  }

  async #configured(): Promise<openid.Configuration> {
    this.#configuration ??= this.#discover();
    try {
      return await this.#configuration;
    } catch (cause) {
      this.#configuration = undefined;
      throw providerUnreachable(cause);
    }
  }

  async #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const authentication = clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret);
    const customFetch = (async (url: string, init: object) =>
      bounded(await undiciFetch(url, { ...init, dispatcher: this.#agent }))) as unknown as openid.CustomFetch;
    const configuration = await openid.discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: timeoutSeconds,
      [openid.customFetch]: customFetch,
    });
    configuration.timeout = timeoutSeconds;
    openid.enableNonRepudiationChecks(configuration);
    return configuration;
  }
}

/** The same, read whole. Counted as it is after decompression, which can make a thousand bytes of one. */
async function bounded({ status, headers, body }: Response): Promise<Response> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > maxAnswerBytes) throw new TypeError(`the answer has more than ${String(maxAnswerBytes)} bytes`);
    pieces.push(piece);
  }
  return new Response(bytes === 0 ? null : Buffer.concat(pieces), { status, headers });
}

/** No connection, no answer in time, or an answer that says that the server has failed. */
function isNoAnswer(error: unknown): boolean {
  const { name, code, status } = error as { readonly name?: string; readonly code?: string; readonly status?: number };
  return (
    name === 'TypeError' ||
    code === 'OAUTH_TIMEOUT' ||
    code === 'OAUTH_ABORT' ||
    (status !== undefined && status >= 500)
  );
}

function providerUnreachable(cause: unknown): ConsoleError {
  return new ConsoleError('ProviderUnreachable', 'The provider of logins does not answer: try again in a moment.', {
    cause,
  });
}
