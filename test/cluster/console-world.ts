/**
 * A console in cluster mode before a real API server: people of an OpenID provider that the API server trusts, and what they ask.
 * It has a cluster of its own, because of the provider's flags.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import WebSocket from 'ws';
import { parseOptions, startClusterConsole, type RunningConsole } from '../../src/console/server/index.ts';
import { startCluster, type DevCluster } from '../../tools/devcluster/index.ts';
import {
  createLogger,
  isKernelError,
  loadAccess,
  systemClock,
  Transport,
  type TransportRequest,
  undiciHttp,
} from '../../src/kernel/index.ts';
import { askAt, endOf, type Answer } from '../console/server/cluster-world.ts';
import { applyCrds } from '../support/cluster.ts';
import { Browser } from '../support/console/browser.ts';
import { startOpenIdProvider, type OpenIdProvider } from '../support/console/openid-provider.ts';
import { until, untilTrue } from '../support/until.ts';

export const origin = 'https://console.test';
export const stream = 'neuro.stream.v1';
const rbac = 'rbac.authorization.k8s.io';
export const canary = 'CANARY-5b1d09';
export const ours = (context: string, namespace: string, rest: string): string =>
  `/k8s/${context}/apis/neu.ro/v1/namespaces/${namespace}/${rest}`;

/** All that the console's people do with their own. */
export const ownerRules = [
  { apiGroups: ['neu.ro'], resources: ['*'], verbs: ['*'] },
  { apiGroups: [''], resources: ['secrets', 'pods', 'pods/log', 'configmaps'], verbs: ['get', 'list', 'watch'] },
];

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface Person {
  readonly cookie: string;
  readonly csrf: string;
  readonly session: Readonly<Record<string, unknown>>;
}

interface Asking {
  readonly method?: string;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Watch {
  /** What it has told. */
  readonly lines: readonly string[];
  /** How it ended, unless in good order. */
  readonly ended: ReturnType<typeof endOf>;
  close(): void;
}

/** For a test file. */
export function consoleOnCluster() {
  let provider: OpenIdProvider;
  let cluster: DevCluster;
  let admin: Transport;
  let running: RunningConsole;
  let folder: string;
  /** Of the console's command line. */
  let flags: readonly string[];
  let logs = '';

  const log = createLogger({ level: 'trace', destination: { write: (line: string) => void (logs += line) } });
  const asAdmin = <T>(request: TransportRequest): Promise<T> => admin.request(request) as Promise<T>;
  const post = (path: string, body: unknown): Promise<unknown> => asAdmin({ method: 'POST', path, body });

  /** In force when it resolves. What stands there from a former try of a test stays. */
  async function give(namespace: string, name: string, user: string, rules: readonly Rule[]): Promise<void> {
    const path = `/apis/${rbac}/v1/namespaces/${namespace}`;
    await make(`${path}/roles`, { metadata: { name }, rules });
    await make(`${path}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    });
    await untilTrue(() => isAllowed(namespace, user, rules[0]), `${user} may in ${namespace}`);
  }

  async function make(path: string, body: unknown): Promise<void> {
    await post(path, body).catch((error: unknown) => {
      if (!isKernelError(error, 'AlreadyExists')) throw error;
    });
  }

  /** The API server hears of a new binding a moment after it is written. */
  async function isAllowed(namespace: string, user: string, rule: Rule | undefined): Promise<boolean> {
    const [resource, subresource] = (rule?.resources[0] ?? '').split('/');
    const resourceAttributes = { namespace, group: rule?.apiGroups[0], resource, subresource, verb: rule?.verbs[0] };
    const review = await asAdmin<{ readonly status: { readonly allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: { spec: { user, resourceAttributes } },
    });
    return review.status.allowed;
  }

  const takeBack = (namespace: string, name: string): Promise<unknown> =>
    asAdmin({ method: 'DELETE', path: `/apis/${rbac}/v1/namespaces/${namespace}/rolebindings/${name}` });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'neuro-console-cluster-'));
    provider = await startOpenIdProvider(origin);
    const providerCa = join(folder, 'provider.pem');
    writeFileSync(providerCa, provider.caPem);
    cluster = await startCluster({
      name: `console-${String(process.pid)}`,
      node: false,
      apiServerFlags: [
        `--oidc-issuer-url=${provider.issuer}`,
        `--oidc-client-id=${provider.clientId}`,
        `--oidc-ca-file=${providerCa}`,
        '--oidc-username-claim=sub',
        '--oidc-username-prefix=-',
        '--oidc-groups-claim=groups',
      ],
    });
    await applyCrds(cluster);
    const access = await loadAccess({ kubeconfig: cluster.kubeconfigPath('admin') });
    admin = new Transport({ access, http: undiciHttp, userAgent: 'console-test' });
    for (const name of ['alice', 'bob']) {
      await post('/api/v1/namespaces', { metadata: { name } });
      await give(name, 'owner', name, ownerRules);
    }
    const ca = join(folder, 'api-server.pem');
    writeFileSync(ca, (await access.credentials()).tls.ca ?? '');
    flags = [
      ...['--public-url', origin, '--bind-address', '127.0.0.1', '--port', '0', '--health-port', '0'],
      ...['--api-server', cluster.server, '--api-server-ca-file', ca, '--recheck-every', '1s'],
      ...['--oidc-issuer', provider.issuer, '--oidc-client-id', provider.clientId, '--oidc-ca-file', providerCa],
    ];
    running = await startConsole();
  });

  const startConsole = (more: readonly string[] = []): Promise<RunningConsole> =>
    startClusterConsole(parseOptions([...flags, ...more], {}, folder), { version: '1.2.3', clock: systemClock, log });

  afterAll(async () => {
    await running.stop();
    await admin.close();
    await cluster.down();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function withCookie(cookie: string): Promise<Person> {
    const { json } = await ask('/api/session', { cookie });
    return { cookie, csrf: String(json['csrf']), session: json };
  }

  /** By OpenID Connect. */
  async function logIn(user: string): Promise<Person> {
    provider.user = user;
    const browser = new Browser({
      ca: provider.caPem,
      places: { [origin]: `http://127.0.0.1:${String(running.port)}` },
    });
    await browser.follow(`${origin}/auth/oidc/start`);
    await browser.close();
    return withCookie(browser.cookieOf(origin));
  }

