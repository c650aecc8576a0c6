/**
 * Which API server to talk to, and as whom: from a kubeconfig, or from the service account of the Pod that the program runs in. Kubeconfigs are
 * read as kubectl reads them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { Credentials, CredentialsOptions } from './credentials.ts';
import { KernelError } from './errors.ts';
import { textOf, type Fields } from './fields.ts';
import { readKubeconfig, type Kubeconfig } from './kubeconfig.ts';
import { credentialsSource, impersonatesNobody, tlsPlacesOf, type TlsPlaces } from './kubeconfig-user.ts';
import { isHttp, proxyOf } from './proxy-address.ts';

export interface Access {
  /** Base address of the API server, without a trailing slash. */
  readonly server: string;
  readonly proxyUrl?: string;
  /** The variable of the environment that names the proxy; absent where the kubeconfig does. */
  readonly proxyVariable?: string;
  /** The namespace of the context or of the service account. */
  readonly namespace: string;
  /** The name of the cluster in the kubeconfig; `inCluster` in a Pod. */
  readonly clusterName: string;
  /** The context of the kubeconfig; absent in a Pod. */
  readonly contextName?: string;
  /** Where each certificate and key comes from: `the client-key /home/alice/key.pem`. */
  readonly tlsPlaces?: TlsPlaces;
  credentials(options?: CredentialsOptions): Promise<Credentials>;
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

/** The name of the cluster of the Pod that the program runs in. */
const inCluster = 'inCluster';
const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export function loadAccess(options: LoadAccessOptions = {}): Promise<Access> {
  return new Promise((resolve) => {
    const config = kubeconfigOf(options);
    resolve(config === undefined ? inClusterAccess() : contextAccess(config, options.context ?? config.current));
  });
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
  const config = kubeconfigOf(options);
  if (config === undefined) return contextOfPod(await loadAccess());
  return {
    names: [...config.contexts.keys()],
    current: config.current ?? '',
    namespaceOf: (name) => textOf(config.contexts.get(name)?.['namespace']),
    // Read again each time: a login writes new tokens into the file.
    access: (name) => loadAccess({ ...options, context: name }),
  };
}

function kubeconfigOf({ kubeconfig }: LoadAccessOptions): Kubeconfig | undefined {
  try {
    return readKubeconfig(kubeconfig);
  } catch (cause) {
    throw new KernelError('BadRequest', `reading the kubeconfig ${kubeconfig ?? '(default)'} failed`, { cause });
  }
}

function contextAccess(config: Kubeconfig, name = ''): Access {
  const context = config.contexts.get(name);
  if (context === undefined) throw unusable(`no context "${name}"`);
  const named = `which its context "${name}" names`;
  const [clusterName, userName] = [textOf(context['cluster']) ?? '', textOf(context['user'])];
  const cluster = config.clusters.get(clusterName) ?? {};
  const user: Fields | undefined = userName === undefined ? {} : config.users.get(userName);
  const server = textOf(cluster['server'])?.replace(/\/+$/, '');
  if (server === undefined) throw unusable(`no cluster "${clusterName}" with a server, ${named}`);
  if (!isHttp(server))
    throw unusable(`a cluster "${clusterName}" whose server does not begin with https:// or http://`);
  if (user === undefined) throw unusable(`no user "${userName ?? ''}", ${named}`);
  if (impersonatesNobody(user))
    throw unusable(`a user "${userName ?? ''}" with as-groups, as-uid or as-user-extra and no "as"`);
  return {
    server,
    ...proxyOf(server, { clusterName, proxyUrl: textOf(cluster['proxy-url']) }),
    namespace: textOf(context['namespace']) ?? 'default',
    clusterName,
    contextName: name,
    tlsPlaces: tlsPlacesOf(cluster, user),
    credentials: credentialsSource(cluster, user, {
      user: userName ?? '',
      file: config.userFiles.get(userName ?? '') ?? '',
    }),
  };
}

function unusable(fault: string): KernelError {
  return new KernelError(
    'BadRequest',
    `the kubeconfig has ${fault}: correct the kubeconfig, or choose another context with --context`,
  );
}

/** Access from inside a Pod, with the token of its ServiceAccount, which rotates. */
function inClusterAccess(): Access {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = process.env;
  const [tokenFile, ca, namespaceFile] = ['token', 'ca.crt', 'namespace'].map(
    (name) => `${serviceAccountFolder}/${name}`,
  ) as [string, string, string];
  if (host === '' || port === '' || !existsSync(tokenFile))
    throw new KernelError('BadRequest', 'there is no kubeconfig, and no service account of a Pod');
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : 'default',
    clusterName: inCluster,
    credentials: credentialsSource({ 'certificate-authority': ca }, { tokenFile }),
  };
}

function contextOfPod(access: Access): Contexts {
  const only = 'inClusterContext';
  return { names: [only], current: only, namespaceOf: () => access.namespace, access: () => Promise.resolve(access) };
}
