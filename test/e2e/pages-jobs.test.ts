/** What the pages say of jobs, and what they ask before they end one. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { neuroJobType } from '../../src/controllers/resources.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesStage } from './pages-stage.ts';

const startMs = 120_000;
const pathMs = 60_000;
const output = 'connecting\nno route to the database';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

beforeAll(async () => {
  stage = await startPagesStage();
  const now = new Date().toISOString();
  stage.cluster.put(neuroJobType, {
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
  stage.cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'train' }, spec: { image: 'busybox:1' } });
  await stage.reconcile();
  alice = await stage.user('alice');
  ({ page } = alice);
}, startMs);

afterAll(() => stage.stop(), startMs);

afterEach(() => {
  const errors = [...alice.errors];
  alice.forgive();
  expect(errors).toEqual([]);
});

test(
  'a failed job says its exit code in front, and the end of its output once, line by line',
  async () => {
    await alice.go('/n/alice/jobs/import');
    await page.getByText('Failed: exit code 3').first().waitFor();
    expect(await page.locator('figure pre').innerText()).toBe(output);
    expect(await page.getByText('no route to the database').count()).toBe(1);
    expect(await page.title()).toBe('import · Jobs · alice · Neuro');
  },
  pathMs,
);

test(
  'the timeline has times of the clock, two seconds apart',
  async () => {
    await alice.go('/n/alice/jobs/import');
    const times = page.getByRole('table').last().locator('time');
    await times.first().waitFor();
    const shown = await times.allInnerTexts();
    expect(new Set(shown).size).toBe(2);
    expect(shown.join(' ')).toMatch(/:09\b/);
  },
  pathMs,
);

test(
  'a running job counts seconds',
  async () => {
    await alice.go('/n/alice/jobs/train');
    const ran = page.getByText(/^for \d+ s$/);
    const first = await ran.innerText();
    await page.getByText(first, { exact: true }).waitFor({ state: 'detached' });
    await ran.or(page.getByText(/^for 1 min/)).waitFor();
  },
  pathMs,
);

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
])(
  '%s asks before a job is killed, and Cancel kills nothing',
  async (_where, path, kill) => {
    await alice.go(path);
    await kill();
    const question = page.getByRole('dialog', { name: 'Kill train?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    expect(stage.cluster.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
  },
  pathMs,
);

test(
  'a job is killed and deleted after the question',
  async () => {
    await alice.go('/n/alice/jobs/train');
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
    await page.getByRole('row').filter({ hasText: 'train' }).waitFor({ state: 'detached' });
  },
  pathMs,
);
