/** Tags of secrets in the browser: edited, filtered by in an address, and changed for several at once. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { SecretGrant } from '../../src/api/index.ts';
import { secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const namespace = 'alice';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const secret = (name: string, labels: Readonly<Record<string, string>>): void =>
        cluster.put(userSecretType, {
          metadata: { namespace, name, generation: 1, uid: `uid-${name}`, labels },
          spec: { value: 'x' },
        });
      secret('api-key', { team: 'reports', urgent: 'true', 'app.kubernetes.io/name': 'web' });
      secret('db-password', { team: 'billing' });
      secret('token', {});
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const labelsOf = (name: string): unknown => stage.cluster.api.get(userSecretType, { namespace, name })?.metadata.labels;
const keys = async (): Promise<readonly string[]> =>
  (await page.getByRole('checkbox', { name: /^Select (?!all)/ }).all()).length === 0
    ? []
    : page
        .getByRole('checkbox', { name: /^Select (?!all)/ })
        .evaluateAll((boxes) => boxes.map((box) => box.getAttribute('aria-label')?.replace('Select ', '') ?? ''));
const isShown = (expected: readonly string[]) => async (): Promise<boolean> =>
  (await keys()).join() === expected.join();

test('tags are edited from the row: only changes are written, and an invalid tag is reported', async () => {
  await alice.go('/n/alice/secrets');
  await page.getByRole('button', { name: 'More for api-key' }).click();
  await page.getByRole('menuitem', { name: 'Tags' }).click();
  const dialog = page.getByRole('dialog', { name: 'Tags of api-key' });
  await dialog.getByText('Now: team=reports, urgent').waitFor();
  expect(page.url()).toContain('secret=api-key&do=tags');
  const field = dialog.getByRole('combobox', { name: 'Tags' });
  await field.fill('example.com/x');
  await field.press('Enter');
  await dialog.getByText('example.com/x has a prefix').waitFor();
  expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await field.press('Backspace');
  // The newer value of a name replaces the older.
  for (const tag of ['team=finance', 'old']) {
    await field.fill(tag);
    await field.press('Enter');
  }
  await dialog.getByText('Now: urgent, team=finance, old').waitFor();
  // The list of known tags goes.
  await field.blur();
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(labelsOf('api-key')).toEqual({
    ...{ team: 'finance', urgent: 'true', old: '' },
    'app.kubernetes.io/name': 'web',
  });
});

test('the list is narrowed to tags, by chips and by an address', async () => {
  await alice.go('/n/alice/secrets');
  await untilTrue(isShown(['api-key', 'db-password', 'token']));
  await page.getByRole('button', { name: 'Show secrets with the tag team=billing' }).click();
  await untilTrue(isShown(['db-password']));
  await page.getByRole('button', { name: 'Show without the tag filter team=billing' }).click();
  await untilTrue(isShown(['api-key', 'db-password', 'token']));
  await alice.go('/n/alice/secrets?tag=team');
  await untilTrue(isShown(['api-key', 'db-password']));
  await page.getByRole('combobox', { name: 'Show one tag' }).click();
  await page.getByRole('option', { name: 'urgent' }).click();
  await untilTrue(isShown(['api-key']));
  expect(await axeFindings(page)).toEqual([]);
  const address = page.url();
  await alice.go('/n/alice/jobs');
  await page.goto(address);
  await page.getByRole('button', { name: 'Show without the tag filter urgent' }).waitFor();
  await untilTrue(isShown(['api-key']));
});

test('several secrets are tagged and shared at once', async () => {
  await alice.go('/n/alice/secrets');
  await page.getByRole('checkbox', { name: 'Select all 3 rows shown' }).check();
  const bar = page.getByRole('group', { name: 'Selected rows' });
  await bar.getByRole('button', { name: 'Tag' }).click();
  const dialog = page.getByRole('dialog', { name: 'Tags of 3 secrets' });
  await dialog.getByRole('combobox', { name: 'Add' }).fill('year=2027');
  await dialog.getByRole('combobox', { name: 'Add' }).press('Enter');
  await dialog.getByRole('combobox', { name: 'Remove' }).fill('urgent');
  await dialog.getByRole('combobox', { name: 'Remove' }).press('Enter');
  await dialog.getByRole('combobox', { name: 'Remove' }).blur();
  expect(await axeFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Changed the tags of 3 secrets.').waitFor();
  expect(labelsOf('api-key')).toMatchObject({ year: '2027', team: 'finance' });
  expect(labelsOf('api-key')).not.toHaveProperty('urgent');
  expect(labelsOf('token')).toEqual({ year: '2027' });
  await page.getByRole('checkbox', { name: 'Select all 3 rows shown' }).check();
  await bar.getByRole('button', { name: 'Share' }).click();
  const sharing = page.getByRole('dialog', { name: 'Share 3 secrets' });
  await sharing.getByRole('button', { name: 'Share' }).click();
  expect(stage.cluster.api.all(secretGrantType)).toEqual([]);
  await sharing.getByLabel('Name').fill('bob');
  await sharing.getByRole('radio', { name: 'Write' }).check();
  expect(await axeFindings(page)).toEqual([]);
  await sharing.getByRole('button', { name: 'Share' }).click();
  await page.getByText('Shared 3 secrets.').waitFor();
  const grants = stage.cluster.api.all(secretGrantType) as unknown as readonly SecretGrant[];
  expect(grants.map(({ spec }) => [spec.secret, spec.access, spec.subject.name]).sort()).toEqual([
    ['api-key', 'write', 'bob'],
    ['db-password', 'write', 'bob'],
    ['token', 'write', 'bob'],
  ]);
});
