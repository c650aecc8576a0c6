/** What a screen reader says and the Tab key reaches: administration, schedules, history, resource usage and copies. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fill } from '../screens/look-fill.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesStage } from './pages-stage.ts';
import { expectInOrder, expectNoViolations, expectSaid, isFocused, spoken, stops } from './spoken.ts';

const startMs = 120_000;
const pathMs = 90_000;

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

beforeAll(async () => {
  stage = await startPagesStage({ people: ['alice', 'bob'] });
  await fill(stage);
  alice = await stage.user('alice');
  ({ page } = alice);
}, startMs);

afterAll(() => stage.stop(), startMs);

afterEach(() => {
  const errors = [...alice.errors];
  alice.forgive();
  expect(errors).toEqual([]);
});

describe('the administration', () => {
  test(
    'is said in regions with headings and tables, warns at once, and Tab comes to what can be done',
    async () => {
      await alice.go('/n/alice/admin');
      const main = page.getByRole('main');
      await main
        .getByRole('cell', { name: 'QuotaExhausted' })
        .or(main.getByText('the quota is used up'))
        .first()
        .waitFor();
      await main.getByRole('alert').filter({ hasText: 'Not all replicas are ready.' }).waitFor();
      const lines = await spoken(main);
      expectSaid(lines, [
        'heading "Administration" [level=1]',
        'The whole cluster, read with your own rights. This page changes nothing.',
        ...['Operator', 'Sealing keys', 'People and homes', 'Presets and cards', 'Grants of the cluster'].map(
          (title) => `heading "${title}" [level=2]`,
        ),
        'columnheader "Granted by"',
        'rowheader "Ready replicas"',
      ]);
      await expectNoViolations(page);
      const found = await stops(page);
      expectInOrder(found, ['Skip to the page', 'Refresh', 'Copy the command', 'Search the grants']);
      expect(found).not.toContain('');
    },
    pathMs,
  );
});

describe('the schedules', () => {
  test(
    'are a table with names, states and times, and Tab comes to each row and its menu',
    async () => {
      await alice.go('/n/alice/schedules');
      const table = page.getByRole('table', { name: 'Schedules' });
      await table.getByRole('row').filter({ hasText: 'backup' }).waitFor();
      expectSaid(await spoken(table), [
        ...['Name', 'Runs', 'State', 'Next run', 'Last run', 'Actions'].map((name) => `columnheader "${name}"`),
        /row "Select backup backup .*Active 1 job runs .*Failed More for backup"/,
        'button "More for backup"',
      ]);
      await expectNoViolations(page);
      const found = await stops(page);
      expectInOrder(found, [
        ...['Jobs', 'Schedules', 'Secrets', 'New schedule'],
        'Select backup',
        'backup',
        'Failed',
        'More for backup',
      ]);
      expect(found).not.toContain('');
    },
    pathMs,
  );

  test(
    'are paused by the keyboard alone: what was done is announced, and the focus is where it was',
    async () => {
      const menu = page.getByRole('button', { name: 'More for report' });
      await menu.focus();
      await page.keyboard.press('Enter');
      const pause = page.getByRole('menuitem', { name: 'Pause' });
      await pause.waitFor();
      for (let step = 0; step < 5 && !(await isFocused(pause)); step += 1) await page.keyboard.press('ArrowDown');
      expect(await isFocused(pause)).toBe(true);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'report is paused.' }).waitFor();
      await menu.and(page.locator(':focus')).waitFor();
    },
    pathMs,
  );
});

describe('the history of a secret', () => {
  test(
    'says when each value was replaced and by whom, and each button says to which version it leads',
    async () => {
      await alice.go('/n/alice/secrets?secret=db-password');
      const history = page.getByRole('dialog', { name: 'db-password' }).getByRole('region', { name: 'History' });
      await history.getByRole('row').filter({ hasText: 'argocd' }).waitFor();
      expectSaid(await spoken(history), [
        'heading "History" [level=3]',
        ...['Replaced', 'Set by', 'Used by'].map((name) => `columnheader "${name}"`),
        /row ".* ago f0f0f0f0f0f0 neuro .*Roll back to f0f0f0f0f0f0"/,
        'button "Roll back to a1a1a1a1a1a1"',
      ]);
      await history.getByRole('button', { name: 'Roll back to a1a1a1a1a1a1' }).press('Enter');
      await history
        .getByRole('group', { name: 'Roll back to a1a1a1a1a1a1' })
        .getByText('Put the former value')
        .waitFor();
      await expectNoViolations(page);
    },
    pathMs,
  );
});

describe('the resource usage of a job', () => {
  test(
    'is said in words: the chart has its figures in its name, and request and limit are terms with values',
    async () => {
      await alice.go('/n/alice/jobs/nightly-report');
      const usage = page.getByRole('region', { name: 'Resource usage' });
      await usage.getByRole('img').first().waitFor();
      expectSaid(await spoken(usage), [
        'heading "Resource usage" [level=2]',
        /img "CPU \(cores\) over time: now 0\.\d{3}, highest 0\.\d{3}, limit 0\.250"/,
        /img "Memory over time: now \d+ MiB, highest \d+ MiB, limit 128 MiB"/,
        'term: Request',
        'definition: 64 MiB',
      ]);
      await expectNoViolations(page);
    },
    pathMs,
  );
});

describe('a copy', () => {
  test(
    'is kept by the keyboard alone: each field has a name, and a wrong one is focused and says what is wrong',
    async () => {
      await alice.go('/n/alice/secrets?show=shared');
      const keep = page.getByRole('button', { name: 'Keep a copy of secret:/bob/model-registry' });
      await keep.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Keep a copy of secret:/bob/model-registry' });
      await dialog.waitFor();
      expectSaid(await spoken(dialog), [
        'textbox "Key"',
        'textbox "Labels of the native Secret"',
        'textbox "Annotations of the native Secret"',
        'button "Keep a copy"',
      ]);
      const labels = dialog.getByRole('textbox', { name: 'Labels of the native Secret' });
      await labels.fill('no pair');
      await dialog.getByRole('button', { name: 'Keep a copy' }).press('Enter');
      await labels.and(page.locator(':focus')).waitFor();
      expect(await labels.getAttribute('aria-invalid')).toBe('true');
      const described = (await labels.getAttribute('aria-describedby')) ?? '';
      const said = await page.evaluate(
        (ids) => ids.split(' ').map((id) => document.getElementById(id)?.textContent ?? ''),
        described,
      );
      expect(said.join(' ')).toContain('Write NAME=VALUE, not no pair');
      await expectNoViolations(page);
      await labels.fill('');
      await page.keyboard.press('Escape');
      await dialog
        .getByRole('button', { name: 'Discard' })
        .or(keep.and(page.locator(':focus')))
        .first()
        .waitFor();
    },
    pathMs,
  );
});
