/** The administration, on a real cluster: what the administrator sees there, and which right it names to somebody who has none. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import type { BrowserUser } from './console-world.ts';

const widths = [360, 820, 1180, 1920];
const system = 'neuro-system';

let stage: ConsoleStage;
let admin: BrowserUser;

beforeAll(async () => {
  stage = await startConsoleStage();
  const grant = { secret: 'db-password', subject: { kind: 'User', name: 'bob' }, access: 'write' };
  const made = await stage.cluster.apply(
    'admin',
    {
      apiVersion: 'neu.ro/v1',
      kind: 'UserSecret',
      metadata: { namespace: 'alice', name: 'db-password' },
      spec: { value: 'x' },
    },
    { apiVersion: 'neu.ro/v1', kind: 'SecretGrant', metadata: { namespace: 'alice', name: 'to-bob' }, spec: grant },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace: 'bob', name: 'few' },
      spec: { hard: { configmaps: '1' } },
    },
    // As the chart names it; the operator of these tests is a process beside the cluster.
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: system, name: 'neuro-operator' },
      spec: {
        selector: { matchLabels: { app: 'o' } },
        template: {
          metadata: { labels: { app: 'o' } },
          spec: { containers: [{ name: 'o', image: 'neuro-operator:none', imagePullPolicy: 'Never' }] },
        },
      },
    },
  );
  expect(made).toMatchObject({ code: 0 });
  admin = await stage.world.user('admin');
});

afterAll(async () => {
  await stage.cluster.kubectl('admin', ['delete', 'deployment/neuro-operator', '-n', system]);
  await stage.stop();
});

const card = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true }).first();

describe('the administrator', () => {
  test('comes there by the pages, and sees people, keys, presets, the operator, quotas and grants', async () => {
    const { page } = admin;
    await admin.go('/n/alice/dashboard');
    await page.getByRole('link', { name: 'Administration' }).click();
    await page.getByRole('heading', { level: 1, name: 'Administration' }).waitFor();
    const people = card(page, 'People and homes');
    await people.getByRole('row').filter({ hasText: 'alice' }).first().waitFor();
    await card(page, 'Sealing keys').getByText('active', { exact: true }).first().waitFor();
    await card(page, 'Sealing keys').getByText('kubectl get secrets -n neuro-system').waitFor();
    await card(page, 'Presets and cards').getByRole('row').filter({ hasText: 'Terminal' }).waitFor();
    const operator = card(page, 'Operator');
    await operator.getByText('Not all replicas are ready.').waitFor();
    await operator.getByText('neuro-operator:none').waitFor();
    const bites = card(page, 'Quotas and limits reached');
    await bites.getByRole('row').filter({ hasText: 'configmaps (few)' }).waitFor();
    const grant = card(page, 'Grants of the cluster').getByRole('row').filter({ hasText: 'db-password' });
    expect(await grant.innerText()).toMatch(/alice\s+db-password\s+bob\s+Write\s+the owner\s+no end/);
  });

  test('reads again after a change, and searches the grants', async () => {
    const { page } = admin;
    await stage.cluster.kubectl('admin', ['delete', 'resourcequota/few', '-n', 'bob']);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await card(page, 'Quotas and limits reached').getByText('No quota is 80% used').waitFor();
    const grants = card(page, 'Grants of the cluster');
    await page.getByRole('searchbox', { name: 'Search the grants' }).fill('nobody-like-that');
    await eventually(
      () => grants.getByRole('row').count(),
      (count) => count === 1,
      'no row but the header',
    );
    await page.getByRole('searchbox', { name: 'Search the grants' }).fill('db-password bob');
    await grants.getByRole('row').filter({ hasText: 'db-password' }).waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'sees nothing that is wrong for axe in %s colours, and nothing overflows at any width',
    async (colorScheme) => {
      const { page } = admin;
      await page.emulateMedia({ colorScheme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        await admin.go('/n/alice/admin');
        await card(page, 'Grants of the cluster').getByRole('row').filter({ hasText: 'db-password' }).waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        expect(await axeFindings(page)).toEqual([]);
      }
    },
  );
});

test('someone without rights reads on each card which right is missing', async () => {
  const bob = await stage.world.user('bob');
  await bob.go('/n/bob/admin');
  for (const right of [
    'list namespaces',
    'get deployments in the namespace of the operator',
    'get leases in the namespace of the operator',
    'list resourcequotas in all namespaces',
    'list usersecrets and neurojobs in all namespaces',
    'list secretgrants in all namespaces',
  ])
    await bob.page.getByText(`you need the right to ${right}.`).waitFor();
  // What everybody may read is there.
  await card(bob.page, 'Sealing keys').getByText('active', { exact: true }).first().waitFor();
  await bob.page.getByRole('navigation').getByRole('link', { name: 'Secrets' }).waitFor();
  expect(await bob.page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
  await bob.close();
});
