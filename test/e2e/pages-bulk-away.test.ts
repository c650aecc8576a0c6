/** What is done to many rows goes on while one is on another page: it stays in sight there, and its result is said once. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { neuroJobType, userSecretType } from '../../src/controllers/resources.ts';
import { failure } from '../support/model-api.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const namespace = 'alice';
const count = 12;

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

const nameAt = (index: number): string => `secret-${String(index).padStart(2, '0')}`;

onPages(
  {
    fill: (cluster) => {
      for (let index = 0; index < count; index += 1)
        cluster.put(userSecretType, {
          metadata: { namespace, name: nameAt(index), generation: 1, uid: `uid-${String(index)}` },
          spec: { value: 'x' },
        });
      cluster.put(neuroJobType, { metadata: { namespace, name: 'nightly' }, spec: { image: 'tool:1' } });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const bar = () => page.getByRole('group', { name: 'Selected rows' });
const away = () => page.getByRole('group', { name: 'Running on another page' });
const asksBeforeLeaving = (): Promise<boolean> =>
  page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));

/** Deletes six, whose requests wait until the returned function is called. */
async function removeSix(from: number): Promise<() => void> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/usersecrets/**', async (route) => {
    if (route.request().method() === 'DELETE') await released;
    await route.continue();
  });
  await alice.go('/n/alice/secrets?q=secret');
  await box(nameAt(from)).check();
  await box(nameAt(from + 5)).click({ modifiers: ['Shift'] });
  await bar().getByText('6 selected').waitFor();
  await bar().getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete 6 secrets' }).click();
  await bar().getByText('0 of 6').waitFor();
  return release;
}

test('away from the list its progress is visible; what failed is named on return, and can be tried again', async () => {
  stage.cluster.interceptions.push(({ method, path }) =>
    method === 'DELETE' && path.endsWith(nameAt(3)) ? failure(403, 'Forbidden', 'the policy keeps it') : undefined,
  );
  const release = await removeSix(0);
  // On its own page it is said there alone.
  expect(await away().count()).toBe(0);
  expect(await asksBeforeLeaving()).toBe(true);
  await page.getByRole('link', { name: 'Jobs' }).click();
  await away().getByRole('status').getByText('Delete: 0 of 6').waitFor();
  await away().getByRole('button', { name: 'Stop' }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await away().getByRole('link', { name: 'Back to the list' }).click();
  await page.waitForURL(/secrets\?q=secret/);
  await bar().getByText('0 of 6').waitFor();
  expect(await away().count()).toBe(0);
  await page.getByRole('link', { name: 'Jobs' }).click();
  await away().getByText('0 of 6').waitFor();
  release();
  await away().getByText('Delete: 1 of 6 failed.').waitFor();
  await page.getByText('Deleted 5 secrets.').waitFor();
  expect(await page.getByText('Deleted 5 secrets.').count()).toBe(1);
  expect(await asksBeforeLeaving()).toBe(false);
  expect(await axeFindings(page)).toEqual([]);
  await away().getByRole('link', { name: 'See the results' }).click();
  const results = page.getByRole('alert').filter({ hasText: '1 of 6 failed' });
  await results.getByText(nameAt(3)).waitFor();
  await bar().getByText('1 selected').waitFor();
  expect(await box(nameAt(3)).isChecked()).toBe(true);
  await results.getByRole('button', { name: 'Close the results' }).click();
  await results.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Jobs' }).click();
  await page.getByRole('link', { name: 'nightly' }).waitFor();
  expect(await away().count()).toBe(0);
  stage.cluster.interceptions.length = 0;
  await page.unrouteAll({ behavior: 'wait' });
  alice.forgive();
});

test('a success while the user is away is reported once, and leaves nothing behind; Stop starts no more', async () => {
  const release = await removeSix(6);
  await page.getByRole('link', { name: 'Dashboard' }).click();
  await away().getByRole('button', { name: 'Stop' }).click();
  release();
  // The four that had begun are awaited.
  await away().getByText('Delete: 2 of 6 not tried.').waitFor();
  await page.getByText('Deleted 4 secrets.').waitFor();
  await away().getByRole('link', { name: 'See the results' }).click();
  await bar().getByText('2 selected').waitFor();
  await bar().getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete 2 secrets' }).click();
  await page.getByRole('link', { name: 'Dashboard' }).click();
  await page.getByText('Deleted 2 secrets.').waitFor();
  await untilTrue(async () => (await away().count()) === 0);
  expect(stage.cluster.api.all(userSecretType).map(({ metadata }) => metadata.name)).toEqual([nameAt(3)]);
});
