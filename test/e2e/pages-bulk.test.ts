/** Several rows at once: selected by mouse and keyboard among hundreds, asked about, done one by one, and told of by name. */
import { expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { NeuroSchedule } from '../../src/api/index.ts';
import { neuroJobType, neuroScheduleType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { failure } from '../support/model-api.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const namespace = 'alice';
const secretCount = 300;
const jobCount = 2_000;

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

const secretName = (index: number): string => `secret-${String(index).padStart(3, '0')}`;
const jobName = (index: number): string => `job-${String(index).padStart(4, '0')}`;

onPages(
  {
    fill: (cluster) => {
      for (let index = 0; index < secretCount; index += 1)
        cluster.put(userSecretType, {
          metadata: { namespace, name: secretName(index), generation: 1, uid: `uid-s-${String(index)}` },
          spec: { value: 'x' },
        });
      for (let index = 0; index < jobCount; index += 1)
        cluster.put(neuroJobType, {
          metadata: { namespace, name: jobName(index), generation: 1, uid: `uid-j-${String(index)}` },
          spec: { image: 'tool:1' },
          status: { phase: 'Succeeded', finishTime: '2026-01-05T02:00:00Z' },
        });
      for (const name of ['first', 'second', 'third']) {
        cluster.put(neuroScheduleType, {
          metadata: { namespace, name, generation: 1, uid: `uid-c-${name}` },
          spec: { schedule: '0 3 * * *', jobTemplate: { name } },
        });
        cluster.put(secretGrantType, {
          metadata: { namespace, name, uid: `uid-g-${name}` },
          spec: { secret: secretName(299), subject: { kind: 'User', name } },
        });
      }
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const searchBox = () => page.getByRole('textbox', { name: /^Search/ });
const bar = () => page.getByRole('group', { name: 'Selected rows' });
const secretsLeft = (): number => stage.cluster.api.all(userSecretType).length;

test('secrets are selected by keyboard, a range with Shift, and deleted after a question; what fails is named and stays selected', async () => {
  await alice.go('/n/alice/secrets');
  await box(secretName(0)).focus();
  await page.keyboard.press('Space');
  for (let index = 1; index < 12; index += 1) {
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(
      (label) => document.activeElement?.getAttribute('aria-label') === label,
      `Select ${secretName(index)}`,
    );
  }
  await page.keyboard.press('Shift+Space');
  await bar().getByText('12 selected').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await bar().getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 12 secrets?' });
  await dialog.getByText(`${secretName(0)}, ${secretName(1)}`).waitFor();
  await dialog.getByText('and 7 more. The values are removed').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(secretsLeft()).toBe(secretCount);
  stage.cluster.interceptions.push(({ method, path }) =>
    method === 'DELETE' && /secret-00[37]$/.test(path) ? failure(403, 'Forbidden', 'the policy keeps it') : undefined,
  );
  await bar().getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete 12 secrets' }).click();
  const results = page.getByRole('alert').filter({ hasText: '2 of 12 failed' });
  await results.getByText('secret-003').waitFor();
  await results.getByText('secret-007').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await page.getByText('Deleted 10 secrets.').waitFor();
  await bar().getByText('2 selected').waitFor();
  expect(secretsLeft()).toBe(secretCount - 10);
  expect(await box('secret-003').isChecked()).toBe(true);
  stage.cluster.interceptions.length = 0;
  alice.forgive();
  await bar().getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete 2 secrets' }).click();
  await bar().waitFor({ state: 'detached' });
  expect(secretsLeft()).toBe(secretCount - 12);
});

test('only what the filter shows is selected and acted on; what was selected before comes back with it', async () => {
  await alice.go('/n/alice/secrets');
  await box('secret-020').check();
  await page
    .getByRole('searchbox')
    .or(page.getByRole('textbox', { name: 'Search' }))
    .first()
    .fill('secret-25');
  await page.getByText('10 of 288').waitFor();
  await page.getByRole('checkbox', { name: 'Select all 10 rows shown' }).check();
  await bar().getByText('10 selected').waitFor();
  await bar().getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete 10 secrets' }).click();
  await untilTrue(() => secretsLeft() === secretCount - 22);
  await page
    .getByRole('searchbox')
    .or(page.getByRole('textbox', { name: 'Search' }))
    .first()
    .fill('');
  await bar().getByText('1 selected').waitFor();
  expect(await box('secret-020').isChecked()).toBe(true);
  await bar().getByRole('button', { name: 'Clear selection' }).click();
  await bar().waitFor({ state: 'detached' });
});

test('among 2,000 jobs a click with Shift selects a range, and all of them are selected at once', async () => {
  await alice.go('/n/alice/jobs');
  await page.getByRole('button', { name: 'Name' }).click();
  await box(jobName(0)).check();
  await box(jobName(5)).click({ modifiers: ['Shift'] });
  await bar().getByText('6 selected').waitFor();
  await bar().getByRole('button', { name: 'Select all 2,000' }).click();
  await bar().getByText('2,000 selected').waitFor();
  expect(await page.getByRole('row').count()).toBeLessThan(60);
  await page.getByRole('table').evaluate((table) => table.parentElement?.scrollTo(0, 1e9));
  await box(jobName(1_999)).waitFor();
  expect(await box(jobName(1_999)).isChecked()).toBe(true);
  await page.getByRole('checkbox', { name: 'Select all 2,000 rows shown' }).uncheck();
  await bar().waitFor({ state: 'detached' });
  await box(jobName(1_999)).check();
  await box(jobName(1_998)).check();
  const colour = (button: Locator) => button.evaluate((element) => getComputedStyle(element).backgroundColor);
  const again = bar().getByRole('button', { name: 'Run again' });
  // What takes nothing away is not red.
  expect(await colour(again)).not.toBe(await colour(bar().getByRole('button', { name: /^Delete/ })));
  await again.click();
  await page.getByRole('button', { name: 'Run 2 jobs' }).click();
  await untilTrue(() => stage.cluster.api.all(neuroJobType).length === jobCount + 2);
  await searchBox().fill('job-19');
  await page.getByRole('checkbox', { name: /^Select all 10[02] rows shown$/ }).check();
  await bar()
    .getByRole('button', { name: /^Delete/ })
    .click();
  await page.getByRole('button', { name: 'Delete 100 jobs' }).click();
  await page.getByText('Deleted 100 jobs.').waitFor();
  expect(stage.cluster.api.all(neuroJobType)).toHaveLength(jobCount - 98);
});

test('schedules are paused and resumed, and grants revoked', async () => {
  await alice.go('/n/alice/schedules');
  await box('first').check();
  await box('third').check();
  await bar().getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused 2 schedules.').waitFor();
  const paused = (stage.cluster.api.all(neuroScheduleType) as unknown as NeuroSchedule[])
    .filter(({ spec }) => spec.suspend === true)
    .map(({ metadata }) => metadata.name);
  expect(paused.sort()).toEqual(['first', 'third']);
  await page.getByRole('checkbox', { name: 'Select all 3 rows shown' }).check();
  await bar().getByRole('button', { name: 'Resume (2)' }).waitFor();
  await bar().getByRole('button', { name: 'Pause (1)' }).waitFor();
  await alice.go('/n/alice/secrets?show=granted');
  await page.getByRole('checkbox', { name: 'Select all 3 rows shown' }).check();
  await box('secret-299 for second').uncheck();
  await bar().getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog', { name: 'Revoke 2 grants?' }).getByText('secret-299 for first').waitFor();
  await page.getByRole('button', { name: 'Revoke 2 grants' }).click();
  await page.getByText('Revoked 2 grants.').waitFor();
  expect(stage.cluster.api.all(secretGrantType).map(({ metadata }) => metadata.name)).toEqual(['second']);
});
