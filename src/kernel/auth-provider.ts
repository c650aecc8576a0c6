/**
 * An `auth-provider` of a kubeconfig: OpenID Connect, the only one that kubectl still knows. Promises, as in kubectl: an ID token is used
 * until shortly before its end, then refreshed, and what is new is written back into the kubeconfig. Not promised: that the token is
 * right; the API server decides that.
 */
import type { Credentials } from './credentials.ts';
import { KernelError } from './errors.ts';
import { storedTokens, storeTokens, type UserPlace } from './kubeconfig-tokens.ts';
import { isFields, textOf, type Fields } from './kubeconfig.ts';
import { refreshLogin } from './oidc-refresh.ts';

/** One that ends so soon is refreshed: it has to last for the request. */
const lastMomentsMs = 10_000;

/** One for each user: it remembers the tokens that it has refreshed. */
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
      // The former refresh token still works, so nothing is lost with a file that is only read.
      if ((tokens['refresh-token'] ?? former) === former) return;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw this.#fault(`its new refresh-token, which replaces the former one, cannot be written (${why})`);
    }
  }

  async #refreshed(): Promise<Readonly<Record<string, string>>> {
    try {
      return await refreshLogin(this.#config);
    } catch (cause) {
      const { code, message } = cause as KernelError;
      throw cause instanceof KernelError ? this.#fault(message, code) : cause;
    }
  }

  #fault(why: string, code: KernelError['code'] = 'Unauthorized'): KernelError {
    return new KernelError(code, `the auth-provider '${this.#name}' of the kubeconfig gave no token: ${why}`);
  }
}

function isCurrent(config: Fields): boolean {
  const token = textOf(config['id-token']);
  return token !== undefined && endOf(token) > Date.now() + lastMomentsMs;
}

/** Epoch milliseconds; 0 for what is no token. */
function endOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const end = isFields(claims) ? claims['exp'] : undefined;
    return typeof end === 'number' ? end * 1000 : 0;
  } catch {
    return 0;
  }
}
