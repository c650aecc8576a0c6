/** The page of a job, opened from the console in a real browser: it works, on an origin of its own, and can do nothing to the console. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { writeOperatorImage } from '../../tools/devcluster/index.ts';
import { pageServerPath } from '../support/console/page-server.ts';
import { eventually } from '../support/until.ts';
import { startCli } from './cli-process.ts';
import { axeFindings } from './axe.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import { makeEditor, serveConsole, visit } from './console-session.ts';
import type { BrowserUser } from './console-world.ts';

const image = 'docker.io/library/page-of-a-job:1';

let stage: ConsoleStage;
let alice: BrowserUser;

beforeAll(async () => {
  stage = await startConsoleStage();
  const folder = mkdtempSync(join(tmpdir(), 'neuro-page-'));
  const tarPath = join(folder, 'image.tar');
  const files = { '/app/page.ts': pageServerPath };
  await writeOperatorImage({ bundlePath: pageServerPath, tarPath, name: image, files });
  await stage.cluster.cluster.loadImage(tarPath);
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([makeJob('notebook'), makeJob('other')]);
  alice = await stage.world.user('alice');
});

afterAll(() => stage.stop());

async function makeJob(name: string): Promise<void> {
  const made = await stage.cluster.apply('alice', {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroJob',
    metadata: { namespace: 'alice', name },
    spec: { image, command: ['node', '--disable-warning=ExperimentalWarning', '/app/page.ts'], http: { port: 8080 } },
  });
  expect(made).toMatchObject({ code: 0 });
  await eventually(
    () => stage.cluster.kubectl('alice', ['logs', name, '-n', 'alice']),
    ({ stdout }) => stdout.includes('8080'),
    'its server listens',
  );
}

/** Presses Open, and waits for the page of the job. */
async function open(page: Page, name = 'notebook'): Promise<Page> {
  const coming = page.context().waitForEvent('page');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  const opened = await coming;
  await opened.getByRole('heading', { name: 'Hello from the job' }).waitFor();
  expect(new URL(opened.url()).hostname).toMatch(new RegExp(`^${name}-[0-9a-f]{20}\\.localhost$`));
  return opened;
}

/** What a script of the page gets by it; the name of the error where it gets nothing. */
function tried(page: Page, script: string): Promise<unknown> {
  return page.evaluate(`(async () => (${script}))().catch((error) => error.name)`);
}

async function echo(page: Page): Promise<unknown> {
  return tried(
    page,
    `new Promise((resolve, reject) => {
      const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws');
      socket.onopen = () => socket.send('hello');
      socket.onmessage = ({ data }) => { globalThis.kept = socket; resolve(data); };
      socket.onclose = ({ code }) => { globalThis.closedWith = code; reject(new Error('closed')); };
    })`,
  );
}

