/**
 * The `auth-provider` of a kubeconfig: OpenID Connect, the only one that kubectl still supports.
 * Promises, as kubectl does: an ID token is used until shortly before it expires, and then refreshed; new tokens are written back into the
 * kubeconfig. Not promised: that the token is valid; the API server decides that.
 */
import type { Credentials } from './credentials.ts';
import { KernelError } from './errors.ts';
import { storedTokens, storeTokens, type UserPlace } from './kubeconfig-tokens.ts';
import { isFields, textOf, type Fields } from './fields.ts';
import { refreshLogin } from './oidc-refresh.ts';

/** A token that expires within this time is refreshed: it has to last for the request. */
const lastMomentsMs = 10_000;

/** One for each user of the kubeconfig. It remembers the tokens that it has refreshed. */
export class AuthProvider {
  readonly #name: string;
  readonly #place: UserPlace | undefined;
  #config: Fields;
  #refreshing: Promise<void> | undefined;

  constructor(authProvider: Fields, place: UserPlace | undefined) {
    this.#name = textOf(authProvider['name']) ?? '';
    this.#config = isFields(authProvider['config']) ? authProvider['config'] : {};
    this.#place = place;
  }

  async headers(): Promise<Credentials['headers']> {
    if (this.#name !== 'oidc')
      throw this.#fault(
        'kubectl and neuro support only oidc, so get a kubeconfig that runs a program for credentials (exec)',
      );
    if (!isCurrent(this.#config)) {
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
      await this.#refreshing;
    }
    return { authorization: `Bearer ${textOf(this.#config['id-token']) ?? ''}` };
  }

  async #refresh(): Promise<void> {
    const place = this.#place;
    if (place !== undefined) {
      const stored = storedTokens(place);
      this.#config = { ...this.#config, ...stored };
      if (isCurrent(this.#config)) return;
    }
    const former = textOf(this.#config['refresh-token']);
    if (former === undefined) throw this.#fault('it has neither a valid id-token nor a refresh-token');
    const tokens = await this.#refreshed();
    this.#config = { ...this.#config, ...tokens };
    if (place === undefined) return;
    try {
      await storeTokens(place, tokens);
    } catch (cause) {
      // The former refresh token still works, so nothing is lost if the file cannot be written.
      if ((tokens['refresh-token'] ?? former) === former) return;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw this.#fault(`its new refresh-token, which replaces the former one, cannot be written (${why})`, { cause });
    }
  }

  async #refreshed(): Promise<Readonly<Record<string, string>>> {
    try {
      return await refreshLogin(this.#config);
    } catch (cause) {
      throw cause instanceof KernelError ? this.#fault(cause.message, { code: cause.code, cause }) : cause;
    }
  }

  #fault(
    why: string,
    { code = 'Unauthorized', cause }: { readonly code?: KernelError['code']; readonly cause?: unknown } = {},
  ): KernelError {
    const message = `the auth-provider '${this.#name}' of the kubeconfig gave no token: ${why}`;
    return new KernelError(code, message, { cause });
  }
}

function isCurrent(config: Fields): boolean {
  const token = textOf(config['id-token']);
  return token !== undefined && endOf(token) > Date.now() + lastMomentsMs;
}

/** When the token expires, in epoch milliseconds; 0 if the text is not a token. */
function endOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const end = isFields(claims) ? claims['exp'] : undefined;
    return typeof end === 'number' ? end * 1000 : 0;
  } catch {
    return 0;
  }
}
