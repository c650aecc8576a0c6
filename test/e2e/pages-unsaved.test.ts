/** What was typed is not lost: by a key of the page, by Back, by a link, by a reload. */
import { expect, test } from 'vitest';
import type { Dialog, Page } from 'playwright-core';
import { neuroJobType, userSecretType } from '../../src/controllers/resources.ts';
import { untilTrue } from '../support/until.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';

let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const secret = { metadata: { namespace: 'alice', name: 'db-password', generation: 1 }, spec: { value: 'x' } };
      cluster.put(userSecretType, secret);
      cluster.put(userSecretType, { ...secret, metadata: { ...secret.metadata, name: 'api-key' } });
      const job = { metadata: { namespace: 'alice', name: 'nightly-report' }, spec: { image: 'busybox:1' } };
      cluster.put(neuroJobType, job);
    },
  },
  (_stage, user) => {
    alice = user;
    ({ page } = user);
  },
);

const typed = 'typed-by-hand';
const add = () => page.getByRole('form', { name: 'Add a secret' });
const question = () => page.getByRole('alertdialog', { name: /Discard/ });

/** Where it is, the name of a field in it, and a button in it which takes the focus from the field. */
test.each<[string, string, RegExp, string]>([
  ['the form that adds a secret', '/n/alice/secrets?do=add', /^Description/, 'Cancel'],
  ['the dialog that changes one', '/n/alice/secrets?secret=db-password&do=edit', /^Description/, 'Cancel'],
  ['the dialog that shares one', '/n/alice/secrets?secret=db-password&do=share', /^Why/, 'Close'],
  ['the dialog that runs a job', '/n/alice/dashboard?card=custom-job', /^Image/, 'CANCEL'],
])('no key of a page acts while %s is open', async (_case, path, label, button) => {
  await alice.go(path);
  const field = page.getByRole('textbox', { name: label }).first();
  await field.fill(typed);
  const address = page.url();
  const away = page.getByRole('button', { name: button, exact: true }).last();
  for (const key of ['a', 'i', '/', '?', 'Control+k']) {
    await away.focus();
    await page.keyboard.press(key);
  }
  await field.press('Control+k');
  // A key that comes after all of them has acted.
  await field.press('End');
  await field.press('x');
  expect(await field.inputValue()).toBe(`${typed}x`);
  expect(page.url()).toBe(address);
  await page.getByRole('dialog', { name: /^(Go to|Keyboard shortcuts|Import)/ }).waitFor({ state: 'detached' });
});

test('a link away from the form that adds a secret asks first; after Keep all is still there; after Discard it continues', async () => {
  await alice.go('/n/alice/secrets?do=add');
  const field = add().getByRole('textbox', { name: /^Description/ });
  await field.fill(typed);
  for (const away of [
    page.getByRole('link', { name: 'Jobs' }),
    page.getByRole('button', { name: 'Edit db-password' }),
    page.getByRole('button', { name: /Import/ }),
  ]) {
    await away.click();
    await question().waitFor();
    await question().getByRole('button', { name: /^Keep/ }).click();
    await question().waitFor({ state: 'detached' });
    expect(await field.inputValue()).toBe(typed);
  }
  // What stays on the page is no way out of it.
  await page.getByRole('textbox', { name: 'Search secrets' }).fill('db');
  await page.waitForURL(/q=db/);
  expect(await question().count()).toBe(0);
  await page.getByRole('link', { name: 'Jobs' }).click();
  await question().getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('link', { name: 'nightly-report' }).waitFor();
});

test('Back asks before a dialog with something typed goes; saved, nothing is asked', async () => {
  await alice.go('/n/alice/jobs');
  await page.getByRole('link', { name: 'nightly-report' }).waitFor();
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: 'Edit db-password' }).click();
  const dialog = page.getByRole('dialog', { name: /db-password/ });
  const field = dialog.getByRole('textbox', { name: /^Description/ });
  await field.fill(typed);
  await page.evaluate(() => history.back());
  await question().waitFor();
  await question().getByRole('button', { name: /^Keep/ }).click();
  expect(await field.inputValue()).toBe(typed);
  await page.evaluate(() => history.back());
  await question().getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('link', { name: 'nightly-report' }).waitFor();
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: 'Edit db-password' }).click();
  await field.fill(typed);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await question().count()).toBe(0);
});

