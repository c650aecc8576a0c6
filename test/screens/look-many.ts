/** Scenes of several rows at once, of tags, and of what the browser tells. */
import type { Page, Route } from 'playwright-core';
import { both, called, dialog, inDialog, press, type, type Reach, type SceneOf } from './look-reach.ts';

const boxes = (page: Page) => page.getByRole('row').getByRole('checkbox');

const selectFirst =
  (count: number): Reach =>
  async (page) => {
    // The first box is that of all rows.
    for (let index = 1; index <= count; index += 1) await boxes(page).nth(index).check();
  };
const selectAll: Reach = async (page) => {
  await boxes(page).first().check();
};
/** What a change by the page meets. */
const onChanges =
  (answer: (route: Route, count: number) => Promise<void>): Reach =>
  async (page) => {
    let count = 0;
    await page.route('**/*', (route) => {
      if (!['DELETE', 'PATCH', 'POST'].includes(route.request().method())) return route.continue();
      count += 1;
      return answer(route, count);
    });
  };
const waits = onChanges(async (route, count) => {
  if (count <= 2) await route.continue();
});
const refusal = (message: string) => ({
  status: 422,
  json: { kind: 'Status', code: 422, reason: 'Invalid', message },
});
const partlyFails = onChanges((route, count) =>
  count % 2 === 0
    ? route.fulfill(
        refusal(
          `admission policy "keep-what-is-used" denied the request: the object is used by ${'another-team-'.repeat(8)}`,
        ),
      )
    : route.fulfill({ status: 200, json: { kind: 'Status', status: 'Success' } }),
);
const removeAll = both(press(called(({ bulk }) => bulk.secrets.remove.label)), dialog, async (page) => {
  await page.getByRole('dialog').getByRole('button').last().click();
});

export const ofMany: readonly SceneOf[] = [
  { name: 'bulk-few', path: '/n/USER/secrets', reach: selectFirst(3) },
  { name: 'bulk-all', path: '/n/USER/secrets', reach: selectAll },
  {
    name: 'bulk-question',
    path: '/n/USER/secrets',
    reach: both(selectFirst(7), press(called(({ bulk }) => bulk.secrets.remove.label)), dialog),
  },
  { name: 'bulk-running', path: '/n/USER/secrets?q=key-1', reach: both(selectAll, waits, removeAll) },
  {
    name: 'bulk-failed',
    path: '/n/USER/secrets?q=key-2',
    reach: both(selectFirst(9), partlyFails, removeAll, (page) => page.getByRole('alert').first().waitFor()),
  },
  {
    name: 'bulk-share',
    path: '/n/USER/secrets',
    reach: both(selectFirst(3), press(called(({ bulk }) => bulk.secrets.share.label)), dialog),
  },
  {
    name: 'bulk-tags',
    path: '/n/USER/secrets?q=tagged',
    reach: both(selectFirst(2), press(called(({ bulk }) => bulk.secrets.tag.label)), dialog),
  },
  { name: 'bulk-jobs', path: '/n/USER/jobs', reach: selectFirst(6) },
  { name: 'bulk-schedules', path: '/n/USER/schedules', reach: selectFirst(4) },
  { name: 'bulk-granted', path: '/n/USER/secrets?show=granted', reach: selectFirst(3) },
  { name: 'tags', path: '/n/USER/secrets?secret=tagged&do=tags', reach: dialog },
  {
    name: 'tags-wrong',
    path: '/n/USER/secrets?secret=tagged-too&do=tags',
    reach: both(
      dialog,
      type(
        called(({ secrets }) => secrets.tags),
        'example.com/team,',
      ),
      (page) => page.keyboard.press('Enter'),
    ),
  },
  { name: 'tags-rows', path: '/n/USER/secrets?q=tagged' },
  { name: 'tags-details', path: '/n/USER/secrets?secret=tagged', reach: dialog },
  {
    name: 'tags-filter',
    path: '/n/USER/secrets?tag=team&tag=urgent',
    reach: async (page) => {
      await page.getByRole('combobox', { name: called(({ tags }) => tags.filter) }).click();
    },
  },
  {
    name: 'notify-blocked',
    path: '/n/USER/dashboard',
    reach: async (page) => {
      await page.getByRole('button', { name: /alice$/ }).click();
      await page.getByRole('menuitemcheckbox').click();
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'notify-on',
    path: '/n/USER/dashboard',
    reach: async (page) => {
      await page.context().grantPermissions(['notifications']);
      await page.reload();
      await page.getByRole('button', { name: /alice$/ }).click();
      await page.getByRole('menuitemcheckbox').click();
    },
  },
  {
    name: 'run-schedule',
    path: '/n/USER/dashboard?card=custom-job',
    reach: both(
      dialog,
      type(
        called(({ run }) => run.image),
        'busybox:1',
      ),
      type(
        called(({ schedules }) => schedules.schedule),
        '0 25 * * *',
      ),
      type(
        called(({ schedules }) => schedules.timeZone),
        'Europe/Atlantis',
      ),
      inDialog(called(({ schedules }) => schedules.save)),
    ),
  },
];
