/** The console in the cluster, put together from its options. */
import type { AddressInfo } from 'node:net';
import { totalmem } from 'node:os';
import { KubeClient, Transport, undiciHttp, type Clock, type Logger, type TlsMaterial } from '../../kernel/index.ts';
import { createApp } from './app.ts';
import { configFromCluster, configFromFile } from './config/config-source.ts';
import { ConsoleError, noSession } from './errors.ts';
import { serveHealth } from './health.ts';
import { limitsFor, type Limits } from './limits.ts';
import { ClusterAuthenticator } from './login/cluster-authenticator.ts';
import { addClusterRoutes } from './login/cluster-routes.ts';
import { OidcProvider } from './login/oidc-provider.ts';
import { jobDomain } from './opened/job-origin.ts';
import { textOf, type ServerOptions } from './options.ts';
import { Upstream } from './proxy/upstream.ts';
import { serviceAccount } from './service-account.ts';
import { EndedInMemory } from './sessions/ended-sessions.ts';
import { OpenStreams } from './sessions/open-streams.ts';
import { randomSessionKeys, sessionKeysFrom } from './sessions/session-keys.ts';
import { SharedEndedSessions } from './sessions/shared-ended-sessions.ts';
import { ticketClaims, type ClaimTicket } from './sessions/ticket-claims.ts';
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

export interface RunContext {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** The default limits fit into the memory of this process. */
  readonly limits?: Limits;
}

export async function startClusterConsole(
  options: ServerOptions,
  { version, clock, log, limits = limitsFor(memoryLimit()) }: RunContext,
): Promise<RunningConsole> {
  const { publicUrl, sessionKeyFile, apiServer, apiServerCaFile } = options;
  const style = { isSecure: publicUrl.startsWith('https:') };
  const keys = sessionKeyFile === undefined ? randomSessionKeys() : sessionKeysFrom(sessionKeyFile, { clock, log });
  if (sessionKeyFile === undefined)
    log.warn('no --session-key-file: sessions end with this process, and there can be no other replica');
  const tls = apiServerCaFile === undefined ? {} : { ca: textOf(apiServerCaFile) };
  const upstream = new Upstream({ server: apiServer, tls });
  const provider = providerOf(options);
  const streams = new OpenStreams(limits);
  const stopped = new AbortController();
  const record = recordOf(options, { tls, version, clock, log, onEnded: () => streams.endEnded(noSession()) });
  const ended = record?.sessions ?? new EndedInMemory({ clock, maxSessionMs: options.sessionLength });
  const authenticator = new ClusterAuthenticator({
    upstream,
    contextName: options.contextName,
    keys,
    style,
    clock,
    streams,
    ended,
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
    limits,
    trustedProxies: options.trustedProxies,
    origins: [publicUrl],
    ...(options.jobDomain === undefined ? {} : { jobDomain: jobDomain(publicUrl, options.jobDomain) }),
    keys,
    style,
    claimTicket: record?.claimTicket,
    config,
    version,
    files: options.files,
    clock,
    log,
    recheckEveryMs: options.recheckEvery,
    addRoutes: (routes) => addClusterRoutes(routes, { authenticator, provider, keys, style, clock, log }),
  });
  const reading = record?.sessions.run(stopped.signal);
  await app.listen({ port: options.port, host: options.bindAddress });
  let isListening = true;
  // Once is enough: while the API server is away the pages say so, which is better than no pages.
  let hasRecord = record === undefined;
  const isReady = (): boolean => {
    hasRecord ||= record?.sessions.isConfirmed === true;
    return isListening && hasRecord;
  };
  const health = await serveHealth({ address: options.bindAddress, port: options.healthPort, isReady });
  return {
    port: (app.server.address() as AddressInfo).port,
    healthPort: health.port,
    streamCount: () => streams.count,
    stop: async () => {
      isListening = false;
      streams.stop(new ConsoleError('Stopping', 'The console is being restarted: the page connects again by itself.'));
      await app.close();
      stopped.abort();
      await reading;
      await Promise.all([upstream.close(), provider?.close(), health.close(), record?.transport.close()]);
    },
  };
}

interface SharedRecord {
  readonly sessions: SharedEndedSessions;
  readonly claimTicket: ClaimTicket;
  readonly transport: Transport;
}

/** The record of ended sessions. Where sessions outlive the process, the record does too. */
function recordOf(
  {
    sessionKeyFile,
    serviceAccountTokenFile,
    endedSessions,
    apiServer,
    operatorNamespace,
    sessionLength,
  }: ServerOptions,
  { tls, version, clock, log, onEnded }: RunContext & { readonly tls: TlsMaterial; readonly onEnded: () => void },
): SharedRecord | undefined {
  if (sessionKeyFile === undefined || serviceAccountTokenFile === undefined) return undefined;
  const transport = new Transport({
    access: serviceAccount({
      server: apiServer,
      tls,
      tokenFile: serviceAccountTokenFile,
      namespace: operatorNamespace,
    }),
    http: undiciHttp,
    userAgent: `neuro-console/${version}`,
    clock,
  });
  const shared = {
    client: new KubeClient({ transport }),
    configMap: { namespace: operatorNamespace, name: endedSessions },
    clock,
  };
  const sessions = new SharedEndedSessions({ ...shared, log, maxSessionMs: sessionLength, onEnded });
  return { sessions, claimTicket: ticketClaims(shared), transport };
}

/** The memory limit of this process in bytes; undefined where it has none of its own. */
function memoryLimit(): number | undefined {
  const bytes = process.constrainedMemory();
  return bytes > 0 && bytes < totalmem() ? bytes : undefined;
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
