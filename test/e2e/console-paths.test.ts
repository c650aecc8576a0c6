/** Ways through the console in a real browser that console.test.ts does not go: each is one thing that people do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { startCli } from './cli-process.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import { shellOf, type Shell } from './cli-command.ts';
import { type BrowserUser } from './console-world.ts';
import { eventually } from '../support/until.ts';
import { cardsOf, contentOf, handsOf, writeKubeconfigOfBoth } from './console-hands.ts';

let stage: ConsoleStage;
let alice: BrowserUser;
let page: Page;
let shell: Shell;
let folder: string;
/** Secrets that later tests look for, too. */
let configKey: string;
let generatedKey: string;
let gitKey: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'neuro-console-paths-'));
  stage = await startConsoleStage();
  alice = await stage.world.user('alice');
  ({ page } = alice);
  shell = shellOf(stage.cluster.cluster, 'alice');
});

afterAll(async () => {
  await stage.stop();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  const errors = [...alice.errors];
  alice.forgive();
  expect(errors).toEqual([]);
});

const { freshKey, row, addForm, bytesOfValue, found, untilFocused, copied, tabTo, press } = handsOf(() => ({
  stage,
  alice,
}));

describe('a value', () => {
  test('that is dropped as a file is kept byte for byte, and binary is offered as a file again', async () => {
    const key = freshKey('dropped.bin');
    const form = await addForm();
    await form.getByLabel('Key').fill(key);
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.of(0, 255, 10, 13)], 'key.bin'));
      return transfer;
    });
    await form.getByRole('textbox', { name: 'Value' }).dispatchEvent('drop', { dataTransfer: data });
    await form.getByText('key.bin, 4 bytes').waitFor();
    await form.getByRole('button', { name: 'Save' }).click();
    expect([...(await bytesOfValue(key))]).toEqual([0, 255, 10, 13]);
    await page.getByRole('button', { name: `Reveal ${key}` }).click();
    await page.getByText('Binary, 4 bytes').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    expect([...(await contentOf(await download))]).toEqual([0, 255, 10, 13]);
  });

  test('of many lines is masked while it is typed, and keeps each of them', async () => {
    configKey = freshKey('kube.config');
    const form = await addForm();
    await form.getByLabel('Key').fill(configKey);
    const value = form.getByRole('textbox', { name: 'Value' });
    await value.fill('apiVersion: v1\n\n  kind: Config\n');
    expect(await value.evaluate((element) => getComputedStyle(element).getPropertyValue('-webkit-text-security'))).toBe(
      'disc',
    );
    await form.getByText('4 lines').waitFor();
    await form.getByRole('button', { name: 'Show what I type' }).click();
    expect(await value.evaluate((element) => getComputedStyle(element).getPropertyValue('-webkit-text-security'))).toBe(
      'none',
    );
    await form.getByRole('button', { name: 'Save' }).click();
    expect((await bytesOfValue(configKey)).toString()).toBe('apiVersion: v1\n\n  kind: Config\n');
  });

  test('is created in the cluster by Generate, and again by Generate a new value', async () => {
    generatedKey = freshKey('generated');
    const form = await addForm();
    await form.getByLabel('Key').fill(generatedKey);
    await form.getByRole('combobox', { name: 'Where the value comes from' }).selectOption('Generate');
    await form.getByRole('button', { name: 'Save' }).click();
    const first = await bytesOfValue(generatedKey);
    expect(first.length).toBe(32);
    await page.getByRole('button', { name: `More for ${generatedKey}` }).click();
    await page.getByRole('menuitem', { name: 'Generate a new value' }).click();
    await eventually(
      () => bytesOfValue(generatedKey),
      (bytes) => !bytes.equals(first),
      'another value',
    );
  });

  test('is replaced by Edit without being read, and its version changes', async () => {
    await alice.go('/n/alice/secrets');
    const version = (await found(configKey)).status?.version;
    await page.getByRole('button', { name: `Edit ${configKey}` }).click();
    const dialog = page.getByRole('dialog', { name: `Edit ${configKey}` });
    expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'New value' }).fill('second');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await eventually(
      () => bytesOfValue(configKey),
      (bytes) => bytes.toString() === 'second',
      'the new value',
    );
    await eventually(
      () => found(configKey),
      ({ status }) => status?.version !== version,
      'another version',
    );
  });
});

