/** Whether the pages say the truth about being live. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { userSecretType } from '../../src/controllers/resources.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;

beforeAll(async () => {
  stage = await startPagesStage();
  alice = await stage.user('alice');
});

afterAll(() => stage.stop());

const secret = (name: string) => ({ metadata: { namespace: 'alice', name, generation: 1 }, spec: { value: 'x' } });
/** The badge in the header and nothing else of that word. */
const badge = (page: Page, name: string) => page.getByRole('banner').getByRole('status', { name, exact: true });

test('the badge is offline while the API server is away, and live when the lists are', async () => {
  const { page } = alice;
  stage.cluster.put(userSecretType, secret('before'));
  await alice.go('/n/alice/secrets');
  await page.getByRole('row').filter({ hasText: 'before' }).waitFor();
  await badge(page, 'Live').waitFor();
  await stage.cluster.stop();
  await badge(page, 'Offline').waitFor();
  await stage.cluster.start();
  await badge(page, 'Live').waitFor();
  stage.cluster.put(userSecretType, secret('after'));
  await page.getByRole('row').filter({ hasText: 'after' }).waitFor();
  alice.forgive();
});

test('a long list shows its first page while the others cannot be read yet, and says that more is coming', async () => {
  const bob = await stage.user('bob');
  const { page } = bob;
  const long = Array.from({ length: 501 }, (_, index) => `S${String(index).padStart(4, '0')}`);
  for (const key of long)
    stage.cluster.put(userSecretType, {
      metadata: { namespace: 'bob', name: key.toLowerCase(), generation: 1 },
      spec: { value: 'x', key },
    });
  // The API server is busy, and has no answer for those yet.
  stage.cluster.interceptions.push(({ path, query }) =>
    path.endsWith('/usersecrets') && query['continue'] !== undefined
      ? { status: 429, body: { kind: 'Status', code: 429, message: 'too many requests' } }
      : undefined,
  );
  await bob.go('/n/bob/secrets');
  await page.getByRole('row').filter({ hasText: 'S0000' }).waitFor();
  await page.getByRole('main').getByRole('status').getByText('500 read so far. More are loading.').waitFor();
  stage.cluster.interceptions.length = 0;
  await badge(page, 'Live').waitFor();
  await page.getByText('500 read so far').waitFor({ state: 'detached' });
  await page.getByLabel('Search secrets').fill('S0500');
  await page.getByRole('row').filter({ hasText: 'S0500' }).waitFor();
  bob.forgive();
});

test('an API server that keeps its connections and does not respond counts as offline', async () => {
  const { page } = alice;
  await alice.go('/n/alice/secrets');
  await badge(page, 'Live').waitFor();
  stage.cluster.freeze();
  await badge(page, 'Offline').waitFor();
  await page.getByText('The API server does not answer.').first().waitFor();
  await page.reload({ waitUntil: 'commit' });
  await page.getByText('The cluster has not answered yet.').waitFor();
  stage.cluster.thaw();
  await badge(page, 'Live').waitFor();
  alice.forgive();
});

test('the badge is offline when the console has ended', async () => {
  const bob = await stage.user('bob');
  await bob.go('/n/bob/secrets');
  await badge(bob.page, 'Live').waitFor();
  await bob.console.stop();
  await badge(bob.page, 'Offline').waitFor();
  expect(await badge(bob.page, 'Live').count()).toBe(0);
});

test('a page that does not draw is an error that says so, and nothing stays open', async () => {
  const { browser } = stage.world;
  const open = browser.contexts().length;
  await expect(stage.user('bob', { drawsWithinMs: 1 })).rejects.toThrow('the page of bob did not draw');
  expect(browser.contexts().length).toBe(open);
});
