/** What a screen reader says and the Tab key reaches: administration, schedules, history, resource usage, copies, several rows, tags and sources. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { fill } from '../screens/look-fill.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesStage } from './pages-stage.ts';
import { expectInOrder, expectNoViolations, expectSaid, isFocused, spoken, stops } from './spoken.ts';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

beforeAll(async () => {
  stage = await startPagesStage({ people: ['alice', 'bob'] });
  await fill(stage);
  alice = await stage.user('alice');
  ({ page } = alice);
});

afterAll(() => stage.stop());

afterEach(() => {
  const errors = [...alice.errors];
  alice.forgive();
  expect(errors).toEqual([]);
});

describe('the administration', () => {
  test('is announced in regions with headings and tables, warns at once, and Tab reaches the actions', async () => {
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
  });
});

describe('the schedules', () => {
  test('are a table with names, states and times, and Tab comes to each row and its menu', async () => {
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
  });

  test('are paused by the keyboard alone: the result is announced, and the focus returns', async () => {
    const menu = page.getByRole('button', { name: 'More for report' });
    await menu.focus();
    await page.keyboard.press('Enter');
    const pause = page.getByRole('menuitem', { name: 'Pause' });
    await pause.waitFor();
    for (let step = 0; step < 5 && !(await isFocused(pause)); step += 1) await page.keyboard.press('ArrowDown');
    expect(await isFocused(pause)).toBe(true);
    const notice = page.getByRole('alert').filter({ hasText: 'report is paused.' });
    await Promise.all([notice.waitFor(), page.keyboard.press('Enter')]);
    await menu.and(page.locator(':focus')).waitFor();
  });
});

describe('the history of a secret', () => {
  test('shows when each value was replaced and by whom, and each button names its version', async () => {
    await alice.go('/n/alice/secrets?secret=db-password');
    const history = page.getByRole('dialog', { name: 'db-password' }).getByRole('region', { name: 'History' });
    await history.getByRole('row').filter({ hasText: 'argocd' }).waitFor();
    expectSaid(await spoken(history), [
      'heading "History" [level=3]',
      ...['Replaced', 'Set by'].map((name) => `columnheader "${name}"`),
      /row ".* ago f0f0f0f0f0f0 neuro .*Roll back to f0f0f0f0f0f0"/,
      'button "Roll back to a1a1a1a1a1a1"',
    ]);
    await history.getByRole('button', { name: 'Roll back to a1a1a1a1a1a1' }).press('Enter');
    await history.getByRole('group', { name: 'Roll back to a1a1a1a1a1a1' }).getByText('Put the former value').waitFor();
    await expectNoViolations(page);
  });
});

describe('the resource usage of a job', () => {
  test('is available as text: the chart has its figures in its name, and request and limit are terms with values', async () => {
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
  });
});

describe('a copy', () => {
  test('is kept by the keyboard alone: each field has a name, and a wrong one is focused and says what is wrong', async () => {
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
    expect(await describedBy(labels)).toContain('Write NAME=VALUE, not no pair');
    await expectNoViolations(page);
    await labels.fill('');
    await page.keyboard.press('Escape');
    await dialog
      .getByRole('button', { name: 'Discard' })
      .or(keep.and(page.locator(':focus')))
      .first()
      .waitFor();
  });
});

describe('several rows', () => {
  test('are selected, asked about and left by the keyboard alone: how many is a live region, and the question names them', async () => {
    await alice.go('/n/alice/secrets?q=key-29');
    const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
    await box('key-29').focus();
    for (const name of ['key-29', 'key-290', 'key-291']) {
      await box(name).and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowDown');
    }
    const bar = page.getByRole('group', { name: 'Selected rows' });
    expectSaid(await spoken(bar), [
      'status: 3 selected',
      ...['Select all 6', 'Delete', 'Tag', 'Share', 'Clear selection'].map((name) => `button "${name}"`),
    ]);
    await expectNoViolations(page);
    expectInOrder(await stops(page), ['Select all 6', 'Tag', 'Share', 'Delete', 'Clear selection']);
    const remove = bar.getByRole('button', { name: 'Delete' });
    await remove.focus();
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: 'Delete 3 secrets?' });
    expectSaid(await spoken(question), [/key-29, key-290,? and key-291\. The values are removed/, 'button "Cancel"']);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await remove.and(page.locator(':focus')).waitFor();
    await bar.getByRole('button', { name: 'Clear selection' }).press('Enter');
    await bar.waitFor({ state: 'detached' });
  });
});

describe('the tags of a secret', () => {
  test('are written by the keyboard alone: a live region says what they are, and a wrong one is described', async () => {
    await alice.go('/n/alice/secrets?secret=tagged-too&do=tags');
    const dialog = page.getByRole('dialog', { name: 'Tags of tagged-too' });
    const field = dialog.getByRole('combobox', { name: 'Tags' });
    await field.and(page.locator(':focus')).waitFor();
    expectSaid(await spoken(dialog), [
      'combobox "Tags"',
      'status: "Now: team=reports, urgent"',
      'button "Save" [disabled]',
    ]);
    await page.keyboard.type('year=2027,');
    await dialog.getByRole('status').filter({ hasText: 'Now: team=reports, urgent, year=2027' }).waitFor();
    await page.keyboard.type('a/b,');
    await dialog.getByText('a/b has a prefix').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await describedBy(field)).toContain('a/b has a prefix');
    await page.keyboard.press('Backspace');
    await expectNoViolations(page);
    await dialog.getByRole('button', { name: 'Close' }).press('Enter');
    await page.getByRole('alertdialog', { name: 'Discard what you typed?' }).waitFor();
    await page.getByRole('button', { name: 'Discard' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('where a value comes from', () => {
  const source = () => page.getByRole('combobox', { name: 'Where the value comes from' });
  const form = () => page.getByRole('form', { name: 'Add a secret' });

  test.each([
    ['generate', 'Kind', ['textbox "Characters"', 'textbox "A new one every"', 'combobox "Wait for the hook"']],
    ['template', 'Text', ['textbox "Text"']],
    ['secret', 'Name of the native Secret', ['textbox "Key in it"']],
    ['configMap', 'ConfigMap', ['combobox "ConfigMap"', 'combobox "Key in it"']],
    ['pair', 'Private key (tls.key)', ['textbox "Certificate, with', 'button "File for: Private key (tls.key)"']],
  ] as const)(
    'the keyboard reaches each field of %s by its name, and saving too early leads to the first wrong one',
    async (kind, first, fields) => {
      await alice.go('/n/alice/secrets?do=add');
      await form().getByLabel('Key', { exact: true }).fill('new-key');
      await source().selectOption(kind);
      await form().getByLabel(first, { exact: true }).first().waitFor();
      expectSaid(await spoken(form()), fields);
      await expectNoViolations(page);
      expect(await stops(page)).not.toContain('');
      if (kind === 'generate') return;
      await form().getByRole('button', { name: 'Save' }).press('Enter');
      await form().locator(':focus[aria-invalid=true]').waitFor();
    },
  );
});

/** What is said of a field after its name. */
async function describedBy(field: Locator): Promise<string> {
  const ids = (await field.getAttribute('aria-describedby')) ?? '';
  const said = await page.evaluate(
    (all) => all.split(' ').map((id) => document.getElementById(id)?.textContent ?? ''),
    ids,
  );
  return said.join(' ');
}
