/** The console in the cluster, put together from its options. */
import type { AddressInfo } from 'node:net';
import type { Clock, Logger } from '../../kernel/index.ts';
import { createApp } from './app.ts';
import { configFromCluster, configFromFile } from './config/config-source.ts';
import { ConsoleError } from './errors.ts';
import { serveHealth } from './health.ts';
import { ClusterAuthenticator } from './login/cluster-authenticator.ts';
import { addClusterRoutes } from './login/cluster-routes.ts';
import { OidcProvider } from './login/oidc-provider.ts';
import { textOf, type ServerOptions } from './options.ts';
import { Upstream } from './proxy/upstream.ts';
import { OpenStreams } from './sessions/open-streams.ts';
import { randomSessionKeys, sessionKeysFrom } from './sessions/session-keys.ts';
import { TokenRefresh } from './sessions/token-refresh.ts';
import { paths } from '../contract.ts';

export interface RunningConsole {
  readonly port: number;
  readonly healthPort: number;
  /** Streams that are open now. */
  streamCount(): number;
  /** Ends streams with a reason, then everything. */
  stop(): Promise<void>;
}

export interface Surroundings {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export async function startClusterConsole(
  options: ServerOptions,
  { version, clock, log }: Surroundings,
): Promise<RunningConsole> {
  const { publicUrl, sessionKeyFile, apiServer, apiServerCaFile } = options;
  const style = { isSecure: publicUrl.startsWith('https:') };
  const keys = sessionKeyFile === undefined ? randomSessionKeys() : sessionKeysFrom(sessionKeyFile, clock);
  if (sessionKeyFile === undefined)
    log.warn('no --session-key-file: sessions end with this process, and there can be no other replica');
  const tls = apiServerCaFile === undefined ? {} : { ca: textOf(apiServerCaFile) };
  const upstream = new Upstream({ server: apiServer, tls });
  const provider = providerOf(options);
  const streams = new OpenStreams({ clock });
  const authenticator = new ClusterAuthenticator({
    upstream,
    contextName: options.contextName,
    keys,
    style,
    clock,
    streams,
    refresh: new TokenRefresh({ clock, provider }),
    provider,
    takesTokens: options.tokenLogin,
    maxSessionMs: options.sessionLength,
    publicUrl,
  });
  const config =
    options.config === undefined
      ? configFromCluster(options.operatorNamespace)
      : configFromFile(options.config, options.operatorNamespace);
  const app = await createApp({
    authenticator,
    streams,
    origins: [publicUrl],
    config,
    version,
    files: options.files,
    clock,
    log,
    recheckEveryMs: options.recheckEvery,
    addRoutes: (routes) => addClusterRoutes(routes, { authenticator, provider, keys, style, clock }),
  });
  let isReady = false;
  await app.listen({ port: options.port, host: options.bindAddress });
  const health = await serveHealth({ address: options.bindAddress, port: options.healthPort, isReady: () => isReady });
  isReady = true;
  return {
    port: (app.server.address() as AddressInfo).port,
    healthPort: health.port,
    streamCount: () => streams.count,
    stop: async () => {
      isReady = false;
      streams.stop(new ConsoleError('Stopping', 'The console is being restarted: the page connects again by itself.'));
      await app.close();
      await Promise.all([upstream.close(), provider?.close(), health.close()]);
    },
  };
}

function providerOf(options: ServerOptions): OidcProvider | undefined {
  const { oidcIssuer, oidcClientId, oidcClientSecretFile, oidcCaFile, oidcScopes, publicUrl } = options;
  if (oidcIssuer === undefined || oidcClientId === undefined) return undefined;
  return new OidcProvider({
    issuer: oidcIssuer,
    clientId: oidcClientId,
    ...(oidcClientSecretFile === undefined ? {} : { clientSecret: textOf(oidcClientSecretFile) }),
    scopes: oidcScopes,
    ...(oidcCaFile === undefined ? {} : { ca: textOf(oidcCaFile) }),
    redirectUri: `${publicUrl}${paths.oidcCallback}`,
  });
}
