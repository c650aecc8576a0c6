/** Copies in the console: kept from the list of what is shared, marked in one's own list; and the levels of access of the share dialog. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { objectNameForKey, type SecretGrant, type UserSecret } from '../../src/api/index.ts';
import { accessLevels, accessSentences } from '../../src/client/index.ts';
import { secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { until } from '../support/until.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let bob: BrowserUser;
let page: Page;

beforeAll(async () => {
  stage = await startPagesStage({ people: ['alice', 'bob'] });
  const grant = (secret: string, access: SecretGrant['spec']['access']): void =>
    stage.cluster.put(secretGrantType, {
      metadata: { namespace: 'alice', name: `${secret}-${String(access)}` },
      spec: { secret, access, subject: { kind: 'User', name: 'bob' } },
    });
  for (const name of ['db-password', 'only-read']) {
    stage.cluster.put(userSecretType, { metadata: { namespace: 'alice', name, generation: 1 }, spec: { value: 'x' } });
  }
  grant('db-password', 'copy');
  grant('only-read', 'read');
  await stage.reconcile();
  bob = await stage.user('bob');
  ({ page } = bob);
});

afterAll(() => stage.stop());

afterEach(() => {
  const errors = [...bob.errors];
  bob.forgive();
  expect(errors).toEqual([]);
});

const copyOf = (name: string) =>
  stage.cluster.api.get(userSecretType, { namespace: 'bob', name }) as unknown as UserSecret | undefined;
const row = (text: string) => page.getByRole('row').filter({ hasText: text });

test('a copy is kept with annotations for other tools, and is marked as one', async () => {
  await bob.go('/n/bob/secrets?show=shared');
  await row('db-password').getByText('Copy', { exact: true }).waitFor();
  // No button replaces what one may only copy, and no button copies what one may only use.
  expect(
    await row('db-password')
      .getByRole('button', { name: /^Replace/ })
      .count(),
  ).toBe(0);
  expect(
    await row('only-read')
      .getByRole('button', { name: /^Keep a copy/ })
      .count(),
  ).toBe(0);
  await page.getByRole('button', { name: 'Keep a copy of secret:/alice/db-password' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Keep a copy of secret:/alice/db-password' });
  await dialog.getByText('Anyone who can read Secrets in this namespace can read the copy.').waitFor();
  await dialog.getByRole('textbox', { name: 'Key' }).fill('SHOP_DB');
  const annotations = dialog.getByRole('textbox', { name: 'Annotations of the native Secret' });
  await annotations.fill('no pair');
  await dialog.getByRole('button', { name: 'Keep a copy' }).click();
  await annotations.and(page.locator(':focus')).waitFor();
  await dialog.getByText('Write NAME=VALUE, not no pair').waitFor();
  expect(copyOf(objectNameForKey('SHOP_DB'))).toBeUndefined();
  await annotations.fill('reloader.stakater.com/match=true');
  await dialog.getByRole('button', { name: 'Keep a copy' }).click();
  await dialog.waitFor({ state: 'detached' });
  await until(() => copyOf(objectNameForKey('SHOP_DB')) !== undefined, 'the copy');
  expect(copyOf(objectNameForKey('SHOP_DB'))?.spec).toEqual({
    key: 'SHOP_DB',
    sharedFrom: { namespace: 'alice', name: 'db-password' },
    secretMetadata: { annotations: { 'reloader.stakater.com/match': 'true' } },
  });
  await page.locator('label').filter({ hasText: 'Mine' }).click();
  await row('SHOP_DB').getByText('copy', { exact: true }).waitFor();
  expect(
    await row('SHOP_DB')
      .getByRole('button', { name: /^Share/ })
      .count(),
  ).toBe(0);
  await page.getByRole('button', { name: 'More for SHOP_DB' }).click();
  await page.getByRole('menuitem', { name: 'Details' }).click();
  await page.getByRole('row', { name: 'Copy of secret:/alice/db-password' }).waitFor();
});

test('the share dialog explains what each level gives', async () => {
  stage.cluster.put(userSecretType, {
    metadata: { namespace: 'bob', name: 'own', generation: 1 },
    spec: { value: 'x' },
  });
  await bob.go('/n/bob/secrets');
  await page.getByRole('button', { name: 'Share own' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Share own' });
  for (const level of accessLevels) await dialog.getByText(accessSentences[level]).waitFor();
  await dialog.getByRole('radio', { name: 'Copy' }).check();
  await dialog.getByLabel('Name', { exact: true }).fill('alice');
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await until(
    () => stage.cluster.api.all(secretGrantType).some(({ metadata }) => metadata.namespace === 'bob'),
    'the grant',
  );
  const [grant] = stage.cluster.api.all(secretGrantType).filter(({ metadata }) => metadata.namespace === 'bob');
  expect((grant as unknown as SecretGrant).spec).toMatchObject({ secret: 'own', access: 'copy' });
});
