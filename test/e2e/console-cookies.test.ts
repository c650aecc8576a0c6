/**
 * Cookies that the page of a job sets for the domain which it has in common with the console and with other jobs, in a real browser over https: they end no
 * session, replace none, and keep nobody out.
 */
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { startWorld, type ClusterWorld } from '../console/server/cluster-world.ts';
import { newPair } from '../support/certificate-pair.ts';
import { startPageServer, type PageServer } from '../support/console/page-server.ts';
import { browserProgram } from './browser-program.ts';
import { chromiumFlags } from './console-world.ts';

const token = 'token-of-alice';

let server: PageServer;
let browser: Browser;
let tls: Server;
let world: ClusterWorld;
let context: BrowserContext;
let console: string;

beforeAll(async () => {
  server = await startPageServer();
  const { 'tls.crt': cert, 'tls.key': key } = await newPair('*.corp.test');
  // The console can respond and end the connection before it has read the whole request. What it said still reaches the browser.
  tls = createServer({ cert, key, allowHalfOpen: true }, (outside) => {
    const inside = connect({ port: world.console.port, host: '127.0.0.1', allowHalfOpen: true });
    outside.pipe(inside).pipe(outside);
    inside.on('error', () => outside.end());
    inside.on('close', () => outside.resume());
    outside.on('error', () => inside.destroy());
    outside.on('close', () => inside.destroy());
  });
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  console = `https://console.corp.test:${String((tls.address() as AddressInfo).port)}`;
  const args = [...chromiumFlags, '--host-resolver-rules=MAP *.corp.test 127.0.0.1'];
  browser = await chromium.launch({ executablePath: await browserProgram('whole'), args, headless: true });
});
afterAll(async () => {
  await browser.close();
  tls.close();
  server.stop();
});

beforeEach(async () => {
  world = await startWorld(['--public-url', console, '--job-domain', 'jobs.corp.test']);
  world.api.users.set(token, 'alice');
  for (const name of ['bomber', 'notebook']) job(name);
  context = await browser.newContext({ ignoreHTTPSErrors: true });
});
afterEach(async () => {
  await context.close();
  await world.stop();
});

/** Each answer is given once. */
function job(name: string): void {
  world.api.ports.set(`${name}-pod`, server.port);
  world.api.scripted.set(`/neurojobs/${name}`, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const metadata = { name, namespace: 'alice', uid: `uid-${name}` };
    const status = { phase: 'Running', podName: `${name}-pod` };
    response.end(JSON.stringify({ metadata, spec: { image: 'x', http: { port: 80 } }, status }));
    job(name);
  });
}

/** What a script of the page gets by it. */
const tried = <T>(page: Page, script: string): Promise<T> => page.evaluate(`(async () => (${script}))()`);

async function logIn(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(console);
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) };
  expect(await tried(page, `fetch('/api/session', ${JSON.stringify(init)}).then(({ status }) => status)`)).toBe(204);
  return page;
}

/** The page of a job, in a tab of its own. */
async function open(name: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(console);
  const wanted = JSON.stringify({ context: 'cluster', namespace: 'alice', name });
  await tried(
    page,
    `fetch('/api/session').then((answer) => answer.json()).then(({ csrf }) => fetch('/api/open', {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf }, body: ${JSON.stringify(wanted)},
    })).then((answer) => answer.json()).then(({ address, ticket }) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: address });
      form.append(Object.assign(document.createElement('input'), { name: 'ticket', value: ticket }));
      document.body.append(form);
      form.submit();
    })`,
  );
  await page.getByRole('heading', { name: 'Hello from the job' }).waitFor();
  return page;
}

const isIn = async (): Promise<unknown> => {
  const page = await context.newPage();
  await page.goto(console);
  const { status } = await tried<{ readonly status: number }>(
    page,
    `fetch('/api/session').then(({ status }) => ({ status }))`,
  );
  await page.close();
  return status === 200;
};

function setCookies(page: Page, count: number, bytes: number, attributes: string): Promise<unknown> {
  return tried(
    page,
    `Array.from({ length: ${String(count)} }, (_, index) => { document.cookie = 'bomb' + index + '=' + 'x'.repeat(${String(bytes)}) + '; Path=/; ${attributes}'; }).length`,
  );
}

test('large ones for the domain of all jobs: another job’s page goes on, with its own cookies and without the large ones', async () => {
  await logIn();
  const notebook = await open('notebook');
  await tried(notebook, `document.cookie = 'own=1; Path=/'`);
  await setCookies(await open('bomber'), 5, 3_900, 'Secure; Domain=jobs.corp.test');
  await notebook.reload();
  await notebook.getByRole('heading', { name: 'Hello from the job' }).waitFor();
  const seen = await tried<string>(notebook, `fetch('/seen').then((answer) => answer.text())`);
  const cookies = [...seen.matchAll(/"(?:[^"]*; )?own=1[^"]*"/g)].at(-1)?.[0] ?? '';
  expect(cookies).toContain('own=1');
  expect(cookies.length).toBeLessThan(8_100);
});

test('more than a request can carry: it is explained, the browser removes them, and the next request is served', async () => {
  await logIn();
  const bomber = await open('bomber');
  await setCookies(bomber, 40, 3_900, 'Secure; Domain=corp.test');
  const page = await context.newPage();
  const answer = await page.goto(console);
  expect(answer?.status()).toBe(431);
  await page.getByRole('heading', { name: 'Too many cookies' }).waitFor();
  await bomber.close();
  expect((await page.reload())?.status()).toBe(200);
  await logIn();
  await open('notebook');
});

// Those that are called important do: docs/security.md says so.
test('many small ones for the domain of the console push nobody’s session out', async () => {
  await logIn();
  const bomber = await open('bomber');
  await setCookies(bomber, 400, 1, 'Secure; Domain=corp.test');
  expect(await isIn()).toBe(true);
});

test('none of them takes the place of a session', async () => {
  await logIn();
  const bomber = await open('bomber');
  for (const name of ['__Host-neuro-session-0', 'neuro-session-0', '__Host-neuro-opened-0', 'neuro-opened-0'])
    for (const path of ['/', '/api', '/.neuro'])
      await tried(bomber, `document.cookie = '${name}=evil; Domain=corp.test; Secure; Path=${path}'`);
  expect(await isIn()).toBe(true);
  await bomber.reload();
  await bomber.getByRole('heading', { name: 'Hello from the job' }).waitFor();
});