describe('in the local mode', () => {
  let page: Page;

  beforeAll(async () => {
    await alice.go('/n/alice/jobs/notebook');
    page = await open(alice.page);
  });

  test('the button opens it; HTTP, a WebSocket and megabytes go through; its address holds no ticket', async () => {
    expect(page.url()).toMatch(/:\d+\/$/);
    expect(
      await tried(page, `fetch('/x', { method: 'POST', body: 'body' }).then((answer) => answer.json())`),
    ).toMatchObject({
      method: 'POST',
      url: '/x',
      body: 'body',
    });
    expect(await echo(page)).toBe('echo hello');
    expect(
      await tried(page, `fetch('/bytes').then((answer) => answer.arrayBuffer()).then(({ byteLength }) => byteLength)`),
    ).toBe(5_000_000);
  });

  test('the job page stays accessible with the button', async () => {
    expect(await axeFindings(alice.page)).toEqual([]);
  });

  test('its scripts get nothing of the console', async () => {
    const console = `http://127.0.0.1:${String(alice.console.port)}`;
    const byName = `http://localhost:${String(alice.console.port)}`;
    expect(await tried(page, 'document.cookie')).not.toContain('neuro');
    expect(await tried(page, 'window.opener === null')).toBe(true);
    for (const origin of [console, byName]) {
      for (const path of ['/api/session', '/api/config', '/k8s/dev/api/v1/namespaces/alice/secrets'])
        expect(
          await tried(page, `fetch('${origin}${path}', { credentials: 'include' }).then((answer) => answer.text())`),
        ).toBe('TypeError');
      // Without CORS nothing can be read, and nothing must have been done.
      expect(
        await tried(
          page,
          `fetch('${origin}/api/session', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' }).then(({ type }) => type)`,
        ),
      ).toBe('TypeError');
      expect(
        await tried(
          page,
          `new Promise((resolve) => { const socket = new WebSocket('${origin.replace('http', 'ws')}/k8s/dev/apis/neu.ro/v1/usersecrets?watch=true', 'neuro.stream.v1'); socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); })`,
        ),
      ).toBe('refused');
    }
    await tried(
      page,
      `new Promise((resolve) => { const frame = document.createElement('iframe'); frame.src = '${console}/'; frame.onload = () => resolve(1); document.body.append(frame); })`,
    );
    expect(page.frames().filter((frame) => frame.url().startsWith(console))).toEqual([]);
    // The console itself goes on.
    await alice.go('/n/alice/jobs/notebook');
    await alice.page.getByRole('button', { name: 'Open', exact: true }).waitFor();
  });

  test('its cookies reach neither the console nor another job', async () => {
    await tried(page, `(document.cookie = 'wide=1; Domain=localhost; Path=/', document.cookie = 'own=1; Path=/')`);
    await page.goto(new URL('/cookies', page.url()).href);
    await page.goto(new URL('/', page.url()).href);
    expect(await tried(page, 'document.cookie')).toContain('own=1');
    const names = (at: string): Promise<readonly string[]> =>
      alice.context.cookies(at).then((cookies) => cookies.map(({ name }) => name));
    for (const host of ['127.0.0.1', 'localhost', 'other.localhost'])
      expect(
        (await names(`http://${host}:${String(alice.console.port)}`)).filter((name) => !name.startsWith('neuro-')),
      ).toEqual([]);
    await alice.go('/n/alice/jobs/other');
    const other = await open(alice.page, 'other');
    expect(await tried(other, 'document.cookie')).toBe('');
    // Nor can one page read or frame the other one, with its user's cookie.
    expect(await tried(page, `fetch('${other.url()}', { credentials: 'include' })`)).toBe('TypeError');
    expect(
      await tried(page, `fetch('${other.url()}danger', { method: 'POST', mode: 'no-cors', credentials: 'include' })`),
    ).not.toBe('done');
    expect(JSON.stringify(await tried(other, `fetch('/seen').then((answer) => answer.json())`))).not.toContain(
      'danger',
    );
    await other.close();
  });

  test('a service worker of it serves its own origin alone', async () => {
    expect(
      await tried(page, `navigator.serviceWorker.register('http://127.0.0.1:${String(alice.console.port)}/sw.js')`),
    ).toBe('SecurityError');
  });

  test('another browser with the address, and another user, have nothing', async () => {
    const bob = await stage.world.user('bob');
    const foreign = await bob.context.newPage();
    const answer = await foreign.goto(page.url());
    expect(answer?.status()).toBe(401);
    await foreign.getByText('Open the job from the console').waitFor();
    await bob.close();
  });

  test('a page of another site that sends the browser there has no session either', async () => {
    const site = createServer((_request, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<img src="${page.url()}danger-by-image"><a href="${page.url()}danger-by-link">go</a>`),
    );
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.2', resolve));
    const bait = await alice.context.newPage();
    await bait.goto(`http://127.0.0.2:${String((site.address() as AddressInfo).port)}/`);
    await bait.getByRole('link').click();
    await bait.getByText('This job is not open').waitFor();
    expect(JSON.stringify(await tried(page, `fetch('/seen').then((answer) => answer.json())`))).not.toContain(
      'danger-by',
    );
    await bait.close();
    site.close();
  });

  test('the log-out cuts what is open, and the page is closed', async () => {
    expect(await echo(page)).toBe('echo hello');
    await alice.page.evaluate(async () => {
      const session = (await (await fetch('/api/session')).json()) as { readonly csrf: string };
      await fetch('/api/session', { method: 'DELETE', headers: { 'x-csrf-token': session.csrf } });
    });
    await page.waitForFunction(() => (globalThis as { closedWith?: number }).closedWith !== undefined);
    expect((await page.reload())?.status()).toBe(401);
  });
});

describe('in the cluster mode', () => {
  test('with a domain for jobs it opens; with the right taken back it ends', async () => {
    const robot = await makeEditor(stage.cluster, 'alice');
    const served = await serveConsole(stage.cluster, ['--job-domain', 'localhost']);
    const guest = await visit(stage.world, served, robot.token);
    await guest.page.goto(`${served.origin}/n/alice/jobs/notebook`);
    const page = await open(guest.page);
    expect(await echo(page)).toBe('echo hello');
    await stage.cluster.kubectl('admin', ['delete', 'rolebinding', robot.name, '-n', 'alice']);
    await page.waitForFunction(() => (globalThis as { closedWith?: number }).closedWith !== undefined);
    expect((await page.reload())?.status()).toBe(403);
    await guest.context.close();
    await served.stop();
  });

  test('without one the button says what is missing, and gives the command', async () => {
    const robot = await makeEditor(stage.cluster, 'alice');
    const served = await serveConsole(stage.cluster);
    const guest = await visit(stage.world, served, robot.token);
    await guest.page.goto(`${served.origin}/n/alice/jobs/notebook`);
    const button = guest.page.getByRole('button', { name: 'Open', exact: true });
    await button.press('Enter');
    const dialog = guest.page.getByRole('dialog');
    await dialog.getByText('console.jobDomain').waitFor();
    await dialog.getByText('neuro port-forward --open notebook -n alice').waitFor();
    await guest.page.keyboard.press('Escape');
    await eventually(
      () => button.evaluate((element) => element === document.activeElement),
      (isFocused) => isFocused,
      'the focus is back',
    );
    await guest.context.close();
    await served.stop();
  });
});

describe('neuro port-forward --open', () => {
  test('prints the address of the page, under a host name of its own', async () => {
    const forward = startCli(stage.cluster.cluster.kubeconfigPath('alice'), ['port-forward', '--open', 'notebook']);
    await forward.until('Press ^C');
    const [address = ''] = /http:\/\/notebook\.localhost:\d+\//.exec(forward.out().toString()) ?? [];
    const page = await alice.context.newPage();
    await page.goto(address);
    await page.getByRole('heading', { name: 'Hello from the job' }).waitFor();
    expect(await echo(page)).toBe('echo hello');
    await page.close();
    forward.signal('SIGINT');
    expect(await forward.ended).toBe(130);
  });

  test('a job without a page is refused in one sentence', async () => {
    const typed = await stage.typed.alice(['run', '--detach', '--name', 'plain', 'busybox:1', '--', 'sleep', '600']);
    expect(typed.code).toBe(0);
    await eventually(
      () => stage.typed.alice(['port-forward', '--open', 'plain']),
      ({ error }) => error.includes('has no page to open'),
      'the reason',
    );
  });
});
