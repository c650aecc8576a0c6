/** The first story of the console, in German from one end to the other. */
import { beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { first as englishFirst } from '../../src/console/web/texts/en/first.ts';
import { pages as englishPages } from '../../src/console/web/texts/en/pages.ts';
import { first as germanFirst } from '../../src/console/web/texts/de/first.ts';
import { pages as germanPages } from '../../src/console/web/texts/de/pages.ts';
import type { BrowserUser } from './console-world.ts';
import { choose, englishOn } from './english-on.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let german: BrowserUser;
let page: Page;

onPages({}, (started) => {
  stage = started;
});

beforeAll(async () => {
  german = await stage.user('alice', { locale: 'de-AT' });
  ({ page } = german);
});

const settled = async (): Promise<void> => {
  expect(await englishOn(page)).toEqual([]);
};

test('leads from a new secret by way of sharing it to a job with its output, with no word of English', async () => {
  const { secrets, share, run, dashboard, jobs, log, phases } = germanPages;
  await page.setViewportSize({ width: 1180, height: 800 });
  await german.go('/n/alice/secrets');
  await page.getByRole('button', { name: germanFirst.actions.add, exact: true }).click();
  const form = page.getByRole('form', { name: secrets.addTitle });
  await form.getByLabel(secrets.key).fill('neues-passwort');
  await form.getByRole('textbox', { name: germanPages.value.label, exact: true }).fill('geheim');
  await settled();
  await form.getByRole('button', { name: germanFirst.actions.save }).click();
  await page.getByRole('button', { name: secrets.shareLabel('neues-passwort') }).click();
  const dialog = page.getByRole('dialog', { name: share.title('neues-passwort') });
  await dialog.getByRole('combobox', { name: share.name }).fill('bob');
  await dialog.getByRole('button', { name: share.submit, exact: true }).click();
  await dialog.getByRole('button', { name: share.revokeLabel('bob') }).waitFor();
  await settled();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: dashboard.title, exact: true }).click();
  await page.getByRole('button', { name: dashboard.run }).nth(1).click();
  const job = page.getByRole('dialog');
  await job.getByLabel(run.image).first().fill('busybox:1');
  await job.getByRole('button', { name: run.addSecret }).click();
  await job
    .getByRole('combobox', { name: run.secret })
    .or(job.getByLabel(`${run.secret} *`))
    .first()
    .click();
  await page.getByRole('option', { name: 'neues-passwort', exact: true }).click();
  await settled();
  await job.getByRole('button', { name: run.run, exact: true }).click();
  await page.waitForURL(/\/jobs\/[a-z]+-[0-9a-z]+/);
  await page.getByText(phases.Running, { exact: true }).first().waitFor();
  await settled();
  const name = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  stage.cluster.print(name, '2026-11-28T10:00:00.000000000Z Guten Tag\n');
  await page.getByRole('tab', { name: jobs.tabs.logs }).click();
  await page.getByText('Guten Tag').waitFor();
  await page.getByRole('checkbox', { name: log.times }).check();
  await settled();
  await page.getByRole('button', { name: jobs.kill, exact: true }).click();
  await page.getByRole('button', { name: jobs.questions.kill.confirm }).click();
  const notice = page.getByRole('alert');
  await notice.filter({ hasText: jobs.questions.kill.done(name) }).waitFor();
  await settled();
  // A notice that shows follows the language.
  await choose(page, germanFirst.app.userMenu('alice'), 'English');
  await notice.filter({ hasText: englishPages.jobs.questions.kill.done(name) }).waitFor();
  await choose(page, englishFirst.app.userMenu('alice'), 'Deutsch');
  await page.getByText(phases.Cancelled).first().waitFor();
  await settled();
});
