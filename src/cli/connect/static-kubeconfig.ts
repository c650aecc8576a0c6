/**
 * Reads the most common kubeconfig: one file, and a user with a certificate, a token or a password. The library that reads
 * every form takes longer to load than a short command takes for everything else.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { defined } from '../../defined.ts';
import { isHttpProxy, type Access, type Credentials, type LoadAccessOptions } from '../../kernel/index.ts';

type Fields = Readonly<Record<string, unknown>>;

interface NamedParts {
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

/** The fields read here. The library reads a kubeconfig with any other field. */
const clusterFields = new Set([
  ...['server', 'certificate-authority', 'certificate-authority-data', 'insecure-skip-tls-verify', 'tls-server-name'],
  ...['proxy-url', 'extensions'],
]);
const userFields = new Set([
  ...['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data'],
  ...['token', 'username', 'password', 'extensions'],
]);

/** Undefined when the library must read the kubeconfig; it also reports what is wrong with one. */
export function staticAccess(options: LoadAccessOptions): Access | undefined {
  const path = pathOf(options);
  if (path === undefined) return undefined;
  try {
    return accessIn(load(readFileSync(path, 'utf8')), dirname(path), options.context);
  } catch {
    return undefined;
  }
}

function pathOf({ kubeconfig }: LoadAccessOptions): string | undefined {
  if (kubeconfig !== undefined) return kubeconfig;
  const listed = process.env['KUBECONFIG'] ?? '';
  if (listed !== '') return listed.includes(delimiter) ? undefined : listed;
  return process.platform === 'win32' ? undefined : join(homedir(), '.kube', 'config');
}

function accessIn(content: unknown, folder: string, wanted: string | undefined): Access | undefined {
  if (!isFields(content)) return undefined;
  const contextName = wanted ?? content['current-context'];
  const context = namedIn(content, 'contexts', 'context', contextName) as NamedParts | undefined;
  const cluster = namedIn(content, 'clusters', 'cluster', context?.cluster);
  const user = namedIn(content, 'users', 'user', context?.user);
  if (context === undefined || cluster === undefined || user === undefined) return undefined;
  if (!hasOnly(cluster, clusterFields) || !hasOnly(user, userFields)) return undefined;
  const { server, 'proxy-url': proxyUrl } = cluster;
  if (typeof server !== 'string') return undefined;
  if (proxyUrl !== undefined && !(typeof proxyUrl === 'string' && isHttpProxy(proxyUrl))) return undefined;
  return {
    server: server.replace(/\/+$/, ''),
    ...defined({ proxyUrl }),
    namespace: context.namespace ?? 'default',
    clusterName: context.cluster,
    contextName: String(contextName),
    credentials: () => new Promise((resolve) => resolve(credentialsOf(cluster, user, folder))),
  };
}

/** The entry of that name in one of the lists of a kubeconfig. */
function namedIn(content: Fields, list: string, field: string, name: unknown): Fields | undefined {
  const entries = content[list];
  const found = (Array.isArray(entries) ? entries : []).filter(isFields).find((entry) => entry['name'] === name);
  const value = found?.[field];
  return isFields(value) ? value : undefined;
}

function credentialsOf(cluster: Fields, user: Fields, folder: string): Credentials {
  /** Inline data wins over a file. The file is read again each time, because it may rotate. */
  const material = (fields: Fields, name: string): string | undefined => {
    const { [`${name}-data`]: data, [name]: file } = fields;
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8');
    return typeof file === 'string' ? readFileSync(resolve(folder, file), 'utf8') : undefined;
  };
  const [ca, cert, key] = [
    material(cluster, 'certificate-authority'),
    material(user, 'client-certificate'),
    material(user, 'client-key'),
  ];
  const servername = cluster['tls-server-name'];
  return {
    headers: headersOf(user),
    tls: {
      ...defined({ ca, cert, key }),
      ...(typeof servername === 'string' ? { servername } : {}),
      ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    },
  };
}

function headersOf({ token, username, password }: Fields): Readonly<Record<string, string>> {
  if (typeof token === 'string') return { authorization: `Bearer ${token}` };
  if (typeof username !== 'string') return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${String(password)}`).toString('base64')}` };
}

function hasOnly(fields: Fields, known: ReadonlySet<string>): boolean {
  return Object.keys(fields).every((name) => known.has(name));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