test('the browser asks before a reload discards typed text, and only then', async () => {
  const asked: string[] = [];
  const answer = (dialog: Dialog): void => {
    asked.push(dialog.type());
    void dialog.accept();
  };
  page.on('dialog', answer);
  await alice.go('/n/alice/secrets?do=add');
  await add().waitFor();
  await page.reload();
  await add().waitFor();
  expect(asked).toEqual([]);
  await add()
    .getByRole('textbox', { name: /^Description/ })
    .pressSequentially(typed);
  await page.reload();
  await untilTrue(() => asked.length > 0);
  expect(asked).toEqual(['beforeunload']);
  page.off('dialog', answer);
});

test('over a slow network, what was saved closes neither another dialog nor leads anybody away', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/usersecrets/db-password*', async (route) => {
    if (route.request().method() === 'PATCH') await released;
    await route.continue();
  });
  await alice.go('/n/alice/secrets');
  const dialog = (name: string) => page.getByRole('dialog', { name: new RegExp(name) });
  const field = (name: string) => dialog(name).getByRole('textbox', { name: /^Description/ });
  await page.getByRole('button', { name: 'Edit db-password' }).click();
  await field('db-password').fill('saved at last');
  await dialog('db-password').getByRole('button', { name: 'Save' }).click();
  await dialog('db-password').getByRole('button', { name: 'Cancel' }).click();
  await dialog('db-password').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Edit api-key' }).click();
  await field('api-key').fill(typed);
  release();
  await page.getByRole('row').filter({ hasText: 'saved at last' }).waitFor({ state: 'attached' });
  expect(await field('api-key').inputValue()).toBe(typed);
  await page.unrouteAll({ behavior: 'wait' });
});

test('an import that is closed while it saves begins no more, says what it saved, and leads nobody away', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/usersecrets?*', async (route) => {
    if (route.request().method() === 'POST') await released;
    await route.continue();
  });
  await alice.go('/n/alice/secrets?do=import');
  const dialog = page.getByRole('dialog', { name: 'Import from a .env file' });
  await dialog.getByRole('textbox').first().fill('FIRST=1\nSECOND=2\nTHIRD=3\n');
  await dialog.getByRole('button', { name: /^Save/ }).click();
  await dialog.getByRole('status').getByText('Saved 0 of 3').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Jobs' }).click();
  await page.getByRole('link', { name: 'nightly-report' }).waitFor();
  release();
  await page.getByText('1 secret was saved.').waitFor();
  expect(page.url()).toContain('/n/alice/jobs');
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByText('FIRST').first().waitFor();
  expect(await page.getByText('SECOND').count()).toBe(0);
  await page.unrouteAll({ behavior: 'wait' });
});

test('line breaks of Windows, which a field cannot keep, are said', async () => {
  await alice.go('/n/alice/secrets?do=add');
  const value = add().getByRole('textbox', { name: 'Value' });
  const paste = (text: string): Promise<void> =>
    value.evaluate((field, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', pasted);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  const said = add().getByText('has line breaks of Windows (CR LF)');
  await paste('one\ntwo');
  await value.fill('one\ntwo');
  await add().getByText('2 lines').waitFor();
  expect(await said.count()).toBe(0);
  await paste('one\r\ntwo');
  await said.waitFor();
});

test('over a slow network, what was begun leads nobody away, and says that it has failed', async () => {
  let release = (): void => undefined;
  const held = (): Promise<void> => new Promise((resolve) => (release = resolve));
  await alice.go('/n/alice/jobs');
  let answer = held();
  await page.route('**/neurojobs?*', async (route) => {
    if (route.request().method() === 'POST') await answer;
    await route.continue();
  });
  await page.getByRole('button', { name: 'More for nightly-report' }).click();
  await page.getByRole('menuitem', { name: 'Run again', exact: true }).click();
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: 'Delete api-key' }).waitFor();
  release();
  await page.getByText(/^nightly-report-\w+ was created/).waitFor();
  expect(page.url()).toContain('/n/alice/secrets');

  answer = held();
  await page.route('**/usersecrets/api-key', async (route) => {
    await answer;
    await route.abort();
  });
  await page.getByRole('button', { name: 'Delete api-key' }).click();
  const row = page.getByRole('group', { name: 'Delete api-key?' });
  await row.getByRole('button', { name: 'Yes, delete' }).click();
  await row.getByRole('button', { name: 'Cancel' }).click();
  await row.waitFor({ state: 'detached' });
  release();
  await page.getByText('api-key was not deleted').waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  alice.forgive();
});

