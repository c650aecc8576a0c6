/** The palette and the keys of the pages, worked by the keyboard alone. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { neuroJobType, neuroScheduleType, userSecretType } from '../../src/controllers/resources.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';

let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const labels = { team: 'reports' };
      cluster.put(userSecretType, {
        metadata: { namespace: 'alice', name: 'db-password', generation: 1, labels },
        spec: { value: 'x' },
      });
      const metadata = { namespace: 'alice', name: 'nightly-report' };
      cluster.put(neuroJobType, { metadata, spec: { image: 'busybox:1' } });
      const spec = { schedule: '0 3 * * *', jobTemplate: { name: 'backup' } };
      cluster.put(neuroScheduleType, { metadata: { namespace: 'alice', name: 'backup', generation: 1 }, spec });
    },
  },
  (_stage, user) => {
    alice = user;
    ({ page } = user);
  },
);

const box = () => page.getByRole('combobox', { name: 'A page, a secret, a job, an action' });
/** What a screen reader reads: the option that the box names as its active one. */
const active = async (): Promise<string> => {
  const id = await box().getAttribute('aria-activedescendant');
  return (await page.locator(`[id="${id ?? ''}"]`).textContent()) ?? '';
};

test('Ctrl-K and a few letters lead to a secret, a job, an action and a card', async () => {
  const goTo = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await box().and(page.locator(':focus')).waitFor();
    await page.keyboard.type(text);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
  };
  await alice.go('/n/alice/dashboard');
  await page.getByText('nightly-report').first().waitFor();
  await goTo('nightly');
  await page.getByRole('heading', { name: 'nightly-report' }).waitFor();
  await goTo('db-pass');
  await page.getByRole('dialog', { name: 'db-password' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await goTo('import');
  await page.getByRole('dialog', { name: 'Import from a .env file' }).waitFor();
  // What is open is not left by a key.
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await goTo('custom job');
  await page.getByRole('dialog', { name: 'Custom Job' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the arrows move through the options, axe finds nothing, and Esc gives the focus back', async () => {
  await alice.go('/n/alice/jobs');
  const button = page.getByRole('button', { name: 'Go to… (Ctrl-K)' });
  await button.press('Enter');
  await box().waitFor();
  const first = await active();
  await page.keyboard.press('ArrowDown');
  const second = await active();
  expect(second).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  expect(await active()).toBe(first);
  await page.keyboard.press('ArrowUp');
  expect(await active()).toBe(await page.getByRole('option').last().textContent());
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.type('no such thing');
  await page.getByRole('status').filter({ hasText: 'Nothing matches' }).waitFor();
  await page.keyboard.press('Escape');
  await button.and(page.locator(':focus')).waitFor();
});

test('? lists the keys, and each of them does what it says', async () => {
  await alice.go('/n/alice/secrets');
  await page.getByRole('row').filter({ hasText: 'db-password' }).waitFor();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await list.getByText('Import a .env file').waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  await page.locator('body').click({ position: { x: 1, y: 1 } });
  await page.keyboard.press('/');
  const search = page.getByRole('textbox', { name: 'Search secrets' });
  await search.and(page.locator(':focus')).waitFor();
  // In a field a letter is a letter.
  await page.keyboard.type('?ai');
  expect(await search.inputValue()).toBe('?ai');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('i');
  await page.getByRole('dialog', { name: 'Import from a .env file' }).waitFor();
});

/** By the role and the name of what opens it, and the role of what is open then. */
const opening: readonly (readonly [string, string, 'button' | 'combobox', string, 'menu' | 'listbox' | 'dialog'])[] = [
  ['the menu of the user', '/n/alice/dashboard', 'button', 'User alice', 'menu'],
  ['the namespaces', '/n/alice/dashboard', 'combobox', 'Namespace', 'listbox'],
  ['the menu of a secret', '/n/alice/secrets', 'button', 'More for db-password', 'menu'],
  ['the filters', '/n/alice/secrets', 'combobox', 'Which secrets', 'listbox'],
  ['the tags', '/n/alice/secrets', 'combobox', 'Show one tag', 'listbox'],
  ['the menu of a job', '/n/alice/jobs', 'button', 'More for nightly-report', 'menu'],
  ['the states', '/n/alice/jobs', 'combobox', 'Status', 'listbox'],
  ['the menu of a schedule', '/n/alice/schedules', 'button', 'More for backup', 'menu'],
  ['the details of a secret', '/n/alice/secrets', 'button', 'db-password', 'dialog'],
  ['the import', '/n/alice/secrets', 'button', 'Import', 'dialog'],
];

test.each(opening)(
  '%s: opened by the keyboard, axe finds nothing, and Esc gives the focus back',
  async (_what, path, role, name, opened) => {
    await alice.go(path);
    const opener = page.getByRole(role, { name, exact: true });
    await opener.focus();
    await page.keyboard.press(role === 'combobox' ? 'ArrowDown' : 'Enter');
    await page.getByRole(opened).first().waitFor();
    // What opens is outside of the landmarks, and reached by the focus.
    expect(await axeFindings(page, { without: ['region'] })).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole(opened).first().waitFor({ state: 'hidden' });
    if (opened !== 'listbox') await opener.and(page.locator(':focus')).waitFor();
  },
);
