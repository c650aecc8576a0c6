/** Many secrets at once, from the lines of a `.env` file; and addresses of what is open. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { userSecretType } from '../../src/controllers/resources.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      cluster.put(userSecretType, {
        metadata: { namespace: 'alice', name: 'db-password', generation: 1 },
        spec: { value: 'old', description: 'stays' },
      });
    },
  },
  (itsStage, user) => {
    stage = itsStage;
    alice = user;
    ({ page } = user);
  },
);

const secretOf = (name: string) =>
  stage.cluster.api.get(userSecretType, { namespace: 'alice', name }) as
    { readonly spec: { readonly sealed?: { readonly value: string }; readonly description?: string } } | undefined;
const row = (key: string) => page.getByRole('row').filter({ hasText: key });
const dialog = () => page.getByRole('dialog', { name: 'Import from a .env file' });
/** The hidden value of a secret, as the page reveals it. */
async function revealed(key: string): Promise<string> {
  await page.getByRole('button', { name: `Reveal ${key}` }).click();
  const text = await page.getByLabel(`Value of ${key}`, { exact: true }).textContent();
  await page.getByRole('button', { name: `Hide ${key}` }).click();
  return text ?? '';
}

test('lines that were pasted are shown with their clashes, and saved at once', async () => {
  await alice.go('/n/alice/secrets');
  await row('db-password').waitFor();
  await page.getByRole('button', { name: 'Import' }).click();
  const lines = [
    '# of the team',
    'export api_token="two\\nlines"',
    "db-password='a new one'",
    'no assignment here',
    'EMPTY=',
    'HOME_OF=$HOME/x',
  ];
  await dialog().getByRole('textbox', { name: 'Lines' }).fill(lines.join('\n'));
  const fate = (name: string) => dialog().getByRole('row').filter({ hasText: name });
  await fate('api_token').getByText('new', { exact: true }).waitFor();
  await fate('db-password').getByText('exists, is kept').waitFor();
  await fate('EMPTY').getByText('not imported').waitFor();
  await fate('HOME_OF').getByText('stays as it is').waitFor();
  // Values are nowhere in the preview.
  expect(await dialog().getByRole('region').textContent()).not.toMatch(/a new one|two|HOME\/x/);
  expect(await axeFindings(page)).toEqual([]);
  await dialog().getByRole('checkbox', { name: 'Replace the value of the key that exists' }).check();
  await fate('db-password').getByText('replaces the value').waitFor();
  await dialog().getByRole('button', { name: 'Save 3 secrets' }).click();
  await dialog().waitFor({ state: 'detached' });
  await row('api_token').waitFor();
  expect(await revealed('api_token')).toBe('two\nlines');
  expect(secretOf('db-password')?.spec).toMatchObject({ sealed: { value: expect.any(String) } });
  expect(secretOf('db-password')?.spec).not.toHaveProperty('value');
  expect(await revealed('HOME_OF')).toBe('$HOME/x');
  expect(secretOf('db-password')?.spec.description).toBe('stays');
  expect(secretOf('EMPTY')).toBeUndefined();
});

test('several lines pasted where a key belongs are imported, and what fails can be tried again', async () => {
  await alice.go('/n/alice/secrets');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('form').getByLabel('Key').focus();
  await page.evaluate(() => navigator.clipboard.writeText('first=1\nsecond=2\n'));
  await page.keyboard.press('Control+V');
  await dialog().getByRole('row').filter({ hasText: 'second' }).waitFor();
  let isRefused = true;
  stage.cluster.denied.push((_user, question) => isRefused && question.startsWith('create usersecrets'));
  await dialog().getByRole('button', { name: 'Save 2 secrets' }).click();
  await dialog().getByText('not saved').nth(1).waitFor();
  await dialog().getByText('You don’t have permission to create secrets').first().waitFor();
  isRefused = false;
  await dialog().getByRole('button', { name: 'Save 2 secrets' }).click();
  await dialog().waitFor({ state: 'detached' });
  await row('first').waitFor();
  await row('second').waitFor();
  alice.forgive();
});

