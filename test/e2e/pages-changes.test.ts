/** What one changes keeps the rest: another run of a job, other terms of a grant. And CHECK knows what the operator will refuse. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import type { NeuroJob, NeuroJobSpec, SecretGrant } from '../../src/api/index.ts';
import { neuroJobType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { until } from '../support/until.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const full: NeuroJobSpec = {
  image: 'team/worker:1',
  description: 'The report',
  tags: ['nightly'],
  command: ['sh', '-c'],
  args: ['echo one\necho "$DB"'],
  workingDir: '/srv',
  env: [
    { name: 'DB', fromSecret: { name: 'db-password' } },
    { name: 'URL', value: 'https://$(DB)@db' },
    { name: 'THEIRS', fromSecret: { namespace: 'carol', name: 'unlisted' } },
  ],
  files: [{ path: '/etc/db', mode: 256, fromSecret: { name: 'db-password' } }],
  volumes: [{ mountPath: '/v', subPath: 'x', persistentVolumeClaim: { claimName: 'data' } }],
  resources: { limits: { cpu: 1 } },
  stdin: true,
  serviceAccountName: 'robot',
  scheduleTimeout: '10m',
  shm: '1Gi',
  ttlAfterFinished: '1h',
};
const config = stringify({
  widgets: [{ name: 'train', title: 'Train a model', kind: 'job', image: 'trainer:1', preset: 'huge' }],
  presets: { huge: {} },
});

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

const folder = mkdtempSync(join(tmpdir(), 'neuro-cards-'));
writeFileSync(join(folder, 'cards.yaml'), config);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

onPages(
  {
    people: ['alice', 'bob', 'carol'],
    config: join(folder, 'cards.yaml'),
    fill: (cluster) => {
      cluster.put(userSecretType, {
        metadata: { namespace: 'alice', name: 'db-password', generation: 1 },
        spec: { value: 'x' },
      });
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'full-job' }, spec: full });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const jobsAfter = (before: ReadonlySet<string>): readonly NeuroJob[] =>
  (stage.cluster.api.all(neuroJobType) as unknown as readonly NeuroJob[]).filter(
    ({ metadata }) => !before.has(metadata.name),
  );
const names = (): ReadonlySet<string> => new Set(jobsAfter(new Set()).map(({ metadata }) => metadata.name));

async function runChanged(): Promise<void> {
  await alice.go('/n/alice/jobs/full-job');
  await page.getByRole('button', { name: 'More for full-job' }).click();
  await page.getByRole('menuitem', { name: 'Run again, changed…' }).click();
  await page.getByRole('dialog', { name: 'Run full-job again' }).waitFor();
}

test('another run, changed, has every field of the former one', async () => {
  const before = names();
  await runChanged();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('serviceAccountName: robot').waitFor();
  await dialog.getByRole('textbox', { name: 'Image' }).fill('team/worker:2');
  await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
  await until(() => jobsAfter(before).length > 0, 'the job');
  const [job] = jobsAfter(before);
  expect(job?.spec).toEqual({ ...full, image: 'team/worker:2' });
  expect(job?.metadata.name).toMatch(/^full-job-[0-9a-f]{4}$/);
});

test('kept values can be removed', async () => {
  const before = names();
  await runChanged();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Remove ttlAfterFinished' }).click();
  await dialog.getByText('ttlAfterFinished: 1h').waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'RUN', exact: true }).click();
  await until(() => jobsAfter(before).length > 0, 'the job');
  const { ttlAfterFinished: _removed, ...rest } = full;
  expect(jobsAfter(before)[0]?.spec).toEqual(rest);
});

test('CANCEL goes back to where one came from', async () => {
  await runChanged();
  await page.getByRole('dialog').getByRole('button', { name: 'CANCEL' }).click();
  await page.waitForURL(/\/n\/alice\/jobs\/full-job$/);
  await page.getByRole('heading', { name: 'full-job' }).waitFor();
});

test('what was typed is discarded with one answer, and leads back', async () => {
  await runChanged();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Image' }).fill('team/worker:2');
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  await page.waitForURL(/\/n\/alice\/jobs\/full-job$/);
  await page.getByRole('heading', { name: 'full-job' }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the form of another run stays when its job goes', async () => {
  stage.cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'goes' }, spec: { image: 'busybox:1' } });
  await alice.go('/n/alice/dashboard?from=goes');
  const image = page.getByRole('dialog', { name: 'Run goes again' }).getByRole('textbox', { name: 'Image' });
  await image.fill('typed:1');
  stage.cluster.api.remove(neuroJobType, { namespace: 'alice', name: 'goes' });
  stage.cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'comes' }, spec: { image: 'busybox:1' } });
  await page.getByRole('link', { name: 'comes' }).waitFor({ state: 'attached' });
  expect(await image.inputValue()).toBe('typed:1');
});

test('CANCEL of a dialog that was opened by its address stays on the dashboard', async () => {
  await alice.go('/n/alice/dashboard?from=full-job');
  await page.getByRole('dialog', { name: 'Run full-job again' }).getByRole('button', { name: 'CANCEL' }).click();
  await page.waitForURL(/\/n\/alice\/dashboard$/);
});

test('CHECK fails for a preset that the operator does not have', async () => {
  await alice.go('/n/alice/dashboard');
  const card = page.getByRole('article').filter({ hasText: 'Train a model' });
  await card.getByRole('button', { name: 'RUN A JOB' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'CHECK' }).click();
  await dialog.getByText('The job would not run').waitFor();
  await dialog.getByText('the operator has no such preset; it has small').waitFor();
  await dialog.getByRole('combobox', { name: 'Preset' }).or(dialog.getByLabel('Preset')).first().click();
  await page.getByRole('option', { name: /^small/ }).click();
  await dialog.getByRole('button', { name: 'CHECK' }).click();
  await dialog.getByText('Ready to run').waitFor();
});

test('the copied command comes with a note of what it cannot express', async () => {
  await alice.go('/n/alice/jobs/full-job');
  await page.getByRole('button', { name: 'More for full-job' }).click();
  await page.getByRole('menuitem', { name: 'Copy as command' }).click();
  await page.getByText(/No flag of neuro run says this of the job: .*ttlAfterFinished/).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('--stdin');
  expect(copied).toContain(String.raw`echo one\necho`);
});

test('a new level keeps the end of a grant and its reason', async () => {
  const grantOf = (): SecretGrant => stage.cluster.api.all(secretGrantType)[0] as unknown as SecretGrant;
  const end = new Date(Date.now() + 7 * 86_400_000).toISOString().replace(/\.\d{3}Z$/, 'Z');
  stage.cluster.put(secretGrantType, {
    metadata: { namespace: 'alice', name: 'by-hand' },
    spec: {
      secret: 'db-password',
      subject: { kind: 'User', name: 'bob' },
      expiresAt: end,
      description: 'nightly report',
    },
  });
  await stage.reconcile();
  await alice.go('/n/alice/secrets');
  await page.getByRole('button', { name: 'Share db-password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Name' }).fill('bob');
  await dialog.getByText('bob already has access: Read.').waitFor();
  await dialog.getByRole('radio', { name: 'Write' }).check();
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await until(() => grantOf().spec.access === 'write', 'the new level');
  expect(grantOf().spec).toMatchObject({ expiresAt: end, description: 'nightly report' });
  await dialog.getByRole('combobox', { name: 'Name' }).fill('bob');
  await dialog.getByRole('combobox', { name: 'Expires' }).or(dialog.getByLabel('Expires')).first().click();
  await page.getByRole('option', { name: 'Never' }).click();
  await dialog.getByRole('button', { name: 'Share', exact: true }).click();
  await until(() => grantOf().spec.expiresAt === undefined, 'no end');
  expect(grantOf().spec).toMatchObject({ access: 'write', description: 'nightly report' });
});
