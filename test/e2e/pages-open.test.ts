/** Ways to the page of a job: the card that starts it, the button of the job, the menu of its row. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { neuroJobType } from '../../src/controllers/resources.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'neuro-cards-'));
const config = join(folder, 'cards.yaml');
const card = { name: 'notebook', title: 'Notebook', description: 'Notebooks', kind: 'web', image: 'jupyter:1' };
writeFileSync(config, stringify({ widgets: [{ ...card, port: 8888 }] }));
afterAll(() => rmSync(folder, { recursive: true }));

const http = { port: 8888 };
const waiting = {
  metadata: { namespace: 'alice', name: 'waiting' },
  spec: { image: 'jupyter:1', http },
  status: { phase: 'Pending', reason: 'Scheduling' },
};

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    config,
    fill: (cluster) => {
      cluster.put(neuroJobType, waiting);
      for (const [name, spec] of Object.entries({ notebook: { http }, plain: {} }))
        cluster.put(neuroJobType, { metadata: { namespace: 'alice', name }, spec: { image: 'jupyter:1', ...spec } });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const openButton = () => page.getByRole('button', { name: 'Open', exact: true });

/** The host of the page that opens. The page stays open: nothing limits how long a browser takes to close one. */
async function hostOpened(press: () => Promise<void>): Promise<string> {
  const coming = page.context().waitForEvent('page');
  await press();
  const opened = await coming;
  await opened.waitForURL(/localhost/);
  return new URL(opened.url()).hostname;
}

test('a card with a port leads to the job, where its page opens', async () => {
  await alice.go('/n/alice/dashboard');
  await page.getByRole('article', { name: 'Notebook' }).getByRole('button', { name: 'RUN A JOB' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'RUN', exact: true }).click();
  await page.waitForURL(/\/jobs\/notebook-[0-9a-z]+$/);
  await page.getByRole('status').getByText('Its page is ready to open').waitFor();
  expect(await hostOpened(() => openButton().press('Enter'))).toMatch(/^notebook-.*\.localhost$/);
});

test('before the job runs the button is there and cannot be pressed; then it is announced', async () => {
  await alice.go('/n/alice/jobs/waiting');
  const status = page.getByRole('status').filter({ hasText: 'page' });
  await status.getByText('You can open its page when the job runs').waitFor();
  expect(await openButton().isDisabled()).toBe(true);
  await status.evaluate((element) => element.setAttribute('data-kept', ''));
  stage.cluster.put(neuroJobType, { ...waiting, status: { phase: 'Running', podName: 'notebook' } });
  // The same element: a screen reader announces a change of its text, not a new element.
  await page.locator('[role=status][data-kept]').getByText('Its page is ready to open').waitFor();
  expect(await openButton().isEnabled()).toBe(true);
});

test('the menu of a row opens it, of a job that runs and has a page', async () => {
  await alice.go('/n/alice/jobs');
  await page.getByRole('button', { name: 'More for notebook', exact: true }).press('Enter');
  const item = page.getByRole('menuitem', { name: 'Open', exact: true });
  expect(await hostOpened(() => item.press('Enter'))).toMatch(/^notebook-[0-9a-f]{20}\.localhost$/);
  await page.getByRole('button', { name: 'More for plain' }).click();
  await page.getByRole('menuitem', { name: 'Logs', exact: true }).waitFor();
  expect(await item.count()).toBe(0);
  await page.keyboard.press('Escape');
});