test('a file is dropped; one that is too large, or no text, is refused without losing anything', async () => {
  await alice.go('/n/alice/secrets?do=import');
  const drop = async (name: string, parts: readonly (string | number[])[]): Promise<void> => {
    const data = await page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer();
        const blobs = content.map((part) => (typeof part === 'string' ? part : new Uint8Array(part)));
        transfer.items.add(new File(blobs, fileName));
        return transfer;
      },
      [name, parts] as const,
    );
    await dialog().getByText('Paste lines such as').dispatchEvent('drop', { dataTransfer: data });
  };
  await dialog().getByRole('textbox', { name: 'Lines' }).fill('typed=1');
  await drop('large.env', ['x'.repeat(1024 * 1024 + 1)]);
  await dialog().getByText('large.env has 1.00 MiB; an import takes at most 1 MiB.').waitFor();
  await dialog().getByRole('button', { name: 'Keep what I typed' }).click();
  await dialog().getByRole('row').filter({ hasText: 'typed' }).waitFor();
  await drop('binary.env', [[0xff, 0xfe, 0x41, 0x00]]);
  await dialog().getByText('the file is UTF-16').waitFor();
  await drop('team.env', ['dropped=yes\r\n']);
  await dialog().getByRole('button', { name: 'Save 1 secret' }).click();
  await dialog().waitFor({ state: 'detached' });
  await row('dropped').waitFor();
  expect(await revealed('dropped')).toBe('yes');
});

test('a secret and each dialog have an address, which Back and a reload keep', async () => {
  await alice.go('/n/alice/secrets?secret=db-password');
  const details = page.getByRole('dialog', { name: 'db-password' });
  await details.waitFor();
  await details.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('dialog', { name: 'Share db-password' }).waitFor();
  expect(new URL(page.url()).searchParams.get('do')).toBe('share');
  await page.reload();
  await page.getByRole('dialog', { name: 'Share db-password' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');
  await alice.go('/n/alice/secrets?secret=gone');
  await page.getByText('There is no secret gone here').waitFor();
  await alice.go('/n/alice/secrets?secret=db-password&do=reveal');
  await details.waitFor();
  expect(await page.getByLabel('Value of db-password', { exact: true }).count()).toBe(0);
});

test('a date to rotate by is saved as an annotation, marked in the list, and found by the filter and on the dashboard', async () => {
  const day = (days: number): string => new Date(Date.now() + days * 24 * 3_600_000).toISOString().slice(0, 10);
  await alice.go('/n/alice/secrets?secret=db-password&do=edit');
  const edit = page.getByRole('dialog', { name: 'Edit db-password' });
  await edit.getByLabel('Rotate by').fill(day(5));
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  await row('db-password').getByText('rotate by').waitFor();
  const { annotations } = (secretOf('db-password') as unknown as { metadata: { annotations?: object } }).metadata;
  expect(annotations).toMatchObject({ 'neu.ro/rotate-by': day(5) });
  await page.getByRole('combobox', { name: 'Which secrets' }).or(page.getByLabel('Which secrets')).first().click();
  await page.getByRole('option', { name: 'To rotate soon' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: /^1 of / })
    .waitFor();
  expect(new URL(page.url()).searchParams.get('filter')).toBe('rotate');
  await alice.go('/n/alice/dashboard');
  await page.getByRole('region', { name: 'Secrets to rotate' }).getByRole('link', { name: 'db-password' }).click();
  await edit.getByRole('textbox', { name: 'New value' }).fill('newer');
  await edit.getByText('Choose the next date').waitFor();
  await edit.getByLabel('Rotate by').fill(day(60));
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  await row('db-password').getByText('rotate by').waitFor({ state: 'detached' });
});
