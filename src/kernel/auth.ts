/**
 * Who we are to which API server. The one file that runs code of `@kubernetes/client-node`: it reads kubeconfigs and the
 * in-cluster service account, and knows exec plug-ins, OpenID Connect refresh and token files that rotate.
 * Its request layer is not used: it opens a TLS connection for every request.
 */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { defined } from '../defined.ts';
import { KernelError } from './errors.ts';

/** Current TLS material and headers. Tokens and certificates rotate, so ask again; `Access` caches. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Access {
  /** Base address of the API server, without a trailing slash. */
  readonly server: string;
  readonly proxyUrl?: string;
  /** The namespace of the context or of the service account. */
  readonly namespace: string;
  /** The name of the cluster in the kubeconfig; `inCluster` in a Pod. */
  readonly clusterName: string;
  /** The context of the kubeconfig; absent in a Pod. */
  readonly contextName?: string;
  credentials(): Promise<Credentials>;
}

/** The address of the API server, without credentials and query; requests add their paths to it. */
export function serverAddress({ server }: Pick<Access, 'server'>): string {
  const { origin, pathname } = new URL(server);
  return `${origin}${pathname.replace(/\/$/, '')}`;
}

export interface LoadAccessOptions {
  /** Path of a kubeconfig; by default KUBECONFIG, then ~/.kube/config, then the service account. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What the library calls the cluster of the Pod that the program runs in. */
const inCluster = 'inCluster';

export async function loadAccess(options: LoadAccessOptions = {}): Promise<Access> {
  return accessOf(await loadConfig(options));
}

/** All contexts of a kubeconfig, each with its own credentials. */
export interface Contexts {
  readonly names: readonly string[];
  readonly current: string;
  /** The namespace that the context names; undefined where it names none. */
  namespaceOf(name: string): string | undefined;
  access(name: string): Promise<Access>;
}

export async function loadContexts(options: LoadAccessOptions = {}): Promise<Contexts> {
  const config = await loadConfig(options);
  return {
    names: config.getContexts().map(({ name }) => name),
    current: config.getCurrentContext(),
    namespaceOf: (name) => config.getContextObject(name)?.namespace,
    // Read again each time: a login writes new tokens into the file.
    access: (name) => loadAccess({ ...options, context: name }),
  };
}

/** `nodeHttp` takes no other, and would connect directly where the proxy may be there to prevent it. */
export function isHttpProxy(address: string): boolean {
  return /^https?:\/\//.test(address) && URL.canParse(address);
}

/** For callers that already hold a `KubeConfig`. */
export function accessOf(config: KubeConfig): Access {
  const current = config.getCurrentContext();
  const context = config.getContextObject(current);
  const cluster = config.getCurrentCluster();
  const named = `which its context "${current}" names`;
  if (context === null) throw unusable(`no context "${current}"`);
  if (cluster === null) throw unusable(`no cluster "${context.cluster}" with a server, ${named}`);
  // Without a user the library also drops the authority of the cluster, which then looks untrusted.
  if (((context.user as string | undefined) ?? '') !== '' && config.getCurrentUser() === null)
    throw unusable(`no user "${context.user}", ${named}`);
  // An empty one is none, as for kubectl.
  const proxyUrl = cluster.proxyUrl ?? '';
  if (proxyUrl !== '' && !isHttpProxy(proxyUrl)) {
    throw new KernelError(
      'BadRequest',
      `the proxy-url of the cluster "${cluster.name}" in the kubeconfig ${proxyFault(proxyUrl)}: give the address of an HTTP proxy, such as http://proxy.example.com:3128`,
    );
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(proxyUrl === '' ? {} : { proxyUrl }),
    namespace: context.namespace ?? 'default',
    clusterName: cluster.name,
    ...(cluster.name === inCluster ? {} : { contextName: current }),
    async credentials() {
      const options: RequestOptions & Record<string, unknown> = {};
      await config.applyToHTTPSOptions(options);
      return { headers: headersOf(options), tls: tlsOf(options) };
    },
  };
}

function unusable(fault: string): KernelError {
  return new KernelError(
    'BadRequest',
    `the kubeconfig has ${fault}: correct the kubeconfig, or choose another context with --context`,
  );
}

/** Names nothing but the scheme: the address may hold a password. */
function proxyFault(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0];
  if (scheme === undefined) return 'does not begin with http:// or https://';
  return isHttpProxy(`${scheme}host`)
    ? 'is not a valid address'
    : `begins with ${scheme}, not with http:// or https://`;
}

async function loadConfig(options: LoadAccessOptions): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  try {
    const files = options.kubeconfig === undefined ? await listedFiles() : [options.kubeconfig];
    if (files.length === 0) config.loadFromDefault(lenient);
    else
      config.loadFromOptions(
        merged(
          files.map((file) => {
            const one = new Config();
            one.loadFromFile(file, lenient);
            return one;
          }),
        ),
      );
    if (options.context !== undefined) config.setCurrentContext(options.context);
    // `kubectl proxy`: there is no TLS to verify, and the library wants that said.
    config.clusters = config.clusters.map((cluster) =>
      cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
    );
  } catch (cause) {
    throw new KernelError('BadRequest', `reading the kubeconfig ${options.kubeconfig ?? '(default)'} failed`, {
      cause,
    });
  }
  return config;
}

/** As for kubectl, an entry of another context that lacks a field makes no context useless. */
const lenient = { onInvalidEntry: 'filter' } as const;

/**
 * The files of a KUBECONFIG with several, without those that are missing or empty, as kubectl reads it. The library would fail at a missing file
 * and at a name that two files have, and use the current context of the last one. Empty: the library looks itself.
 */
async function listedFiles(): Promise<readonly string[]> {
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length < 2) return [];
  const texts = await Promise.all(
    listed.map((path) =>
      readFile(path, 'utf8').catch((error: unknown) => {
        if ((error as { readonly code?: unknown }).code === 'ENOENT') return '';
        throw error;
      }),
    ),
  );
  return listed.filter((_path, index) => texts[index]?.trim() !== '');
}

/** The first file to name a thing wins, the current context too. */
function merged(
  configs: readonly KubeConfig[],
): Pick<KubeConfig, 'clusters' | 'users' | 'contexts'> & { readonly currentContext: string | undefined } {
  return {
    clusters: firstOfEachName(configs.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(configs.flatMap(({ users }) => users)),
    contexts: firstOfEachName(configs.flatMap(({ contexts }) => contexts)),
    currentContext: configs
      .map((config) => config.getCurrentContext())
      .find((name) => (name as unknown) !== undefined && name !== ''),
  };
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  return [...new Map([...entries].reverse().map((entry) => [entry.name, entry])).values()];
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries((options.headers ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return headers;
}

function tlsOf(options: Readonly<Record<string, unknown>>): TlsMaterial {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
  const [ca, cert, key, servername] = [options['ca'], options['cert'], options['key'], options['servername']].map(text);
  return {
    ...defined({ ca, cert, key, servername }),
    ...(options['rejectUnauthorized'] === false ? { rejectUnauthorized: false } : {}),
  };
}
