/** What the pages say of jobs, and what they ask before they end one. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { neuroJobType } from '../../src/controllers/resources.ts';
import { untilTrue } from '../support/until.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const output = 'connecting\nno route to the database';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const now = new Date().toISOString();
      cluster.put(neuroJobType, {
        metadata: { namespace: 'alice', name: 'import' },
        spec: { image: 'busybox:1' },
        status: {
          phase: 'Failed',
          reason: 'Error',
          exitCode: 3,
          message: output,
          startTime: now,
          finishTime: now,
          transitions: [
            { phase: 'Running', time: '2026-01-05T07:08:09Z' },
            { phase: 'Failed', reason: 'Error', message: output, time: '2026-01-05T07:08:11Z' },
          ],
        },
      });
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'train' }, spec: { image: 'busybox:1' } });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

test('a failed job shows its exit code first, and the end of its output once, line by line', async () => {
  await alice.go('/n/alice/jobs/import');
  await page.getByText('Failed: exit code 3').first().waitFor();
  expect(await page.locator('figure pre').innerText()).toBe(output);
  expect(await page.getByText('no route to the database').count()).toBe(1);
  expect(await page.title()).toBe('import · Jobs · alice · Neuro');
});

test('the timeline has times of the clock, two seconds apart', async () => {
  await alice.go('/n/alice/jobs/import');
  const times = page.getByRole('table').last().locator('time');
  await times.first().waitFor();
  const shown = await times.allInnerTexts();
  expect(new Set(shown).size).toBe(2);
  expect(shown.join(' ')).toMatch(/:09\b/);
});

test('a running job counts seconds', async () => {
  await alice.go('/n/alice/jobs/train');
  const ran = page.getByText(/^for (\d+ min )?\d+ s$/);
  const first = await ran.innerText();
  await page.getByText(first, { exact: true }).waitFor({ state: 'detached' });
  await ran.waitFor();
});

test.each([
  [
    'the button of its page',
    '/n/alice/jobs/train',
    async () => page.getByRole('button', { name: 'Kill' }).first().click(),
  ],
  [
    'the menu of its row',
    '/n/alice/jobs',
    async () => {
      await page.getByRole('button', { name: 'More for train' }).click();
      await page.getByRole('menuitem', { name: 'Kill' }).click();
    },
  ],
])('%s asks before a job is killed, and Cancel kills nothing', async (_where, path, kill) => {
  await alice.go(path);
  await kill();
  const question = page.getByRole('dialog', { name: 'Kill train?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  // A request that came of it would be there before those of the next page.
  const from = stage.cluster.requests.length;
  await alice.go('/n/alice/secrets');
  await untilTrue(() => stage.cluster.requests.slice(from).some(({ path: asked }) => asked.endsWith('/usersecrets')));
  expect(stage.cluster.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
});

test('a job is run again from its menu, and killed and deleted after the question', async () => {
  await alice.go('/n/alice/jobs/train');
  await page.getByRole('button', { name: 'More for train' }).click();
  await page.getByRole('menuitem', { name: 'Run again', exact: true }).click();
  await page.getByRole('heading', { name: /^train-[0-9a-f]{4}$/ }).waitFor();
  const made = stage.cluster.api.all(neuroJobType).find(({ metadata }) => /^train-/.test(metadata.name));
  expect(made).toMatchObject({ spec: { image: 'busybox:1' } });
  await page.goBack();
  await page.getByRole('heading', { name: 'train', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Kill' }).first().click();
  await page.getByRole('button', { name: 'Kill the job' }).click();
  await page
    .getByText(/^Cancelled/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'More for train' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the job' }).click();
  await page.waitForURL(/\/jobs$/);
  await page.getByRole('row').filter({ hasText: 'import' }).waitFor();
  // The one that was made of it stays.
  await page
    .getByRole('row')
    .filter({ hasText: made?.metadata.name ?? '' })
    .waitFor();
  await page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: 'train', exact: true }) })
    .waitFor({ state: 'detached' });
});

test('the question of a row stays when the row goes from the list, and says when there is nothing left to do', async () => {
  const metadata = { namespace: 'alice', name: 'watched', uid: 'uid-of-watched' };
  const spec = { image: 'busybox:1' };
  const put = (phase: 'Running' | 'Succeeded') =>
    stage.cluster.put(neuroJobType, { metadata, spec, status: { phase, podName: 'watched' } });
  put('Running');
  await alice.go('/n/alice/jobs?phase=Running');
  const more = page.getByRole('button', { name: 'More for watched' });
  await more.click();
  await page.getByRole('menuitem', { name: 'Kill' }).click();
  const kill = page.getByRole('dialog', { name: 'Kill watched?' });
  await kill.getByText('The container stops').waitFor();
  put('Succeeded');
  await more.waitFor({ state: 'detached' });
  await kill.getByText('watched has ended').waitFor();
  const close = kill.getByRole('button', { name: 'Close' }).last();
  await expect.poll(() => close.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await kill.getByRole('button', { name: 'Kill the job' }).count()).toBe(0);
  await close.press('Enter');
  await kill.waitFor({ state: 'detached' });
  put('Running');
  await more.click();
  await page.getByRole('menuitem', { name: 'Kill' }).click();
  await kill.getByRole('button', { name: 'Kill the job' }).waitFor();
  stage.cluster.api.remove(neuroJobType, metadata);
  await kill.getByText('watched has been deleted').waitFor();
  await page.keyboard.press('Escape');
  await kill.waitFor({ state: 'detached' });
});

test('the question of a row stays, with its focus, while other rows push the row out of sight', async () => {
  await alice.go('/n/alice/jobs');
  await page.getByRole('button', { name: 'More for import' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete import?' });
  await question.waitFor();
  const later = new Date(Date.now() + 60_000).toISOString();
  for (let index = 0; index < 100; index += 1)
    stage.cluster.put(neuroJobType, {
      metadata: { namespace: 'alice', name: `later-${String(index)}`, creationTimestamp: later },
      spec: { image: 'busybox:1' },
    });
  await page
    .getByRole('link', { name: /^later-/ })
    .first()
    .waitFor({ state: 'attached' });
  const button = question.getByRole('button', { name: 'Delete the job' });
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  const more = page.getByRole('button', { name: 'More for import' });
  await expect.poll(() => more.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('a question about a job is not asked about the next one', async () => {
  await alice.go('/n/alice/jobs/import');
  await page.getByRole('heading', { name: 'import' }).waitFor();
  await page.getByRole('link', { name: 'Jobs' }).first().click();
  await page
    .getByRole('link', { name: /^later-/ })
    .first()
    .click();
  await page.getByRole('heading', { name: /^later-/ }).waitFor();
  await page.getByRole('button', { name: 'Kill', exact: true }).click();
  await page.getByRole('dialog', { name: /^Kill later-/ }).waitFor();
  await page.evaluate(() => history.go(-2));
  await page.getByRole('heading', { name: 'import', exact: true }).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});
