/** The overview of what is shared: who may what on whose right until when; changed and taken back in its row. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import type { SecretGrant } from '../../src/api/index.ts';
import { untilTrue } from '../support/until.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    people: ['alice', 'bob', 'carol'],
    fill: (cluster) => {
      cluster.put(userSecretType, {
        metadata: { namespace: 'alice', name: 'db-password', generation: 1 },
        spec: { value: 'x' },
      });
      const grant = (name: string, spec: SecretGrant['spec']): void =>
        cluster.put(secretGrantType, { metadata: { namespace: 'alice', name }, spec: { ...spec } });
      grant('to-bob', {
        ...{ secret: 'db-password', access: 'read', subject: { kind: 'User', name: 'bob' } },
        ...{ expiresAt: '2099-01-31T00:00:00Z', description: 'The nightly report' },
        grantedBy: { kind: 'User', name: 'carol' },
      });
      for (const [name, spec] of [
        ['web-tls', { type: 'kubernetes.io/tls', key: 'tls-combined.pem', value: 'x' }],
        ['registry', { type: 'kubernetes.io/dockerconfigjson', key: '.dockerconfigjson', value: 'x' }],
        ['token', { value: 'x' }],
      ] as const) {
        cluster.put(userSecretType, { metadata: { namespace: 'bob', name, generation: 1 }, spec });
        cluster.put(secretGrantType, {
          metadata: { namespace: 'bob', name },
          spec: { secret: name, access: 'write', subject: { kind: 'User', name: 'alice' } },
        });
      }
      grant('all-to-ml', { subject: { kind: 'Group', name: 'ml' } });
    },
  },
  (itsStage, user) => {
    stage = itsStage;
    alice = user;
    ({ page } = user);
  },
);

const grantOf = (name: string) =>
  stage.cluster.api.get(secretGrantType, { namespace: 'alice', name }) as unknown as SecretGrant | undefined;
const row = (text: string) => page.getByRole('row').filter({ hasText: text });

test('a grant shows the user whose right it depends on and why, and is changed in place without losing its expiry', async () => {
  await alice.go('/n/alice/secrets');
  await page.locator('label').filter({ hasText: 'Shared by me' }).click();
  await row('bob').getByRole('cell', { name: 'carol' }).waitFor();
  await row('bob').getByText('The nightly report').waitFor();
  await row('group:ml').getByText('All secrets of alice').waitFor();
  await row('group:ml').getByText('the owner').waitFor();
  const edit = page.getByRole('button', { name: 'Change the access of bob to db-password' });
  await edit.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Change access to db-password' });
  await dialog.getByText('bob already has access: Read.').waitFor();
  await dialog.getByRole('radio', { name: 'Write' }).check();
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await row('bob').getByText('Write').waitFor();
  await edit.and(page.locator(':focus')).waitFor();
  expect(grantOf('to-bob')?.spec).toMatchObject({
    access: 'write',
    expiresAt: '2099-01-31T00:00:00Z',
    description: 'The nightly report',
  });
});

test('a grant over all secrets is changed and revoked in its row, after a question', async () => {
  await alice.go('/n/alice/secrets?show=granted');
  await page.getByRole('button', { name: 'Change the access of group:ml to all secrets' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share all secrets of alice' });
  await dialog.getByRole('radio', { name: 'Manage' }).check();
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await row('group:ml').getByText('Manage').waitFor();
  expect(grantOf('all-to-ml')?.spec).toEqual({ access: 'manage', subject: { kind: 'Group', name: 'ml' } });
  const revoke = page.getByRole('button', { name: 'Revoke the access of group:ml to all secrets' });
  await revoke.press('Enter');
  await page.keyboard.press('Escape');
  await revoke.and(page.locator(':focus')).waitFor();
  await revoke.press('Enter');
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await row('group:ml').waitFor({ state: 'detached' });
  expect(grantOf('all-to-ml')).toBeUndefined();
});

test('names that are known are suggested while one types, and any other may be typed', async () => {
  await alice.go('/n/alice/secrets?secret=db-password&do=share');
  const dialog = page.getByRole('dialog', { name: 'Share db-password' });
  const name = dialog.getByRole('combobox', { name: 'Name' });
  await name.pressSequentially('car');
  await page.getByRole('option', { name: 'carol' }).click();
  expect(await name.inputValue()).toBe('carol');
  await name.fill('somebody@example.com');
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog.getByText('somebody@example.com').first().waitFor();
});

test.each<[string, string, readonly string[]]>([
  ['a certificate pair takes a pair alone', 'tls-combined.pem', []],
  ['a registry login is never generated', '.dockerconfigjson', []],
  ['any other secret is typed or generated', 'token', ['Type or file', 'Generate']],
])('the new value of someone else’s secret: %s', async (_case, key, offered) => {
  await alice.go('/n/alice/secrets?show=shared');
  const at = page.getByRole('row').filter({ hasText: key });
  await at.getByRole('button', { name: /^Replace/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Replace the value of/ });
  const certificate = dialog.getByRole('textbox', { name: /^Certificate/ });
  await dialog.getByRole('textbox').first().waitFor();
  expect((await certificate.count()) > 0).toBe(key === 'tls-combined.pem');
  expect(await dialog.getByRole('option').allTextContents()).toEqual(offered);
});

test.each([-1, 1])('with a clock that is %d hours off, access for an hour ends in an hour', async (hoursOff) => {
  const bob = await stage.user('bob');
  await bob.context.addInitScript((offMs) => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...given: readonly unknown[]) {
        super(...((given.length === 0 ? [Real.now() + offMs] : given) as [number]));
      }
      static override now(): number {
        return Real.now() + offMs;
      }
    } as DateConstructor;
  }, hoursOff * 3_600_000);
  await bob.go('/n/bob/secrets?secret=token&do=share');
  const dialog = bob.page.getByRole('dialog', { name: 'Share token' });
  await dialog.getByRole('combobox', { name: 'Name' }).fill(`dan-${String(hoursOff + 1)}`);
  await dialog.getByRole('combobox', { name: 'Expires' }).click();
  await bob.page.getByRole('option', { name: /hour/ }).first().click();
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  const made = (): SecretGrant | undefined =>
    (stage.cluster.api.all(secretGrantType) as unknown as readonly SecretGrant[]).find(
      ({ spec }) => spec.subject.name === `dan-${String(hoursOff + 1)}`,
    );
  await untilTrue(() => made() !== undefined);
  const leftMs = Date.parse(made()?.spec.expiresAt ?? '') - Date.now();
  expect(Math.abs(leftMs - 3_600_000)).toBeLessThan(120_000);
  await bob.close();
});
