/** Schedules in the browser: made in the dialog that runs a job, listed, paused, run now and deleted. */
import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { NeuroJob, NeuroSchedule } from '../../src/api/index.ts';
import { neuroJobType, neuroScheduleType } from '../../src/controllers/resources.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const at = { namespace: 'alice', name: 'backup' };

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const metadata = { ...at, uid: 'uid-of-backup', generation: 1 };
      cluster.put(neuroJobType, { metadata: at, spec: { image: 'tool:1', suspend: true } });
      cluster.put(neuroScheduleType, {
        metadata,
        spec: {
          schedule: '0 3 * * *',
          timeZone: 'Europe/Berlin',
          jobTemplate: { name: 'backup' },
          description: 'nightly',
        },
        status: {
          observedGeneration: 1,
          activeCount: 1,
          lastScheduleTime: '2026-01-05T02:00:00Z',
          nextScheduleTime: '2226-01-05T02:00:00Z',
          lastFinished: { name: 'backup-1', phase: 'Failed', time: '2026-01-05T02:01:00Z' },
          conditions: [{ type: 'Ready', status: 'True', reason: 'Scheduled', message: 'm', lastTransitionTime: '' }],
        },
      });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

const scheduleNow = (name = at.name): NeuroSchedule | undefined =>
  stage.cluster.api.get(neuroScheduleType, { ...at, name }) as NeuroSchedule | undefined;
const row = (name = at.name) => page.getByRole('row').filter({ hasText: name });
async function choose(item: string, name = at.name): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

test('the list shows when each runs, its state, and how its last job ended', async () => {
  await alice.go('/n/alice/jobs');
  await page.getByRole('link', { name: 'Schedules' }).click();
  await page.getByRole('table', { name: 'Schedules' }).waitFor();
  const text = await row().innerText();
  for (const part of ['nightly', '0 3 * * *', 'Europe/Berlin', 'Active', '1 job runs', 'Failed'])
    expect(text).toContain(part);
  expect(await row().locator('time').first().getAttribute('datetime')).toBe('2226-01-05T02:00:00Z');
  expect(await page.title()).toContain('Schedules · alice');
  expect(await axeFindings(page)).toEqual([]);
});

test('it is paused and resumed', async () => {
  await alice.go('/n/alice/schedules');
  await choose('Pause');
  await row().getByText('Paused').waitFor();
  expect(scheduleNow()?.spec.suspend).toBe(true);
  await choose('Resume');
  await row().getByText('Active').waitFor();
  expect(scheduleNow()?.spec).toMatchObject({ suspend: false, schedule: '0 3 * * *' });
});

test('Run now makes a job of the schedule, and leads to it', async () => {
  await alice.go('/n/alice/schedules');
  await choose('Run now');
  await page.getByRole('heading', { name: /^backup-[0-9a-f]{4}$/ }).waitFor();
  const jobs = stage.cluster.api.all(neuroJobType) as unknown as readonly NeuroJob[];
  const made = jobs.find(({ metadata }) => /^backup-/.test(metadata.name));
  expect(made?.spec).toEqual({ image: 'tool:1' });
  expect(made?.metadata.labels).toEqual({ 'neu.ro/schedule': 'backup' });
  expect(made?.metadata.ownerReferences).toMatchObject([{ kind: 'NeuroSchedule', name: 'backup', controller: true }]);
});

test('the dialog that runs a job creates a schedule with its template, once the mistakes are corrected', async () => {
  await alice.go('/n/alice/dashboard');
  await page.getByRole('button', { name: 'RUN A JOB' }).nth(1).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Image' }).fill('busybox:1');
  const times = dialog.getByRole('textbox', { name: 'Schedule' });
  await times.fill('0 25 * * *');
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Atlantis');
  await dialog.getByRole('button', { name: 'SAVE SCHEDULE' }).click();
  await dialog.getByText('Five fields such as').waitFor();
  await dialog.getByText('No such time zone').waitFor();
  await times.fill('0 4 * * 1-5');
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Vienna');
  await dialog.getByRole('button', { name: 'SAVE SCHEDULE' }).click();
  await row('busybox-').waitFor();
  const all = stage.cluster.api.all(neuroScheduleType) as unknown as readonly NeuroSchedule[];
  const made = all.find(({ metadata }) => metadata.name !== at.name);
  const { name = '', uid } = made?.metadata ?? {};
  expect(made?.spec).toEqual({ schedule: '0 4 * * 1-5', timeZone: 'Europe/Vienna', jobTemplate: { name } });
  const template = stage.cluster.api.get(neuroJobType, { ...at, name }) as NeuroJob | undefined;
  expect(template?.spec).toMatchObject({ image: 'busybox:1', suspend: true });
  expect(template?.metadata.ownerReferences).toMatchObject([{ kind: 'NeuroSchedule', uid }]);
});

test('it is deleted after the question', async () => {
  await alice.go('/n/alice/schedules');
  await choose('Delete');
  const question = page.getByRole('dialog', { name: 'Delete backup?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  await choose('Delete');
  await page.getByRole('button', { name: 'Delete the schedule' }).click();
  await untilTrue(() => scheduleNow() === undefined);
  await row().waitFor({ state: 'detached' });
});

test('the question says when somebody else has deleted it meanwhile', async () => {
  const metadata = { namespace: 'alice', name: 'other', uid: 'uid-of-other' };
  stage.cluster.put(neuroScheduleType, { metadata, spec: { schedule: '@daily', jobTemplate: { name: 'other' } } });
  await page.getByRole('button', { name: 'More for other' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete other?' });
  await question.getByRole('button', { name: 'Delete the schedule' }).waitFor();
  stage.cluster.api.remove(neuroScheduleType, metadata);
  await question.getByText('other has been deleted').waitFor();
  expect(await question.getByRole('button', { name: 'Delete the schedule' }).count()).toBe(0);
});
