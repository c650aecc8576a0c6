/**
 * Pictures of every page at four widths, in both colours, empty and full (300 secrets, 2,000 jobs, names as long as they may be), to look at before a
 * change of the look is done: `npm run look FOLDER`. Before a model of a cluster; nothing of them is kept in the repository.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { neuroJobType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { startPagesStage, type PagesStage } from '../e2e/pages-stage.ts';

const [folder, only = ''] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder for the pictures');
mkdirSync(folder, { recursive: true });

const widths = [390, 820, 1180, 1920];
const height = 800;
/** What moves when it appears stands still then. */
const settleMs = 400;
const longName = 'a-name-that-is-as-long-as-a-name-may-be-'.repeat(6).slice(0, 200);
const hourMs = 3_600_000;
const from = Date.now();
const at = (hours: number): string => new Date(from + hours * hourMs).toISOString();

interface Scene {
  readonly name: string;
  readonly path: string;
  readonly reach?: (page: Page) => Promise<void>;
}
const dialog = async (page: Page, button: string, index = 0): Promise<void> => {
  await page.getByRole('button', { name: button }).nth(index).click();
  await page.getByRole('dialog').waitFor();
};
const scenes: readonly Scene[] = [
  { name: 'dashboard', path: '/n/USER/dashboard' },
  { name: 'run', path: '/n/USER/dashboard', reach: (page) => dialog(page, 'RUN A JOB', 1) },
  { name: 'jobs', path: '/n/USER/jobs' },
  { name: 'secrets', path: '/n/USER/secrets' },
  { name: 'shared', path: '/n/USER/secrets?show=shared' },
  {
    name: 'add',
    path: '/n/USER/secrets',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('form').getByRole('button', { name: 'Save' }).click();
    },
  },
];
const ofFull: readonly Scene[] = [
  { name: 'share', path: '/n/alice/secrets', reach: (page) => dialog(page, 'Share db-password') },
  { name: 'edit', path: '/n/alice/secrets', reach: (page) => dialog(page, 'Edit db-password') },
  {
    name: 'details',
    path: '/n/alice/secrets',
    reach: async (page) => {
      await page.getByRole('button', { name: 'db-password', exact: true }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'remove',
    path: '/n/alice/secrets',
    reach: (page) => page.getByRole('button', { name: 'Delete db-password' }).click(),
  },
  { name: 'job', path: '/n/alice/jobs/failed-report' },
  { name: 'job-long', path: `/n/alice/jobs/${longName.slice(0, 40)}` },
  { name: 'log', path: '/n/alice/jobs/nightly-report?tab=logs' },
  { name: 'events', path: '/n/alice/jobs/nightly-report?tab=events' },
];

const stage = await startPagesStage({ people: ['alice', 'bob', 'carol'] });
try {
  await fill(stage);
  for (const [state, name, some] of [
    ['full', 'alice', [...scenes, ...ofFull]],
    ['empty', 'carol', scenes],
  ] as const) {
    const { page, go } = await stage.user(name);
    for (const colours of ['Light', 'Dark']) {
      await page.setViewportSize({ width: 1180, height });
      await go(`/n/${name}/secrets`);
      const toggle = page.getByRole('button', { name: `${colours} colours` });
      if (await toggle.isVisible()) await toggle.click();
      for (const scene of some.filter((one) => `${state}-${one.name}`.includes(only)))
        for (const width of widths) {
          await page.setViewportSize({ width, height });
          await go(scene.path.replace('USER', name));
          await page.mouse.move(0, 0);
          await page.waitForTimeout(settleMs);
          await scene
            .reach?.(page)
            .catch((error: unknown) => process.stdout.write(`${scene.name}: ${String(error)}\n`));
          await page.waitForTimeout(settleMs);
          const file = `${state}-${scene.name}-${String(width)}-${colours.toLowerCase()}.png`;
          await page.screenshot({ path: join(folder, file), animations: 'disabled' });
        }
    }
  }
} finally {
  await stage.stop();
}
process.exit();

async function fill({ cluster, reconcile }: PagesStage): Promise<void> {
  const secret = (namespace: string, name: string, spec: object = {}): void => {
    cluster.put(userSecretType, { metadata: { namespace, name, generation: 1 }, spec: { value: 'x', ...spec } });
  };
  const grant = (namespace: string, name: string, kind: string, to: string, more: object = {}): void => {
    const spec = { secret: name, subject: { kind, name: to }, access: 'read', ...more };
    cluster.put(secretGrantType, { metadata: { namespace, name: `${name}-to-${to}` }, spec });
  };
  secret('alice', 'db-password', { description: 'The reports database' });
  secret('alice', longName, { description: 'A description that goes on and on. '.repeat(12) });
  for (let index = 0; index < 298; index += 1) secret('alice', `key-${String(index)}`);
  for (const to of ['bob', 'dave', 'erin']) grant('alice', 'db-password', 'User', to, { expiresAt: at(30) });
  grant('alice', 'db-password', 'Group', 'analysts', { access: 'write', description: 'The report of every night' });
  grant('alice', 'db-password', 'Namespace', 'batch', { access: 'manage', grantedBy: { kind: 'User', name: 'bob' } });
  for (const name of ['model-registry', longName, 'wandb-key']) {
    secret('bob', name);
    grant('bob', name, 'User', 'alice', name === 'wandb-key' ? { access: 'manage', expiresAt: at(20) } : {});
  }
  const job = (name: string, spec: object, status?: object): void => {
    const object = { metadata: { namespace: 'alice', name }, spec: { image: 'busybox:1', ...spec } };
    cluster.put(neuroJobType, status === undefined ? object : { ...object, status });
  };
  for (let index = 0; index < 2_000; index += 1)
    job(`old-${String(index)}`, { tags: ['old'] }, { phase: 'Succeeded', startTime: at(-40), finishTime: at(-39) });
  const env = [{ name: 'DB_PASSWORD', fromSecret: { name: 'db-password' } }];
  job('nightly-report', { tags: ['nightly', 'report'], description: 'Sends the figures of the day', env });
  job(longName.slice(0, 40), {
    image: `registry.example.com/${longName}:1`,
    tags: [longName.slice(0, 60), 'two', 'three', 'four'],
  });
  job(
    'failed-report',
    { env, imagePullSecret: { name: 'db-password' }, args: ['python', '-c', 'raise SystemExit(3)'] },
    {
      ...{ phase: 'Failed', reason: 'Error', exitCode: 3, startTime: at(-1), finishTime: at(-0.9), podName: 'x' },
      message:
        'Traceback (most recent call last):\n  File "report.py", line 3\nConnectionError: no route to the database',
      transitions: [
        { phase: 'Running', time: at(-1) },
        { phase: 'Failed', reason: 'Error', time: at(-0.9), message: 'no route to the database' },
      ],
    },
  );
  job('no-image', {}, { phase: 'Pending', reason: 'ImagePullBackOff', message: 'Back-off pulling image "busybox:no"' });
  const lines = Array.from(
    { length: 60 },
    (_, index) => `2026-11-28T10:00:00.000000000Z batch ${String(index)} of 60 sent\n`,
  );
  cluster.print('nightly-report', lines.join(''));
  await reconcile();
}