test('a button whose request has failed has the focus again, also after a new log-in', async () => {
  await alice.go('/n/alice/secrets?do=add');
  await add().getByRole('textbox', { name: 'Key' }).fill('TYPED_ONCE');
  await add().getByRole('textbox', { name: 'Value' }).fill('x');
  const save = add().getByRole('button', { name: 'Save', exact: true });
  const hasFocus = () => save.evaluate((button) => button === document.activeElement);
  await page.route('**/usersecrets?*', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await save.press('Enter');
  await add().getByText('Not saved. What you typed is still here').waitFor();
  await expect.poll(hasFocus).toBe(true);
  await page.unrouteAll({ behavior: 'wait' });
  await alice.context.clearCookies();
  await save.press('Enter');
  const ended = page.getByRole('dialog', { name: 'Your session has ended' });
  await ended.waitFor();
  const other = await alice.context.newPage();
  await other.goto(alice.console.newAddress());
  await ended.waitFor({ state: 'detached' });
  await other.close();
  await expect.poll(hasFocus).toBe(true);
  await save.press('Enter');
  await page.getByRole('button', { name: 'Edit TYPED_ONCE' }).waitFor();
  alice.forgive();
});

test('a new secret that the list has before its own answer is not called another one', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/usersecrets?*', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch();
    await released;
    return route.fulfill({ response });
  });
  await alice.go('/n/alice/secrets?do=add');
  await add().getByRole('textbox', { name: 'Key' }).fill('SLOWLY_SAVED');
  await add().getByRole('textbox', { name: 'Value' }).fill('x');
  await add().getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit SLOWLY_SAVED' }).waitFor();
  expect(await add().getByText('You already have').count()).toBe(0);
  release();
  await add().waitFor({ state: 'detached' });
  await page.unrouteAll({ behavior: 'wait' });
});

test('a date that lacks a part is not saved as none', async () => {
  await alice.go('/n/alice/secrets?do=add');
  await add().getByRole('textbox', { name: 'Key' }).fill('HALF_A_DATE');
  await add().getByRole('textbox', { name: 'Value' }).fill('x');
  const date = add().getByLabel('Rotate by');
  await date.press('1');
  await date.press('2');
  await add().getByRole('button', { name: 'Save' }).click();
  await add().getByText('A part of the date is missing').waitFor();
  await untilTrue(() => date.evaluate((field) => field === document.activeElement), 'the focus of the date');
  await date.fill('2099-12-31');
  await add().getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit HALF_A_DATE' }).waitFor();
});

test('what is open in a row ends when a filter takes the row away, and takes no key that is typed when the row is back', async () => {
  await alice.go('/n/alice/secrets');
  const search = page.getByRole('textbox', { name: 'Search secrets' });
  const edit = page.getByRole('button', { name: 'Edit db-password' });
  for (const [button, shown] of [
    ['Delete db-password', page.getByRole('button', { name: 'Yes, delete' })],
    ['Reveal db-password', page.getByLabel('Value of db-password', { exact: true })],
  ] as const) {
    await page.getByRole('button', { name: button }).click();
    await shown.waitFor();
    await search.fill('api');
    await edit.waitFor({ state: 'detached' });
    await search.fill('');
    await edit.waitFor();
    expect(await shown.count()).toBe(0);
    expect(await search.evaluate((field) => field === document.activeElement)).toBe(true);
  }
});