describe('copy', () => {
  test('as manifest gives what git may hold: applied elsewhere in time it opens, and no value is in it', async () => {
    gitKey = freshKey('for-git');
    const form = await addForm();
    await form.getByLabel('Key').fill(gitKey);
    await form.getByRole('textbox', { name: 'Value' }).fill('never in git');
    const manifest = await copied(() => form.getByRole('button', { name: 'Copy as manifest' }).click());
    expect(manifest).not.toContain('never in git');
    await form.getByRole('button', { name: 'Cancel' }).click();
    const applied = await stage.cluster.kubectl('alice', ['apply', '-f', '-'], manifest);
    expect(applied).toMatchObject({ code: 0 });
    expect((await bytesOfValue(gitKey)).toString()).toBe('never in git');
  });

  test('as command runs the same job, and Run again too', async () => {
    const run = `run --detach --name first --tag nightly --env "V=secret:${gitKey}" busybox:1 -- sh -c 'echo "it is $V"'`;
    expect(await shell(`neuro ${run}`)).toMatchObject({ code: 0 });
    await alice.go('/n/alice/jobs/first');
    await page.getByText('Succeeded').first().waitFor();
    const more = page.getByRole('button', { name: 'More for first' });
    const command = await copied(async () => {
      await more.click();
      await page.getByRole('menuitem', { name: 'Copy as command' }).click();
    });
    expect(command).toContain(`--env V=secret:${gitKey}`);
    expect((await shell(command.replace('--name first', '--name second'))).out).toContain('it is never in git');
    await more.click();
    await page.getByRole('menuitem', { name: 'Run again', exact: true }).click();
    await page.waitForURL(/\/jobs\/first-/);
    await page.getByText('Succeeded').first().waitFor();
  });
});

describe('jobs', () => {
  test('are searched and filtered, and the address keeps it', async () => {
    expect((await shell('neuro run --detach --name fails busybox:1 -- false')).code).not.toBe(72);
    await alice.go('/n/alice/jobs');
    await row('fails').getByText('Failed').waitFor();
    await page.getByPlaceholder('Search jobs').fill('nightly');
    await row('fails').waitFor({ state: 'detached' });
    await page.getByPlaceholder('Search jobs').fill('');
    await alice.go('/n/alice/jobs?phase=Failed');
    await row('fails').waitFor();
    expect(await row('second').count()).toBe(0);
  });

  test('show their output to search and to download, and their events', async () => {
    const lines = 'for i in $(seq 1 300); do echo "line $i"; done; echo needle; echo "needle again"';
    expect(await shell(`neuro run --detach --name lines busybox:1 -- sh -c '${lines}'`)).toMatchObject({ code: 0 });
    await alice.go('/n/alice/jobs/lines?tab=logs');
    await page.getByText('needle again').waitFor();
    const search = page.getByRole('textbox', { name: 'Search the output' });
    await search.fill('needle');
    await page.getByText('1 of 2').waitFor();
    await search.press('Enter');
    await page.getByText('2 of 2').waitFor();
    await search.fill('line 7');
    await page.getByText('1 of 11').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    expect((await contentOf(await download)).toString().split('\n')).toHaveLength(303);
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.getByText('Pod', { exact: true }).first().waitFor();
  });
});

test('the run dialog marks what clashes while one types, refuses to run it, and lets one create a secret on the spot', async () => {
  await alice.go('/n/alice/dashboard');
  await page.getByRole('button', { name: 'RUN A JOB' }).nth(1).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Image' }).fill('busybox:1');
  await dialog.getByRole('textbox', { name: 'Command' }).fill(`sh -c 'echo "$SPOT"'`);
  for (const index of [1, 2]) {
    await dialog.getByRole('button', { name: 'ADD NEW SECRET' }).click();
    const block = dialog.getByRole('group', { name: `Secret ${String(index)}` });
    await block.getByRole('textbox', { name: 'Environment variable' }).fill('SPOT');
  }
  const panel = dialog.getByRole('region', { name: 'What the container sees' });
  await panel.getByText('SPOT is set twice.').waitFor();
  await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
  await dialog.getByText(/fields? needs? attention/).waitFor();
  await dialog.getByRole('group', { name: 'Secret 2' }).getByRole('button', { name: 'REMOVE' }).click();
  const block = dialog.getByRole('group', { name: 'Secret 1' });
  await block.getByRole('button', { name: 'Create a new one here' }).click();
  const key = freshKey('spot');
  await block.getByLabel('Key').fill(key);
  await block.getByRole('textbox', { name: 'Value' }).fill('made here');
  await block.getByRole('button', { name: 'Create and use' }).click();
  await panel.getByText(`secret:${key}`).waitFor();
  await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
  await page.getByText('made here').waitFor();
});

