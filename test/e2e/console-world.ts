/**
 * The console in a real browser: alice and bob, each with a browser of their own and `neuro console` on their own kubeconfig,
 * before a real cluster with the operator. Pages must be built (`npm run build:console`).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startLocalConsole, type LocalConsole } from '../../src/console/server/index.ts';
import { defined } from '../../src/defined.ts';
import { createLogger, systemClock } from '../../src/kernel/index.ts';
import { browserProgram, type BrowserKind } from './browser-program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const pages = join(root, 'dist/console');
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** What a Pod uses: a cluster without metrics-server does not serve it, by design. Every other 404 fails the test. */
const podMetrics = /\/apis\/metrics\.k8s\.io\/v1beta1\/namespaces\/[^/]+\/pods\/[^/]+$/;
/** A busy machine may take long to draw; what takes longer is broken. */
const patienceMs = 120_000;
/** The first page of a user, whose code is read and compiled, on a machine that begins many tests at once. */
const firstPageMs = 120_000;
/** Less than what the hooks of the test files wait for: a browser that starts after they gave up would be closed by nobody. */
const launchMs = 120_000;

export interface BrowserUser {
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly console: LocalConsole;
  /** What the browser's console called an error: a blocked script or style, a page that broke. */
  readonly errors: readonly string[];
  /** Forgets the errors so far, after a failure that was wanted. */
  forgive(): void;
  /** Opens a page of this user's console. */
  go(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface UserOptions {
  readonly width?: number;
  readonly height?: number;
  /** Instead of the user's own. */
  readonly kubeconfig?: string;
  /** Widgets and presets; by default those of the cluster. */
  readonly config?: string;
  /** What the browser asks for; by default `en-US`. */
  readonly locale?: string;
  /** What has not drawn its navigation by then is broken. */
  readonly drawsWithinMs?: number;
}

/** Where the kubeconfig of each user is. */
interface Kubeconfigs {
  kubeconfigPath(name: string): string;
}

export interface ConsoleWorld {
  readonly browser: Browser;
  /** A browser of that user, with the session begun. Rejects, and leaves nothing open, when the page does not draw. */
  user(name: string, options?: UserOptions): Promise<BrowserUser>;
  stop(): Promise<void>;
}

export async function startConsoleWorld(
  kubeconfigs: Kubeconfigs,
  config?: string,
  kind: BrowserKind = 'shell',
): Promise<ConsoleWorld> {
  if (!existsSync(join(pages, 'index.html'))) throw new Error('the pages are not built: npm run build:console');
  const browser = await chromium.launch({
    executablePath: await browserProgram(kind),
    args: chromiumFlags,
    headless: true,
    timeout: launchMs,
  });
  const users = new Set<BrowserUser>();
  return {
    browser,
    user: async (name, options = {}) => {
      const user = await openUser(browser, kubeconfigs, name, {
        ...(config === undefined ? {} : { config }),
        ...options,
      });
      users.add(user);
      return user;
    },
    stop: async () => {
      for (const user of users) await user.close();
      await browser.close();
    },
  };
}

async function openUser(
  browser: Browser,
  kubeconfigs: Kubeconfigs,
  name: string,
  {
    width = 1280,
    height = 800,
    kubeconfig = kubeconfigs.kubeconfigPath(name),
    config,
    locale,
    drawsWithinMs = firstPageMs,
  }: UserOptions,
): Promise<BrowserUser> {
  const local = await startLocalConsole({
    kubeconfig,
    port: 0,
    files: pages,
    version: 'test',
    operatorNamespace: 'neuro-system',
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
    recheckEveryMs: 1_000,
    ...(config === undefined ? {} : { config }),
  });
  const context = await browser.newContext({
    viewport: { width, height },
    ...defined({ locale }),
    // What moves is drawn sixty times a second, by the processor.
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    // To ask for what one may not see, such as all namespaces, is in order; the page then does without.
    if (message.type() !== 'error' || message.text().includes('status of 403')) return;
    if (message.text().includes('status of 404') && podMetrics.test(message.location().url)) return;
    errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  const origin = `http://127.0.0.1:${String(local.port)}`;
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await context.close();
    await local.stop();
  };
  try {
    await page.goto(local.newAddress(), { timeout: drawsWithinMs });
    await page.getByRole('navigation').waitFor({ timeout: drawsWithinMs });
  } catch (cause) {
    await close();
    throw new Error(`the page of ${name} did not draw; its console: ${errors.join('; ') || 'nothing'}`, { cause });
  }
  return {
    name,
    page,
    context,
    console: local,
    errors,
    forgive: () => void errors.splice(0),
    go: async (path) => {
      await page.goto(`${origin}${path}`);
      await page.getByRole('navigation').waitFor();
    },
    close,
  };
}
