/**
 * Takes the pictures of docs/console.md again: alice and bob with secrets and jobs of every kind, on a real cluster, in Chromium.
 * `npm run build && npm run build:console && npm run screens`. A picture that is too large for a repository ends it.
 */
import { statSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { findCluster } from '../../tools/devcluster/index.ts';
import { applyCrds, testClusterOf, type TestCluster } from '../support/cluster.ts';
import { startOperator } from '../support/operator.ts';
import { person } from '../e2e/cli-command.ts';
import { startConsoleWorld, type BrowserUser } from '../e2e/console-world.ts';
import { nodeCluster } from '../e2e/node-cluster.ts';
import { furnish } from './furnish.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'docs/images');
const most = 120 * 1024;
const size = { width: 1180, height: 700 };
/** What moves when it appears stands still then. */
const settleMs = 600;

const { NEURO_SCREENS_CLUSTER: name } = process.env;
const cluster = name === undefined ? await nodeCluster() : await running(name);
await applyCrds(cluster.cluster);
const presets =
  'presets: {small: {resources: {limits: {memory: 64Mi}}}, gpu-large: {resources: {limits: {memory: 1Gi}}}}';
const operator = await startOperator(cluster, { config: presets });
const world = await startConsoleWorld(cluster.cluster, join(root, 'test/screens/widgets.yaml'));
try {
  await furnish(cluster, { alice: person(cluster.cluster, 'alice'), bob: person(cluster.cluster, 'bob') });
  mkdirSync(folder, { recursive: true });
  await takeAll(await world.user('alice', size));
} finally {
  await world.stop();
  await operator.stop();
  // A cluster of its own ends with this process.
}
process.exit();

/** One that is up already, and stays. */
async function running(name: string): Promise<TestCluster> {
  const found = await findCluster(name);
  if (found === undefined) throw new Error(`there is no cluster ${name}`);
  return testClusterOf(found);
}

async function takeAll({ page, go }: BrowserUser): Promise<void> {
  const take = async (picture: string): Promise<void> => {
    await page.mouse.move(0, 0);
    await page.waitForTimeout(settleMs);
    const path = join(folder, `console-${picture}.png`);
    await page.screenshot({ path, animations: 'disabled' });
    const bytes = statSync(path).size;
    process.stdout.write(`${picture}: ${String(Math.round(bytes / 1024))} KiB\n`);
    if (bytes > most) throw new Error(`${path} has ${String(bytes)} bytes, at most ${String(most)} are kept`);
  };
  await go('/n/alice/secrets');
  await page.getByRole('row').filter({ hasText: 'deploy-key' }).waitFor();
  await take('secrets');
  await page.getByRole('button', { name: 'Share db-password' }).click();
  const share = page.getByRole('dialog');
  await share.getByText('analysts').first().waitFor();
  await share.getByRole('combobox', { name: 'Name' }).fill('carol');
  await take('share');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: /^Add/ }).first().click();
  const add = page.getByRole('form', { name: 'Add a secret' });
  await add.getByLabel('Key').fill('tls-key');
  await add
    .getByRole('textbox', { name: 'Value' })
    .fill('-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n');
  await take('add');
  await go('/n/alice/dashboard');
  await page.getByText('nightly-report').first().waitFor();
  await take('dashboard');
  await takeRunDialog(page, take);
  await go('/n/alice/jobs');
  await page.getByText('needs-a-secret').waitFor();
  await take('jobs');
  await page.getByRole('button', { name: 'Dark colours' }).click();
  await take('jobs-dark');
  await page.getByRole('button', { name: 'Light colours' }).click();
  await go('/n/alice/schedules');
  await page.getByRole('link', { name: 'backup' }).waitFor();
  await take('schedules');
  await go('/n/alice/jobs/nightly-report');
  await page.getByText('Timeline').waitFor();
  await take('job');
  await go('/n/alice/jobs/nightly-report?tab=logs');
  await page.getByText('batch 12 of 12').first().waitFor();
  await page.getByRole('textbox', { name: 'Search the output' }).fill('batch');
  await take('log');
  await go('/n/alice/jobs/shell?tab=terminal');
  await page.locator('.xterm').waitFor();
  await page.getByText(/\/ #/).first().waitFor();
  await page.locator('.xterm').click();
  await page.keyboard.type('ls -l /var/secrets && echo "${#DB_PASSWORD} characters"\n');
  await page
    .getByText(/\d+ characters/)
    .first()
    .waitFor();
  await take('terminal');
  await page.setViewportSize({ width: 390, height: 700 });
  await go('/n/alice/secrets');
  await page.getByText('deploy-key').first().waitFor();
  await take('narrow');
}

async function takeRunDialog(page: Page, take: (picture: string) => Promise<void>): Promise<void> {
  await page.getByRole('article').filter({ hasText: 'Custom Job' }).getByRole('button', { name: 'RUN A JOB' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Image' }).fill('busybox:1');
  await dialog.getByRole('textbox', { name: 'Command' }).fill(`sh -c 'wc -c /var/secrets/*'`);
  for (const [index, kind, secret] of [
    [1, 'Environment variable', 'db-password'],
    [2, 'File', 'secret:/bob/model-registry'],
  ] as const) {
    await dialog.getByRole('button', { name: 'ADD NEW SECRET' }).click();
    const block = dialog.getByRole('group', { name: `Secret ${String(index)}` });
    await block.getByRole('radio', { name: kind }).check();
    await block.getByRole('combobox', { name: 'Secret' }).or(block.getByLabel('Secret *')).first().click();
    await page.getByRole('option', { name: secret, exact: true }).click();
  }
  await dialog.getByRole('button', { name: 'CHECK' }).click();
  await dialog.getByText('Ready to run').waitFor();
  await take('run');
}