test('all of it goes by keyboard: add, search, share, delete', async () => {
  const key = freshKey('typed-by-key');
  const dialog = page.getByRole('dialog', { name: `Share ${key}` });
  await alice.go('/n/alice/secrets');
  await row(gitKey).waitFor();
  await page.keyboard.press('a');
  const form = page.getByRole('form', { name: 'Add a secret' });
  await untilFocused(form.getByLabel('Key'));
  await page.keyboard.type(key);
  await tabTo(form.getByRole('textbox', { name: 'Value' }));
  await page.keyboard.type('by hand');
  await page.keyboard.press('Control+Enter');
  await row(key).waitFor();
  await form.waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await untilFocused(page.getByRole('textbox', { name: 'Search secrets' }));
  await page.keyboard.type('typed-by');
  await row(gitKey).waitFor({ state: 'detached' });
  await press(`Share ${key}`);
  await untilFocused(dialog.getByRole('combobox', { name: 'Name' }));
  await page.keyboard.type('bob');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Revoke access of bob' }).waitFor();
  // The list can show the grant before the form has its answer, and asks whether to discard what is typed until then.
  await eventually(
    () => dialog.getByRole('combobox', { name: 'Name' }).inputValue(),
    (name) => name === '',
    'the form is empty again',
  );
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await untilFocused(page.getByRole('button', { name: `Share ${key}` }));
  await page.keyboard.press('Enter');
  await untilFocused(dialog.getByRole('combobox', { name: 'Name' }));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await press(`Delete ${key}`);
  await untilFocused(page.getByRole('button', { name: 'Yes, delete' }));
  await press('Yes, delete');
  await row(key).waitFor({ state: 'detached' });
});

test('cards come from the ConfigMap of the platform team, with their presets', async () => {
  const namespace = 'neuro-system';
  const applied = await stage.cluster.apply('admin', ...cardsOf(namespace));
  expect(applied).toMatchObject({ code: 0 });
  // The page asks once.
  await eventually(
    () => stage.cluster.kubectl('alice', ['auth', 'can-i', 'get', 'configmap/neuro-console', '-n', namespace]),
    ({ stdout }) => stdout.trim() === 'yes',
    'the right to read the cards',
  );
  await alice.go('/n/alice/dashboard');
  await page
    .getByRole('article')
    .filter({ hasText: 'Train a model' })
    .getByRole('button', { name: 'RUN A JOB' })
    .click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('textbox', { name: 'Image' }).inputValue()).toBe('trainer:1');
  await dialog.getByText('Preset').first().waitFor();
});

test('each context of the kubeconfig is its own user and cluster, and any namespace can be gone to', async () => {
  const path = join(folder, 'both.yaml');
  writeKubeconfigOfBoth(stage.cluster.cluster, path);
  const both = await stage.world.user('both', { kubeconfig: path });
  await both.page.getByRole('button', { name: 'User alice' }).waitFor();
  await both.page.getByRole('combobox', { name: 'Cluster' }).or(both.page.getByLabel('Cluster')).first().click();
  await both.page.getByRole('option', { name: 'as-bob' }).click();
  await both.page.getByRole('button', { name: 'User bob' }).waitFor();
  await both.page.waitForURL(/\/n\/bob\/dashboard/);
  const namespace = both.page
    .getByRole('combobox', { name: 'Namespace' })
    .or(both.page.getByLabel('Namespace'))
    .first();
  await namespace.fill('alice');
  await namespace.press('Enter');
  await both.page.waitForURL(/\/n\/alice\/dashboard/);
  await both.page.getByText('You don’t have permission to view this').waitFor();
  expect(both.errors).toEqual([]);
  await both.close();
});

test('neuro console prints an address that one browser can open, and ends with Ctrl-C', async () => {
  const neuro = startCli(stage.cluster.cluster.kubeconfigPath('alice'), ['console', '--no-open']);
  const address = await neuro.until(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
  const context = await stage.world.browser.newContext();
  const first = await context.newPage();
  await first.goto(address);
  await first.getByRole('button', { name: 'User alice' }).waitFor();
  expect(first.url()).not.toContain('token');
  await context.close();
  const other = await stage.world.browser.newContext();
  const second = await other.newPage();
  await second.goto(address);
  await second.getByText('Press Enter in the terminal').waitFor();
  await other.close();
  neuro.signal('SIGINT');
  expect(await neuro.ended).toBe(0);
});

// The last one: the operator needs a while to lead again.
test('a secret that cannot be saved stays in the form, which says why in place, and is saved later', async () => {
  const key = `patient-${String(Date.now())}`;
  const form = await addForm();
  await form.getByLabel('Key').fill(generatedKey);
  await form.getByText(`You already have a secret ${generatedKey}`).waitFor();
  await form.getByLabel('Key').fill(key);
  await form.getByRole('textbox', { name: 'Value' }).fill('kept');
  const save = form.getByRole('button', { name: 'Save' });
  await stage.cluster.cluster.stopApiServer();
  try {
    await save.click();
    await form.getByText('Not saved. What you typed is still here').waitFor();
    expect(await form.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('kept');
    await page.getByRole('banner').getByRole('status', { name: 'Offline' }).waitFor();
  } finally {
    await stage.cluster.cluster.startApiServer();
  }
  await eventually(
    async () => {
      const isSaved = (await row(key).count()) > 0;
      if (!isSaved) await save.click({ timeout: 2_000 }).catch(() => undefined);
      return isSaved;
    },
    (isSaved) => isSaved,
    'it is saved',
  );
  expect(Object.keys((await found(key)).spec)).toEqual(['sealed']);
  alice.forgive();
});
