/** The console's pages in a real browser, before a real cluster: what alice and bob do there, and that it stays live. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { axeFindings } from './axe.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import { type BrowserUser } from './console-world.ts';
import { eventually } from '../support/until.ts';

let stage: ConsoleStage;
let alice: BrowserUser;
let bob: BrowserUser;
let typed: ConsoleStage['typed'];

beforeAll(async () => {
  stage = await startConsoleStage();
  ({ typed } = stage);
  alice = await stage.world.user('alice');
  bob = await stage.world.user('bob');
});

afterAll(() => stage.stop());

afterEach(() => {
  // A blocked script or style, a page that broke: nothing of that kind is ever in order.
  expect(takeErrors()).toEqual([]);
});

/** What there was since the last time: one that fails a test fails no other. */
function takeErrors(): readonly string[] {
  const errors = [...alice.errors, ...bob.errors];
  alice.forgive();
  bob.forgive();
  return errors;
}

const row = (page: Page, key: string) => page.getByRole('row').filter({ hasText: key });

describe('secrets', () => {
  test('are added by Add, name, value, Save, and leave the browser as ciphertext', async () => {
    const { page } = alice;
    await alice.go('/n/alice/secrets');
    const bodies: string[] = [];
    page.on('request', (request) => bodies.push(request.postData() ?? ''));
    await page.getByRole('button', { name: /^Add/ }).first().click();
    const form = page.getByRole('form', { name: 'Add a secret' });
    await form.getByLabel('Key').fill('API_TOKEN');
    await form.getByRole('textbox', { name: 'Value' }).fill('t0ken of alice');
    await form.getByRole('button', { name: 'Save' }).click();
    await row(page, 'API_TOKEN').waitFor();
    expect(bodies.join('')).toContain('"sealed"');
    expect(bodies.join('')).not.toContain('t0ken of alice');
    const { out } = await eventually(
      () => typed.alice(['secret', 'get', 'API_TOKEN']),
      ({ code }) => code === 0,
      'the value',
    );
    expect(out).toBe('t0ken of alice');
  });

  test('that are written with the command appear by themselves, and are revealed', async () => {
    const { page } = alice;
    expect((await typed.alice(['secret', 'add', 'db-password', 'p4ssw0rd'])).code).toBe(0);
    await row(page, 'db-password').waitFor();
    await page.getByRole('button', { name: 'Reveal db-password' }).click();
    await page.getByText('p4ssw0rd').waitFor();
    await page.getByRole('button', { name: 'Hide db-password' }).first().click();
    await page.getByText('p4ssw0rd').waitFor({ state: 'detached' });
  });

  test('are shared in one browser and appear in the other, and go with the revoke', async () => {
    await bob.go('/n/bob/secrets?show=shared');
    const { page } = alice;
    await page.getByRole('button', { name: 'Share db-password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share db-password' });
    expect(await dialog.getByRole('radio', { name: 'Read' }).isChecked()).toBe(true);
    await dialog.getByRole('combobox', { name: 'Name' }).fill('bob');
    await dialog.getByRole('button', { name: 'Share', exact: true }).click();
    await bob.page.getByText('secret:/alice/db-password').first().waitFor();
    await dialog.getByRole('button', { name: 'Revoke access of bob' }).click();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await bob.page.getByText('secret:/alice/db-password').first().waitFor({ state: 'detached' });
    await dialog.getByText('Nobody but you.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('go with the bin and the check mark', async () => {
    const { page } = alice;
    await page.getByRole('button', { name: 'Delete API_TOKEN' }).click();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await row(page, 'API_TOKEN').waitFor({ state: 'detached' });
    expect((await typed.alice(['secret', 'get', 'API_TOKEN'])).code).toBe(72);
  });
});

describe('a job', () => {
  test('gets a secret as a variable and a file by the dialog, is checked, and its output shows live', async () => {
    const { page } = alice;
    await alice.go('/n/alice/dashboard');
    await page.getByRole('button', { name: 'RUN A JOB' }).nth(1).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Image' }).fill('busybox:1');
    await dialog
      .getByRole('textbox', { name: 'Command' })
      .fill(`sh -c 'echo "variable $DB_PASSWORD"; cat /etc/app/db; echo; sleep 2; echo "<b>bold</b>"'`);
    for (const [index, kind, target] of [
      [1, 'Environment variable', 'DB_PASSWORD'],
      [2, 'File', '/etc/app/db'],
    ] as const) {
      await dialog.getByRole('button', { name: 'ADD NEW SECRET' }).click();
      const block = dialog.getByRole('group', { name: `Secret ${String(index)}` });
      await block.getByRole('radio', { name: kind }).check();
      await block.getByRole('combobox', { name: 'Secret' }).or(block.getByLabel('Secret *')).first().click();
      await page.getByRole('option', { name: 'db-password' }).click();
      await block.getByRole('textbox', { name: kind === 'File' ? 'Path' : 'Environment variable' }).fill(target);
    }
    await dialog.getByText('What the container sees').waitFor();
    await dialog.getByRole('button', { name: 'CHECK' }).click();
    await dialog.getByText('Ready to run').waitFor();
    await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
    await page.getByText('variable p4ssw0rd').waitFor();
    // What a job prints is text, whatever it looks like.
    await page.getByText('<b>bold</b>').waitFor();
    await page.getByText('Succeeded').first().waitFor();
  });

  test('that is a terminal opens a shell in the browser', async () => {
    const { page } = alice;
    await stage.cluster.kubectl('alice', ['delete', 'neurojob', 'shell', '-n', 'alice', '--ignore-not-found']);
    expect((await typed.alice(['run', '--detach', '--name', 'shell', 'busybox:1', '--', 'sleep', '600'])).code).toBe(0);
    await alice.go('/n/alice/jobs/shell?tab=terminal');
    const terminal = page.locator('.xterm');
    await terminal.waitFor();
    await page.getByText(/\/ #/).first().waitFor();
    await terminal.click();
    await page.keyboard.type('echo in-the-$((6*7))-browser\n');
    await page.getByText('in-the-42-browser').first().waitFor();
  });

  test('is killed', async () => {
    const { page } = alice;
    await alice.go('/n/alice/jobs/shell');
    await page.getByRole('button', { name: 'Kill' }).first().click();
    await page.getByRole('dialog', { name: 'Kill shell?' }).getByRole('button', { name: 'Kill the job' }).click();
    await page.getByText('Cancelled').first().waitFor();
  });
});

test('an API server that stops and comes back is shown, and the lists are live again', async () => {
  const { page } = alice;
  await alice.go('/n/alice/secrets');
  await row(page, 'db-password').waitFor();
  expect(takeErrors()).toEqual([]);
  const key = `after-all-${String(Date.now())}`;
  await stage.cluster.cluster.restartApiServer();
  await eventually(
    async () => (await typed.alice(['secret', 'add', key, 'x'])).code,
    (code) => code === 0,
    'the API server again',
  );
  await row(page, key).waitFor();
  // Requests of that time failed, and the browser says so; the pages of then may try again yet.
  await alice.go('/n/alice/secrets');
  await bob.go('/n/bob/secrets');
  takeErrors();
});

describe('every main screen', () => {
  test.each([
    ['the dashboard', '/n/alice/dashboard', 'light', 1280],
    ['secrets', '/n/alice/secrets', 'light', 1280],
    ['jobs', '/n/alice/jobs', 'light', 1280],
    ['secrets', '/n/alice/secrets', 'dark', 1280],
    ['jobs', '/n/alice/jobs', 'dark', 1280],
    ['secrets', '/n/alice/secrets', 'light', 390],
    ['jobs', '/n/alice/jobs', 'light', 390],
  ] as const)('%s has nothing that axe finds: %s, %s, %d wide', async (_name, path, colours, width) => {
    const { page } = alice;
    await page.setViewportSize({ width, height: 800 });
    await alice.go(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const toggle = page.getByRole('button', { name: colours === 'dark' ? 'Dark colours' : 'Light colours' });
    if (await toggle.isVisible()) await toggle.click();
    // The tooltip of what was clicked goes.
    await page.mouse.move(width / 2, 0);
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    expect(await axeFindings(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
