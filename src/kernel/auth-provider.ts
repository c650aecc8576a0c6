/**
 * An `auth-provider` of a kubeconfig: OpenID Connect, whose tokens `@kubernetes/client-node` refreshes. The one file that runs code of it: it takes
 * longer to load than a short command takes for everything else, and its request layer opens a TLS connection for every request.
 */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Credentials } from './credentials.ts';
import { KernelError } from './errors.ts';
import { textOf, type Fields } from './kubeconfig.ts';

/** One for each user: it remembers the tokens that it has refreshed. */
export class AuthProvider {
  readonly #config = new KubeConfig();
  readonly #name: string;

  constructor(authProvider: Fields) {
    this.#name = textOf(authProvider['name']) ?? '';
    const [cluster, user] = [
      { name: 'cluster', server: 'https://localhost' },
      { name: 'user', authProvider },
    ];
    this.#config.loadFromClusterAndUser({ ...cluster, skipTLSVerify: false }, user);
  }

  async headers(): Promise<Credentials['headers']> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const { Authorization: authorization } = (options.headers ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof authorization === 'string') return { authorization };
    throw new KernelError('Unauthorized', `the auth-provider '${this.#name}' of the kubeconfig gave no token`);
  }
}
