/** The command line of the console in the cluster. Secrets come by files, never as arguments or variables. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDurationSeconds } from '../../api/index.ts';
import type { LogLevel } from '../../kernel/index.ts';
import { ConsoleError } from './errors.ts';

export interface ServerOptions {
  /** Origin under which browsers reach the console, without a trailing slash. */
  readonly publicUrl: string;
  /** Domain of the pages of jobs: each is a name below it. Absent: they cannot be opened. */
  readonly jobDomain?: string;
  readonly bindAddress: string;
  readonly port: number;
  readonly healthPort: number;
  readonly files: string;
  readonly apiServer: string;
  readonly apiServerCaFile?: string;
  readonly contextName: string;
  readonly operatorNamespace: string;
  readonly config?: string;
  readonly sessionKeyFile?: string;
  readonly serviceAccountTokenFile?: string;
  readonly endedSessions: string;
  readonly sessionLength: number;
  readonly tokenLogin: boolean;
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcClientSecretFile?: string;
  readonly oidcScopes: string;
  readonly oidcCaFile?: string;
  readonly recheckEvery: number;
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
}

/** Throws a `ConsoleError` where options do not fit together. */
export function parseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv, files: string): ServerOptions {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const inCluster = `https://${host.includes(':') ? `[${host}]` : host}:${environment['KUBERNETES_SERVICE_PORT'] ?? '443'}`;
  const command = new Command('neuro-console')
    .description('The web console in the cluster: forwards the API with the credentials of the user who is logged in.')
    .requiredOption(
      '--public-url <url>',
      'address under which browsers reach the console, https unless it is this machine',
      publicUrl,
    )
    .option(
      '--job-domain <domain>',
      'domain of the pages of jobs: every name below it leads here, with scheme and port of the public address',
      domain,
    )
    .option('--bind-address <address>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port of the console; 0 takes a free one', port, 8080)
    .option('--health-port <port>', 'port of /healthz and /readyz; 0 takes a free one', port, 8081)
    .option('--files <folder>', 'folder of the built pages', files)
    .option(
      '--api-server <url>',
      'address of the API server; by default the one of this cluster',
      ...(host === '' ? [] : [inCluster]),
    )
    .option('--api-server-ca-file <path>', 'authorities of the API server’s certificate (PEM)')
    .option('--context-name <name>', 'how the page calls this cluster', 'cluster')
    .option('--operator-namespace <name>', 'namespace of the operator', environment['POD_NAMESPACE'] ?? 'neuro-system')
    .option('--config <path>', 'widgets and presets (YAML)')
    .option(
      '--session-key-file <path>',
      'keys that encrypt the session cookies: one a line, 32 bytes in base64; shared by all replicas',
    )
    .option(
      '--service-account-token-file <path>',
      'token of the console’s own service account; it records log-outs, and is used for nothing else',
    )
    .option(
      '--ended-sessions <name>',
      'ConfigMap in the operator’s namespace that holds the record of log-outs',
      'neuro-console-ended-sessions',
    )
    .option('--session-length <duration>', 'longest time from login to login', duration, 12 * 3600 * 1000)
    .option('--no-token-login', 'do not take pasted tokens')
    .option('--oidc-issuer <url>', 'OpenID provider; the API server has to trust it')
    .option('--oidc-client-id <id>', 'client of the console there; the redirect is PUBLIC-URL/auth/oidc/callback')
    .option('--oidc-client-secret-file <path>', 'secret of the client; none for a public client')
    .option('--oidc-scopes <scopes>', 'scopes to ask for', 'openid email groups offline_access')
    .option('--oidc-ca-file <path>', 'authorities of the provider’s certificate (PEM)')
    .option('--recheck-every <duration>', 'how often the right to an open stream is asked for again', duration, 5000)
    .option(
      '--trusted-proxies <networks>',
      'addresses and networks of the proxies in front, separated by commas: their X-Forwarded-For is believed',
      networks,
      [],
    )
    .addOption(
      new Option('--log-level <level>').choices(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    )
    .parse([...argv], { from: 'user' });
  const options = command.opts<Omit<ServerOptions, 'apiServer'> & { readonly apiServer?: string }>();
  const { apiServer, oidcIssuer, oidcClientId, tokenLogin } = options;
  if (apiServer === undefined) throw wrong('--api-server has to be given outside of a cluster');
  if ((oidcIssuer === undefined) !== (oidcClientId === undefined))
    throw wrong('--oidc-issuer and --oidc-client-id belong together');
  if (oidcIssuer === undefined && !tokenLogin)
    throw wrong('there is no way to log in: give --oidc-issuer, or leave --no-token-login away');
  const { jobDomain, publicUrl: url } = options;
  const consoleHost = new URL(url).hostname;
  // A page can set cookies for the domains above it, and `localhost` is none of those.
  if (jobDomain !== undefined && jobDomain !== 'localhost' && `.${jobDomain}`.endsWith(`.${consoleHost}`))
    throw wrong(
      `--job-domain is the console’s own host ${consoleHost}, or below it: jobs could set cookies for the console`,
    );
  if (jobDomain !== undefined && consoleHost.endsWith(`.${jobDomain}`))
    throw wrong(`--job-domain is above the console’s own host ${consoleHost}, which would be one of its names`);
  if (options.sessionKeyFile !== undefined && options.serviceAccountTokenFile === undefined)
    throw wrong(
      '--session-key-file is given without --service-account-token-file: sessions that outlive this process need the record of log-outs',
    );
  return { ...options, apiServer: apiServer.replace(/\/+$/, '') };
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ConsoleError('ConfigNotReadable', `The file ${path} cannot be read.`, { cause });
  }
}

/** Refuses http, because a cookie could be read on its way; a browser on the same machine is an exception. */
function publicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isGood = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
  if (url === undefined || !isGood || url.pathname !== '/' || url.search !== '')
    throw new InvalidArgumentError('expected https://HOST[:PORT] without a path, or http://localhost:PORT');
  return url.origin;
}

function domain(text: string): string {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text) || text.length > 190)
    throw new InvalidArgumentError('expected a domain such as jobs.example.com');
  return text;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('expected 0 to 65535');
  return value;
}

function networks(text: string): readonly string[] {
  const all = text.split(',').map((each) => each.trim());
  if (!all.every(isNetwork))
    throw new InvalidArgumentError('expected addresses or networks such as 10.0.0.0/8,fd00::/8');
  return all;
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
  );
}

/** Parses a duration. Returns milliseconds. */
function duration(text: string): number {
  try {
    return parseDurationSeconds(text) * 1000;
  } catch {
    throw new InvalidArgumentError('expected a duration such as 12h or 30s');
  }
}

function wrong(what: string): ConsoleError {
  return new ConsoleError('ConfigNotReadable', `The command line is wrong: ${what}.`);
}
