/** Where a secret takes its value from, when nobody types it: each source in its form, from the select to the object in the cluster. */
import { expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { joinPair, type UserSecret } from '../../src/api/index.ts';
import { userSecretType } from '../../src/controllers/resources.ts';
import { newPair } from '../support/certificate-pair.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';
import { fillSources, namespace } from './sources-page.ts';

const pair = await newPair('web.example.com');
const other = await newPair('other.example.com');

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages({ fill: fillSources }, (...started) => {
  [stage, alice] = started;
  ({ page } = alice);
});

const secretOf = (name: string): UserSecret | undefined =>
  stage.cluster.api.get(userSecretType, { namespace, name }) as UserSecret | undefined;
const row = (key: string): Locator => page.getByRole('row').filter({ hasText: key });
const source = (form: Locator): Locator => form.getByRole('combobox', { name: 'Where the value comes from' });

const choiceOf = (form: Locator, part: string): Locator =>
  form.getByRole('group', { name: `$(${part}) is` }).locator('input:not([type=hidden])');

async function addForm(key: string, from: string): Promise<Locator> {
  await alice.go('/n/alice/secrets?do=add');
  const form = page.getByRole('form', { name: 'Add a secret' });
  await form.getByLabel('Key', { exact: true }).fill(key);
  await source(form).selectOption(from);
  return form;
}

test('a template offers a secret for each name in its text, and reports beforehand what cannot be one', async () => {
  const form = await addForm('dsn', 'Template of other secrets');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('The text of a template is empty').waitFor();
  await form.getByLabel('Text').fill('postgres://$(user):$(');
  await form.getByText('A $( has no ) behind it').waitFor();
  await form.getByLabel('Text').fill('postgres://$(user):$(secret)@db/$$(x)');
  // The name of a secret that exists is taken; in an address each value is encoded.
  const second = form.getByRole('group', { name: '$(secret) is' });
  await second.waitFor();
  await expect(choiceOf(form, 'user').inputValue()).resolves.toBe('user');
  await form.getByText('No secret is chosen for $(secret).').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  const choice = choiceOf(form, 'secret');
  await choice.click();
  await page.getByRole('option', { name: 'theirs' }).click();
  await second.getByText('a copy cannot be a part').waitFor();
  await form.getByRole('button', { name: 'Save' }).click();
  await choice.and(page.locator(':focus')).waitFor();
  expect(secretOf('dsn')).toBeUndefined();
  await choice.fill('db-pass');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await second.getByLabel('How $(secret) is written').selectOption('unchanged');
  await form.getByRole('button', { name: 'Save' }).click();
  await row('dsn').waitFor();
  expect(secretOf('dsn')?.spec).toEqual({
    template: {
      text: 'postgres://$(user):$(secret)@db/$$(x)',
      parts: [
        { name: 'user', secret: 'user', encode: 'Percent' },
        { name: 'secret', secret: 'db-password' },
      ],
    },
  });
  // The form shows it again as it is, and changes only what was changed.
  await alice.go('/n/alice/secrets?secret=dsn&do=edit');
  const edit = page.getByRole('dialog', { name: 'Edit dsn' });
  await edit.getByLabel('Text').fill('$(user)');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  expect(secretOf('dsn')?.spec.template).toEqual({
    text: '$(user)',
    parts: [{ name: 'user', secret: 'user', encode: 'Percent' }],
  });
});

test('a key of a ConfigMap and of a native Secret is chosen by its name, and no value of theirs is shown', async () => {
  const form = await addForm('host', 'Key of a ConfigMap');
  await form.getByRole('combobox', { name: 'ConfigMap' }).click();
  await page.getByRole('option', { name: 'settings' }).click();
  await form.getByRole('combobox', { name: 'Key in it' }).click();
  await page.getByRole('option', { name: 'host' }).click();
  expect(await axeFindings(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await row('host').waitFor();
  expect(secretOf('host')?.spec).toEqual({ configMapKeyRef: { name: 'settings', key: 'host' } });

  const next = await addForm('vendor', 'Key of a native Secret');
  const name = next.getByLabel('Name of the native Secret');
  await name.fill('absent');
  await name.press('Tab');
  await next.getByText('There is no Secret absent in this namespace yet.').waitFor();
  alice.forgive();
  await name.fill('vendor');
  await name.press('Tab');
  await next.getByRole('combobox', { name: 'Key in it' }).selectOption('token');
  expect(await page.content()).not.toMatch(/show-me-not|c2hvdy1tZS1ub3Q=/);
  expect(await axeFindings(page)).toEqual([]);
  await next.getByRole('button', { name: 'Save' }).click();
  await row('vendor').waitFor();
  // The Secret of that name stays its owner's.
  expect(secretOf('vendor')?.spec).toEqual({
    secretName: 'vendor-value',
    secretKeyRef: { name: 'vendor', key: 'token' },
  });
});

test('a certificate and its key are checked before they are sent, and become one secret of their type', async () => {
  const form = await addForm('web', 'Certificate pair (TLS)');
  await form.getByRole('textbox', { name: 'Certificate, with its chain (tls.crt)' }).fill(pair['tls.crt']);
  await form.getByText('The certificate is for web.example.com, issued by test authority.').waitFor();
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('A certificate pair holds one private key in PEM without a passphrase; found 0.').waitFor();
  const key = form.getByRole('textbox', { name: 'Private key (tls.key)' });
  await key.fill(other['tls.key']);
  await form.getByText('The private key is not the one of the certificate.').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  const chooser = page.waitForEvent('filechooser');
  await form.getByRole('button', { name: 'File for: Private key (tls.key)' }).click();
  await (await chooser).setFiles({ name: 'web.key', mimeType: '', buffer: Buffer.from(pair['tls.key']) });
  await form.getByText('The private key is not the one').waitFor({ state: 'detached' });
  await form.getByRole('button', { name: 'Save' }).click();
  await row('web').waitFor();
  expect(secretOf('web')?.spec).toEqual({
    key: 'tls-combined.pem',
    type: 'kubernetes.io/tls',
    sealed: { value: expect.any(String) },
  });
  await page.getByRole('button', { name: 'Reveal web' }).click();
  const value = page.getByLabel('Value of web', { exact: true });
  await expect(value.textContent()).resolves.toBe(joinPair(pair).replace(/\n# ca[^]*/, '\n'));
  const before = secretOf('web')?.spec.sealed?.value;
  // It is known by its name; a pair stays a pair.
  await alice.go('/n/alice/secrets?secret=web&do=edit');
  const edit = page.getByRole('dialog', { name: 'Edit web' });
  await source(edit).waitFor();
  await expect(source(edit).locator('option').allTextContents()).resolves.toEqual([
    'Certificate pair (TLS)',
    'Key of a native Secret',
  ]);
  await edit.getByRole('textbox', { name: 'Private key (tls.key)' }).fill(other['tls.key']);
  await edit.getByRole('textbox', { name: 'Certificate, with its chain (tls.crt)' }).fill(other['tls.crt']);
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  expect(secretOf('web')?.spec).toMatchObject({ type: 'kubernetes.io/tls', sealed: { value: expect.any(String) } });
  expect(secretOf('web')?.spec.sealed?.value).not.toBe(before);
});

test('a generated value waits for a suspended job, and what is not changed stays', async () => {
  await alice.go('/n/alice/secrets?secret=db-password&do=edit');
  const edit = page.getByRole('dialog', { name: 'Edit db-password' });
  const hook = edit.getByLabel('Wait for the hook');
  await hook.waitFor();
  await expect(hook.locator('option').allTextContents()).resolves.toEqual(['no hook', 'rotate-db']);
  await hook.selectOption('rotate-db');
  await edit.getByLabel('Kept in history').fill('7');
  expect(await axeFindings(page)).toEqual([]);
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  const generate = { type: 'Password', length: 40, alphabet: 'abcdef', rotateEvery: '30d' } as const;
  expect(secretOf('db-password')?.spec).toEqual({
    generate: { ...generate, rotateHook: 'rotate-db' },
    history: { keep: 7 },
  });
  // Another kind leaves nothing of the former one behind, and an empty field is the default again.
  await alice.go('/n/alice/secrets?secret=db-password&do=edit');
  await edit.getByLabel('Kind').selectOption('UUID');
  await edit.getByLabel('Kept in history').fill('');
  await edit.getByLabel('Wait for the hook').selectOption('no hook');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  expect(secretOf('db-password')?.spec).toEqual({ generate: { type: 'UUID', rotateEvery: '30d' } });
  // A typed value ends it.
  await alice.go('/n/alice/secrets?secret=db-password&do=edit');
  await source(edit).selectOption('Type or file');
  await edit.getByRole('textbox', { name: 'New value' }).fill('by hand');
  await edit.getByText('This ends the rotation').waitFor();
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  expect(Object.keys(secretOf('db-password')?.spec ?? {})).toEqual(['sealed']);
});
