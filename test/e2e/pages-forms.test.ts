/** Forms and dialogs: the focus goes back to where it was, and nothing that was typed is lost. */
import { describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { neuroJobType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const secret = { metadata: { namespace: 'alice', name: 'db-password', generation: 1 }, spec: { value: 'x' } };
      cluster.put(userSecretType, secret);
      const grant = { secret: 'db-password', subject: { kind: 'User', name: 'bob' } } as const;
      cluster.put(secretGrantType, { metadata: { namespace: 'alice', name: 'to-bob' }, spec: grant });
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'train' }, spec: { image: 'busybox:1' } });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

async function untilFocused(element: Locator): Promise<void> {
  await element.and(page.locator(':focus')).waitFor();
}

describe('the focus goes back to the button', () => {
  const opens = [
    ['Share db-password', 'Escape'],
    ['Edit db-password', 'Escape'],
    ['Edit db-password', 'Close'],
    ['Edit db-password', 'Cancel'],
    ['Delete db-password', 'Escape'],
    ['Delete db-password', 'Cancel'],
  ] as const;
  for (const how of ['by Enter', 'by a click'] as const)
    test.each(opens)(`that opened it ${how}: %s, left by %s`, async (name, left) => {
      await alice.go('/n/alice/secrets');
      const button = page.getByRole('button', { name });
      if (how === 'by Enter') await button.press('Enter');
      else await button.click();
      const opened = page.getByRole(name.startsWith('Delete') ? 'group' : 'dialog', { name: /db-password/ });
      await opened.waitFor();
      await untilFocused(opened.locator('*'));
      if (left === 'Escape') await page.keyboard.press('Escape');
      else await opened.getByRole('button', { name: left }).click();
      await opened.waitFor({ state: 'detached' });
      await untilFocused(button);
    });

  test('of the menu through which it was opened', async () => {
    await alice.go('/n/alice/secrets');
    const more = page.getByRole('button', { name: 'More for db-password' });
    await more.press('Enter');
    await page.getByRole('menuitem', { name: 'Details' }).press('Enter');
    const details = page.getByRole('dialog', { name: 'db-password' });
    await details.waitFor();
    // From one dialog into the next, and back to where it all began.
    await details.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('dialog', { name: 'Share db-password' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await untilFocused(more);
  });

  test('of a card, and of a question about a revoke', async () => {
    await alice.go('/n/alice/dashboard');
    const card = page.getByRole('button', { name: 'RUN A JOB' }).nth(1);
    await card.press('Enter');
    await page.getByRole('dialog', { name: 'Custom Job' }).waitFor();
    await untilFocused(page.getByRole('textbox', { name: 'Image' }));
    await page.keyboard.press('Escape');
    await untilFocused(card);
    await alice.go('/n/alice/secrets');
    await page.getByRole('button', { name: 'Share db-password' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Revoke access of bob' }).press('Enter');
    await untilFocused(dialog.getByRole('button', { name: 'Revoke', exact: true }));
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await untilFocused(dialog.getByRole('button', { name: 'Revoke access of bob' }));
    await page.keyboard.press('Escape');
  });

  test('Add, after Save and after Esc, also when a key opened the form', async () => {
    await alice.go('/n/alice/secrets');
    const add = page.getByRole('button', { name: 'Add', exact: true });
    const form = page.getByRole('form', { name: 'Add a secret' });
    await add.press('Enter');
    await untilFocused(form.getByLabel('Key'));
    await page.keyboard.press('Escape');
    await untilFocused(add);
    await page.locator('body').click({ position: { x: 1, y: 1 } });
    await page.keyboard.press('a');
    await untilFocused(form.getByLabel('Key'));
    await page.keyboard.type('by-key');
    await form.getByRole('textbox', { name: 'Value' }).fill('value');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('row').filter({ hasText: 'by-key' }).waitFor();
    await untilFocused(add);
  });

  test('New value has it first when a secret is edited', async () => {
    await alice.go('/n/alice/secrets');
    await page.getByRole('button', { name: 'Edit db-password' }).press('Enter');
    await untilFocused(page.getByRole('dialog').getByRole('textbox', { name: 'New value' }));
  });
});

describe('the focus goes to the first field that is wrong', () => {
  test('of a new secret, a grant, and a job, also one that is folded away', async () => {
    await alice.go('/n/alice/secrets');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const form = page.getByRole('form');
    await form.getByLabel('Key').fill('named');
    await form.getByRole('button', { name: 'Save' }).click();
    await untilFocused(form.getByRole('textbox', { name: 'Value' }));
    await form.getByLabel('Key').fill('');
    await form.getByRole('button', { name: 'Save' }).click();
    await untilFocused(form.getByLabel('Key'));
    await alice.go('/n/alice/secrets');
    await page.getByRole('button', { name: 'Share db-password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
    await untilFocused(page.getByRole('dialog').getByRole('combobox', { name: 'Name' }));
    await alice.go('/n/alice/dashboard');
    await page.getByRole('button', { name: 'RUN A JOB' }).nth(1).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
    await untilFocused(dialog.getByRole('textbox', { name: 'Image' }));
    await dialog.getByRole('textbox', { name: 'Image' }).fill('busybox:1');
    const more = dialog.getByRole('button', { name: 'Name, port, limits, description' });
    await more.click();
    await dialog.getByRole('textbox', { name: 'HTTP port' }).fill('0');
    await more.click();
    await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
    await untilFocused(dialog.getByRole('textbox', { name: 'HTTP port' }));
  });
});

describe('Esc asks before what was typed is lost', () => {
  const question = () => page.getByRole('alertdialog', { name: 'Discard what you typed?' });

  test.each<[string, string, () => Promise<Locator>]>([
    [
      'in the form that adds a secret',
      '/n/alice/secrets',
      async () => {
        await page.getByRole('button', { name: 'Add', exact: true }).click();
        return page.getByRole('form').getByLabel('Key');
      },
    ],
    [
      'in the dialog that edits one',
      '/n/alice/secrets',
      async () => {
        await page.getByRole('button', { name: 'Edit db-password' }).click();
        return page.getByRole('dialog').getByRole('textbox', { name: 'New value' });
      },
    ],
    [
      'in the dialog that shares one',
      '/n/alice/secrets',
      async () => {
        await page.getByRole('button', { name: 'Share db-password' }).click();
        return page.getByRole('dialog').getByRole('combobox', { name: 'Name' });
      },
    ],
    [
      'in the dialog that runs a job',
      '/n/alice/dashboard',
      async () => {
        await page.getByRole('button', { name: 'RUN A JOB' }).nth(1).click();
        return page.getByRole('dialog').getByRole('textbox', { name: 'Image' });
      },
    ],
  ])('%s', async (_where, path, open) => {
    await alice.go(path);
    const field = await open();
    await field.fill('typed-here');
    await field.press('Escape');
    await untilFocused(question().getByRole('button', { name: 'Keep editing' }));
    // Esc takes the question away and nothing else.
    await page.keyboard.press('Escape');
    await question().waitFor({ state: 'detached' });
    expect(await field.inputValue()).toBe('typed-here');
    await field.press('Escape');
    await question().getByRole('button', { name: 'Discard' }).click();
    await field.waitFor({ state: 'detached' });
  });
});

describe('a value', () => {
  async function addForm(): Promise<Locator> {
    await alice.go('/n/alice/secrets');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const form = page.getByRole('form');
    await form.getByLabel('Key').fill('large');
    return form;
  }

  test('that is a file too large is not saved in the place of it, and what was typed is kept', async () => {
    const form = await addForm();
    await form.getByRole('textbox', { name: 'Value' }).fill('typed first');
    const buffer = Buffer.alloc(1_200_000, 'x');
    await form.locator('input[type=file]').setInputFiles({ name: 'big.bin', mimeType: 'text/plain', buffer });
    await form.getByText('big.bin was not taken').waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('the limit is 1 MiB').waitFor();
    await form.getByRole('button', { name: 'Keep what I typed' }).click();
    expect(await form.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('typed first');
    expect(stage.cluster.api.get(userSecretType, { namespace: 'alice', name: 'large' })).toBeUndefined();
  });

  test('is sealed in the browser, and the note is absent for one that the operator creates', async () => {
    const form = await addForm();
    const note = form.getByText('Sealed in this browser');
    await note.waitFor();
    await form.getByRole('combobox', { name: 'Where the value comes from' }).selectOption('Generate');
    await form.getByRole('combobox', { name: 'Kind' }).or(form.getByLabel('Kind')).first().waitFor();
    expect(await note.count()).toBe(0);
  });
});

test('the key a opens no form where secrets cannot be seen', async () => {
  stage.cluster.denied.push((user, question) => user === 'alice' && question.endsWith('usersecrets in bob'));
  await alice.go('/n/bob/secrets');
  await page.getByRole('heading', { level: 2 }).waitFor();
  await page.keyboard.press('a');
  // The page has heard keys since then, and did what they say.
  await page.keyboard.press('/');
  await untilFocused(page.getByRole('textbox', { name: 'Search secrets' }));
  expect(await page.getByRole('form').count()).toBe(0);
  stage.cluster.denied.length = 0;
  alice.forgive();
});

test('a list that is refused for a moment, as while the API server starts, takes nothing away that was typed', async () => {
  await alice.go('/n/alice/secrets');
  await page.getByRole('row').filter({ hasText: 'db-password' }).waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const key = page.getByRole('form').getByLabel('Key');
  await key.fill('typed');
  stage.cluster.denied.push((_user, question) => /^(list|watch) usersecrets/.test(question));
  await stage.cluster.stop();
  await stage.cluster.start();
  await page.getByText('You don’t have permission to view this').waitFor();
  expect(await key.inputValue()).toBe('typed');
  stage.cluster.denied.length = 0;
  alice.forgive();
});