  function logInByToken(token: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', origin };
    return ask('/api/session', { method: 'POST', headers, body: JSON.stringify({ token }) });
  }

  function ask(path: string, { method = 'GET', cookie, headers = {}, body }: Asking = {}): Promise<Answer> {
    return askAt(running.port, path, {
      method,
      headers: { host: 'console.test', ...(cookie === undefined ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  function change({ cookie, csrf }: Person, method: string, path: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
    return ask(path, { method, cookie, headers, body: JSON.stringify(body) });
  }

  function open(path: string, cookie: string, protocol = stream): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${String(running.port)}${path}`, [protocol], {
      headers: { host: 'console.test', origin, cookie },
    });
  }

  /** An API server ends watches of custom resources in good order soon after its start: it is opened again then, as browsers do. */
  async function watching(path: string, cookie: string): Promise<Watch> {
    const lines: string[] = [];
    let socket = open(path, cookie);
    const untilEnded = async (): ReturnType<typeof endOf> => {
      for (;;) {
        socket.on('message', (data: Buffer) => lines.push(...data.toString().trimEnd().split('\n')));
        const end = await endOf(socket);
        if (end.code !== 1000) return end;
        socket = open(path, cookie);
      }
    };
    const ended = untilEnded();
    await until(() => socket.readyState >= socket.OPEN, 'it is open');
    return { lines, ended, close: () => socket.terminate() };
  }

  async function tokenOf(name: string, namespace = 'bob'): Promise<string> {
    await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const review = await asAdmin<{ status: { token: string } }>({
      method: 'POST',
      path,
      body: { spec: { expirationSeconds: 600 } },
    });
    return review.status.token;
  }

  return {
    asAdmin,
    give,
    make,
    takeBack,
    startConsole,
    withCookie,
    logIn,
    logInByToken,
    ask,
    change,
    open,
    watching,
    tokenOf,
    log,
    provider: () => provider,
    cluster: () => cluster,
    folder: () => folder,
    logs: () => logs,
  };
}
