/**
 * What a cluster and a user of a kubeconfig present to the API server. The rules are those of kubectl: where the kubeconfig has both a value and a
 * file for it, the value counts, but a token's file counts before a token. A user who impersonates somebody sends the name, the groups, the UID and
 * the extra fields.
 */
import { defined } from '../defined.ts';
import type { Credentials, CredentialsOptions, TlsMaterial } from './credentials.ts';
import type { AuthProvider } from './auth-provider.ts';
import type { ExecPlugin } from './exec-plugin.ts';
import { isFields, textOf, type Fields } from './fields.ts';
import { namedFile } from './kubeconfig.ts';
import type { UserPlace } from './kubeconfig-tokens.ts';
import type { CredentialPart } from './secure-context.ts';

type Headers = Credentials['headers'];

/** Returns the function that gets the credentials. It reads files again each time, because they rotate. */
export function credentialsSource(
  cluster: Fields,
  user: Fields,
  place?: UserPlace,
): (options?: CredentialsOptions) => Promise<Credentials> {
  const { exec, 'auth-provider': authProvider } = user;
  let plugin: Promise<ExecPlugin> | undefined;
  let provider: Promise<AuthProvider> | undefined;
  const loggedIn = async (options: CredentialsOptions): Promise<Credentials> => {
    if (isFields(exec)) {
      plugin ??= import('./exec-plugin.ts').then(({ ExecPlugin }) => new ExecPlugin(exec, clusterInfo(cluster)));
      const { token, cert, key } = await (await plugin).credentials(options);
      return { headers: token === undefined ? {} : bearer(token), tls: defined({ cert, key }) };
    }
    if (!isFields(authProvider)) return { headers: {}, tls: {} };
    provider ??= import('./auth-provider.ts').then(({ AuthProvider }) => new AuthProvider(authProvider, place));
    return { headers: await (await provider).headers(), tls: {} };
  };
  return async (options = {}) => {
    const { headers, tls } = await loggedIn(options);
    return {
      headers: { ...headers, ...fixedHeaders(user), ...impersonation(user) },
      tls: { ...clusterTls(cluster), ...userTls(user), ...tls },
    };
  };
}

export type TlsPlaces = Readonly<Partial<Record<CredentialPart, string>>>;

/** For messages: which field of the kubeconfig gives it, with the file that the field names. */
export function tlsPlacesOf(cluster: Fields, user: Fields): TlsPlaces {
  const place = (fields: Fields, name: string): string => {
    if (textOf(fields[`${name}-data`]) !== undefined) return `the ${name}-data of the kubeconfig`;
    const file = textOf(fields[name]);
    return file === undefined ? `the ${name} of the kubeconfig` : `the ${name} ${file}`;
  };
  const { exec } = user;
  const program = isFields(exec) ? textOf(exec['command']) : undefined;
  return {
    ca: place(cluster, 'certificate-authority'),
    cert: program === undefined ? place(user, 'client-certificate') : `the certificate from the program '${program}'`,
    key: program === undefined ? place(user, 'client-key') : `the key from the program '${program}'`,
  };
}

/** True where the user impersonates groups, a UID or extras without a user (`as`). kubectl refuses that, too. */
export function impersonatesNobody(user: Fields): boolean {
  return textOf(user['as']) === undefined && Object.keys(impersonation(user)).length > 0;
}

function fixedHeaders(user: Fields): Headers {
  const file = textOf(user['tokenFile']);
  const token = file === undefined ? textOf(user['token']) : namedFile(file).trim();
  if (token !== undefined && token !== '') return bearer(token);
  const username = textOf(user['username']);
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${textOf(user['password']) ?? ''}`).toString('base64')}` };
}

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
function impersonation(user: Fields): Headers {
  const headers: Record<string, string | string[]> = {};
  const [as, uid, groups] = [textOf(user['as']), textOf(user['as-uid']), textsOf(user['as-groups'])];
  if (as !== undefined) headers['impersonate-user'] = as;
  if (uid !== undefined) headers['impersonate-uid'] = uid;
  if (groups.length > 0) headers['impersonate-group'] = groups;
  for (const [name, values] of Object.entries(isFields(user['as-user-extra']) ? user['as-user-extra'] : {}))
    headers[`impersonate-extra-${encodeURIComponent(name.toLowerCase())}`] = textsOf(values);
  return headers;
}

function clusterTls(cluster: Fields): TlsMaterial {
  return {
    ...defined({ ca: material(cluster, 'certificate-authority'), servername: textOf(cluster['tls-server-name']) }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
}

function userTls(user: Fields): TlsMaterial {
  return defined({ cert: material(user, 'client-certificate'), key: material(user, 'client-key') });
}

function material(fields: Fields, name: string): string | undefined {
  const [data, file] = [textOf(fields[`${name}-data`]), textOf(fields[name])];
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : namedFile(file);
}

/** The cluster as the plug-in gets it, where `provideClusterInfo` asks for that. */
function clusterInfo(cluster: Fields): Fields {
  const ca = material(cluster, 'certificate-authority');
  const kept = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'proxy-url', 'disable-compression'];
  const extensions = Array.isArray(cluster['extensions']) ? cluster['extensions'].filter(isFields) : [];
  const config = extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.['extension'];
  return defined({
    ...Object.fromEntries(kept.map((name) => [name, cluster[name]])),
    'certificate-authority-data': ca === undefined ? undefined : Buffer.from(ca).toString('base64'),
    config,
  });
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
