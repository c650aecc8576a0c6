/** What is open over a list of secrets has an address, which is about one object: of two with one key, and of one's own and a shared one. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { SHARED_WITH_ME_CONFIG_MAP } from '../../src/api/index.ts';
import { configMapType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

const shared = (namespace: string): string =>
  JSON.stringify({
    ...{
      uri: `secret:/${namespace}/token`,
      namespace,
      name: 'token',
      key: 'token',
      access: 'manage',
      owner: namespace,
    },
  });
function share(...namespaces: readonly string[]): void {
  stage.cluster.put(configMapType, {
    metadata: { namespace: 'alice', name: SHARED_WITH_ME_CONFIG_MAP, uid: 'uid-shared' },
    data: Object.fromEntries(namespaces.map((namespace) => [namespace, shared(namespace)])),
  });
}

onPages(
  {
    people: ['alice', 'bob', 'carol'],
    fill: (cluster) => {
      const put = (namespace: string, name: string, spec: object): void =>
        cluster.put(userSecretType, {
          metadata: { namespace, name, generation: 1, uid: `uid-${namespace}-${name}` },
          spec: { value: 'x', ...spec },
        });
      put('alice', 'token', { description: 'the older one' });
      put('alice', 'rival', { key: 'token', description: 'the younger one' });
      put('bob', 'token', {});
      put('carol', 'token', {});
      for (const name of ['dan', 'eve'])
        cluster.put(secretGrantType, {
          metadata: { namespace: 'alice', name: `to-${name}`, uid: `uid-g-${name}` },
          spec: { secret: 'token', subject: { kind: 'User', name } },
        });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const description = () => page.getByRole('dialog').getByRole('textbox', { name: /^Description/ });

test('of two secrets that want one key each row opens its own, and so does the address of each', async () => {
  for (const text of ['the older one', 'the younger one']) {
    await alice.go('/n/alice/secrets');
    await page.getByRole('row').filter({ hasText: text }).getByRole('button', { name: 'Edit token' }).click();
    await description().waitFor();
    expect(await description().inputValue()).toBe(text);
    await alice.go(page.url().replace(/^https?:\/\/[^/]+/, ''));
    await description().waitFor();
    expect(await description().inputValue()).toBe(text);
  }
});

test('of secrets that two people share under one key each row and each address is about its own', async () => {
  share('bob', 'carol');
  for (const owner of ['bob', 'carol']) {
    await alice.go('/n/alice/secrets?show=shared');
    await page.getByRole('button', { name: `Replace the value of secret:/${owner}/token` }).click();
    const dialog = page.getByRole('dialog', { name: `Replace the value of secret:/${owner}/token` });
    await dialog.waitFor();
    await alice.go(page.url().replace(/^https?:\/\/[^/]+/, ''));
    await dialog.waitFor();
  }
});

test('the address of a grant opens its dialog; a deleted grant is reported', async () => {
  await alice.go('/n/alice/secrets?show=granted&grant=to-eve');
  await page.getByRole('dialog', { name: 'Change access to token' }).getByText('eve already has access').waitFor();
  await alice.go('/n/alice/secrets?show=granted&grant=to-nobody');
  await page.getByText('This grant does not exist.').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('typed text stays when the access ends meanwhile', async () => {
  share('bob', 'carol');
  await alice.go('/n/alice/secrets?show=shared&secret=bob/token&do=replace');
  const value = page.getByRole('dialog').getByRole('textbox', { name: 'Value' });
  await value.fill('typed-by-hand');
  share();
  await page.getByText('Nothing is shared', { exact: false }).first().waitFor();
  expect(await value.inputValue()).toBe('typed-by-hand');
});
