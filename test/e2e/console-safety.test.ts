/** The pages in a real browser against hostile names, output and neighbours; what stays behind in the browser; and people with few rights. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import { makeRobot, serveConsole, visit, type ServedConsole } from './console-session.ts';
import { type BrowserUser } from './console-world.ts';
import { eventually } from '../support/until.ts';

const markup = '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>';
const escapes = '\u001b]52;c;aGFja2Vk\u0007\u001b]0;hacked\u0007\u001b[31mred\u001b[0m\u001b[2J';
/** What a shell prints as those. */
const printed = String.raw`\033]52;c;aGFja2Vk\007\033]0;hacked\007\033[31mred\033[0m\033[2J`;
const canary = 'CANARY-2f9c41';

let stage: ConsoleStage;
let alice: BrowserUser;
/** Of the secret that holds it: another one by each try. */
let key: string;

beforeAll(async () => {
  stage = await startConsoleStage();
  alice = await stage.world.user('alice');
});

afterAll(() => stage.stop());

async function nothingHappened(page: Page): Promise<void> {
  expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('untouched');
  expect(await page.title()).not.toContain('hacked');
}

describe('HTML and escape codes', () => {
  beforeAll(async () => {
    const hostile = `${markup}${escapes}`;
    const metadata = { namespace: 'alice' };
    const applied = await stage.cluster.apply(
      'alice',
      {
        apiVersion: 'neu.ro/v1',
        kind: 'UserSecret',
        metadata: { ...metadata, name: 'hostile' },
        spec: { value: hostile, description: hostile },
      },
      {
        apiVersion: 'neu.ro/v1',
        kind: 'SecretGrant',
        metadata: { ...metadata, name: 'hostile' },
        spec: { secret: 'hostile', subject: { kind: 'User', name: 'bob' }, description: hostile },
      },
      {
        apiVersion: 'neu.ro/v1',
        kind: 'NeuroJob',
        metadata: { ...metadata, name: 'hostile' },
        spec: {
          image: 'busybox:1',
          args: ['sh', '-c', `printf '${markup}${printed}\\n'; printf '${printed}' > /dev/termination-log; sleep 600`],
          description: hostile,
          tags: ['<b>tag</b>'],
          env: [
            { name: 'HTML', value: hostile },
            { name: 'SECRET', fromSecret: { name: 'hostile' } },
          ],
        },
      },
    );
    expect(applied.code).toBe(0);
    await alice.go('/n/alice/secrets');
    await alice.page.evaluate(() => navigator.clipboard.writeText('untouched'));
  });

  test.each([
    ['in a description and a revealed value', '/n/alice/secrets', ['Reveal hostile']],
    ['in the reason of a grant', '/n/alice/secrets', ['Share hostile']],
    ['in a job’s description and tags', '/n/alice/jobs', []],
    ['in a job’s details', '/n/alice/jobs/hostile', []],
    ['in a job’s output', '/n/alice/jobs/hostile?tab=logs', []],
  ])('%s are text and do nothing', async (_where, path, clicks) => {
    const { page } = alice;
    await alice.go(path);
    for (const name of clicks) await page.getByRole('button', { name }).first().click();
    await page.getByText('<img src=x onerror=').first().waitFor();
    await page.getByText('<script>').last().hover();
    await nothingHappened(page);
  });

  test('in a terminal colour it, and reach neither the clipboard nor the title', async () => {
    const { page } = alice;
    await alice.go('/n/alice/jobs/hostile?tab=terminal');
    await page.getByText(/\/ #/).first().waitFor();
    await page.locator('.xterm').click();
    await page.keyboard.type(`printf '${printed}'; printf '${markup}'; echo do''ne\n`);
    await page.getByText('done').first().waitFor();
    await nothingHappened(page);
  });
});

describe('a page of someone else in the same browser', () => {
  let site: Server;
  let foreign: Page;
  const console = (): string => `http://127.0.0.1:${String(alice.console.port)}`;

  beforeAll(async () => {
    site = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<title>bait</title><iframe name="framed" src="${console()}/n/alice/secrets"></iframe>`);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    foreign = await alice.context.newPage();
    await foreign.goto(`http://localhost:${String((site.address() as AddressInfo).port)}/`);
  });
  afterAll(async () => {
    await foreign.close();
    await new Promise((resolve) => site.close(resolve));
    alice.forgive();
  });

  test('cannot put the console into a frame', async () => {
    const frame = await eventually(
      () => Promise.resolve(foreign.frames()[1]?.url()),
      (url) => url !== undefined && url !== '' && url !== 'about:blank',
      'the frame has been tried',
    );
    expect(frame).toBe('chrome-error://chromewebdata/');
    const { headers } = await fetch(`${console()}/`);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test('can neither read nor write through it, nor open a stream', async () => {
    const tried = await foreign.evaluate(async (origin) => {
      const outcome = (request: Promise<Response>): Promise<string> =>
        request.then(
          ({ status }) => `read ${String(status)}`,
          () => 'refused',
        );
      const path = `${origin}/k8s/x/apis/neu.ro/v1/namespaces/alice/usersecrets`;
      const socket = new WebSocket(`${path.replace('http', 'ws')}?watch=true`, ['neuro.stream.v1']);
      const opened = new Promise<string>((resolve) => {
        socket.onopen = () => resolve('open');
        socket.onclose = () => resolve('refused');
      });
      return [
        await outcome(fetch(`${origin}/api/session`, { credentials: 'include' })),
        await outcome(fetch(path, { method: 'POST', credentials: 'include', body: '{}' })),
        await opened,
      ];
    }, console());
    expect(tried).toEqual(['refused', 'refused', 'refused']);
  });
});

test('a value leaves nothing behind in the browser after it was added, revealed and copied', async () => {
  const { page, context } = alice;
  key = `canary-${String(Date.now())}`;
  await alice.go('/n/alice/secrets');
  await page.getByRole('button', { name: /^Add/ }).first().click();
  const form = page.getByRole('form', { name: 'Add a secret' });
  await form.getByLabel('Key').fill(key);
  await form.getByRole('textbox', { name: 'Value' }).fill(canary);
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: `Reveal ${key}` }).waitFor();
  await eventually(
    () => stage.typed.alice(['secret', 'get', key]),
    ({ code }) => code === 0,
    'it is in the cluster',
  );
  await page.getByRole('button', { name: `Reveal ${key}` }).click();
  await page.getByText(canary).waitFor();
  await page
    .getByRole('button', { name: `Hide ${key}` })
    .first()
    .click();
  await page.getByText(canary).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Copy value of ${key}` }).click();
  await eventually(
    () => page.evaluate(() => navigator.clipboard.readText()),
    (text) => text === canary,
    'it is copied',
  );
  const left = await page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    addresses: performance.getEntries().map(({ name }) => name),
    address: location.href,
    history: JSON.stringify(history.state),
    cookies: document.cookie,
    page: document.documentElement.outerHTML,
  }));
  expect(JSON.stringify(left)).not.toContain(canary);
  // Only what the user likes: colours. The router's own session entry holds scroll positions.
  expect(left.local.filter(([name]) => name !== 'mantine-color-scheme-value')).toEqual([]);
  expect([left.databases, left.caches, left.workers, left.cookies]).toEqual([[], [], 0, '']);
  expect(JSON.stringify(await context.storageState({ indexedDB: true }))).not.toContain(canary);
  // A new tab reads everything from the server: nothing comes from the disk.
  const cached = await fetch(`http://127.0.0.1:${String(alice.console.port)}/api/session`);
  expect(cached.headers.get('cache-control')).toBe('no-store');
});

describe('a user with rights in one namespace who cannot list namespaces', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    served = await serveConsole(stage.cluster);
  });
  afterAll(() => served.stop());

  test('types its name, sees its secrets and what is shared with it, and reads plainly what is missing', async () => {
    const { kubectl } = stage.cluster;
    const namespace = await stage.cluster.makeNamespace('team');
    // It is nobody's home: its administrator asks for the list of what is shared with it.
    const asks = ['annotate', 'namespace', namespace, 'neu.ro/shared-with-me=true'];
    expect(await kubectl('admin', asks)).toMatchObject({ code: 0 });
    const robot = await makeRobot(stage.cluster, namespace);
    const rights = ['create', 'rolebinding', 'member', '-n', namespace, '--clusterrole=edit'];
    const member = `--serviceaccount=${namespace}:${robot.name}`;
    expect(await kubectl('admin', [...rights, member])).toMatchObject({ code: 0 });
    const grant = ['share', `secret:${key}`, `serviceaccount:${namespace}/${robot.name}`];
    expect(await stage.typed.alice(grant)).toMatchObject({ code: 0 });
    const { page, context } = await visit(stage.world, served, robot.token);
    await page.getByText('Which namespace?').waitFor();
    await page.getByLabel('Namespace').last().fill(namespace);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('No jobs are running').waitFor();
    await page.getByRole('link', { name: 'Secrets' }).click();
    await page.getByText('No secrets yet').waitFor();
    await page.locator('label').filter({ hasText: 'Shared with me' }).click();
    await page.getByText(`secret:/alice/${key}`).first().waitFor();
    await page.goto(`${served.origin}/n/alice/secrets`);
    await page.getByText('You don’t have permission to view this').waitFor();
    expect(await page.getByText('hostile').count()).toBe(0);
    await context.close();
  });
});
