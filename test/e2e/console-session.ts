/** The console as it runs in the cluster, here as a part of the test, and people who log in to it with a pasted token. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { freePorts } from '../../tools/devcluster/state/free-ports.ts';
import { parseOptions, startClusterConsole, type RunningConsole } from '../../src/console/server/index.ts';
import { createLogger, loadAccess, systemClock, type Clock } from '../../src/kernel/index.ts';
import type { TestCluster } from '../support/cluster.ts';
import { pages, type ConsoleWorld } from './console-world.ts';

const patienceMs = 120_000;
const tokenSeconds = 3_600;

export interface ServedConsole {
  readonly origin: string;
  readonly console: RunningConsole;
  stop(): Promise<void>;
}

export async function serveConsole(
  cluster: TestCluster,
  words: readonly string[] = [],
  clock: Clock = systemClock,
): Promise<ServedConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'neuro-console-session-'));
  const ca = join(folder, 'api-server.pem');
  const access = await loadAccess({ kubeconfig: cluster.cluster.kubeconfigPath('admin') });
  writeFileSync(ca, (await access.credentials()).tls.ca ?? '');
  const [port = 0] = await freePorts(1);
  const origin = `http://127.0.0.1:${String(port)}`;
  const options = parseOptions(
    [
      ...['--public-url', origin, '--bind-address', '127.0.0.1', '--port', String(port), '--health-port', '0'],
      ...['--api-server', cluster.cluster.server, '--api-server-ca-file', ca, '--recheck-every', '1s'],
      ...words,
    ],
    {},
    pages,
  );
  const console = await startClusterConsole(options, {
    version: 'test',
    clock,
    log: createLogger({ level: 'silent' }),
  });
  return {
    origin,
    console,
    stop: async () => {
      await console.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a service account, whose name nobody had before, and a token for it. */
export async function makeRobot(cluster: TestCluster, namespace: string): Promise<Robot> {
  const name = `robot-${randomBytes(4).toString('hex')}`;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await cluster.request({ method: 'POST', path, body: { metadata: { name } } });
  const { status } = await cluster.request<{ readonly status: { readonly token: string } }>({
    method: 'POST',
    path: `${path}/${name}/token`,
    body: { spec: { expirationSeconds: tokenSeconds } },
  });
  return { name, namespace, token: status.token };
}

/** A service account with the role `edit` in its namespace. */
export async function makeEditor(cluster: TestCluster, namespace: string): Promise<Robot> {
  const robot = await makeRobot(cluster, namespace);
  const account = `--serviceaccount=${namespace}:${robot.name}`;
  const bind = ['rolebinding', robot.name, '--clusterrole=edit', account, '-n', namespace];
  const made = await cluster.kubectl('admin', ['create', ...bind]);
  if (made.code !== 0) throw new Error(made.stderr);
  return robot;
}

export interface Robot {
  readonly name: string;
  readonly namespace: string;
  readonly token: string;
}

/** A browser of its own, and its first tab logged in. */
export async function visit(world: ConsoleWorld, { origin }: ServedConsole, token: string): Promise<Visit> {
  const context = await world.browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  await page.goto(origin);
  await pasteToken(page, token);
  await page.getByRole('main').waitFor();
  return {
    page,
    context,
    tab: async (path) => {
      const tab = await context.newPage();
      await tab.goto(`${origin}${path}`);
      return tab;
    },
  };
}

interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** One more tab of the same browser. */
  tab(path: string): Promise<Page>;
}

export async function pasteToken(page: Page, token: string): Promise<void> {
  await page.locator('input[type=password]').fill(token);
  await page.getByRole('button', { name: 'Log in with the token' }).click();
}
