/** What `npm run look` draws: every page and dialog, with much in it, with nothing, and when the cluster does not do its part. */
import { longName } from './look-fill.ts';
import {
  both,
  called,
  dialog,
  inDialog,
  item,
  key,
  press,
  type Scene,
  type SceneOf,
  type State,
} from './look-reach.ts';
import { ofMany } from './look-many.ts';
import { ofSources } from './look-sources.ts';

const pages: readonly SceneOf[] = [
  { name: 'dashboard', path: '/n/USER/dashboard' },
  { name: 'jobs', path: '/n/USER/jobs' },
  { name: 'schedules', path: '/n/USER/schedules' },
  { name: 'secrets', path: '/n/USER/secrets' },
  { name: 'shared', path: '/n/USER/secrets?show=shared' },
  { name: 'granted', path: '/n/USER/secrets?show=granted' },
  { name: 'admin', path: '/n/USER/admin' },
];
const forms: readonly SceneOf[] = [
  { name: 'run-terminal', path: '/n/USER/dashboard?card=terminal', reach: dialog },
  {
    name: 'run-wrong',
    path: '/n/USER/dashboard?card=custom-job',
    reach: both(dialog, inDialog(/^(RUN|STARTEN|AUSFÜHREN)$/)),
  },
  {
    name: 'add-wrong',
    path: '/n/USER/secrets?do=add',
    reach: async (page) => {
      await page
        .getByRole('form')
        .getByRole('button', { name: /^(Save|Speichern)$/ })
        .click();
    },
  },
  {
    name: 'import',
    path: '/n/USER/secrets?do=import',
    reach: async (page) => {
      await page.getByRole('dialog').getByRole('textbox').first().fill("A=1\nB\nno name=2\ndb-password=3\nC='open\n");
    },
  },
  { name: 'palette', path: '/n/USER/dashboard', reach: key('Control+k') },
  { name: 'keys', path: '/n/USER/dashboard', reach: key('?') },
];
const ofFull: readonly SceneOf[] = [
  { name: 'share', path: '/n/USER/secrets?secret=db-password&do=share', reach: dialog },
  { name: 'edit', path: '/n/USER/secrets?secret=db-password&do=edit', reach: dialog },
  { name: 'details', path: '/n/USER/secrets?secret=db-password', reach: dialog },
  {
    name: 'history',
    path: '/n/USER/secrets?secret=db-password',
    reach: async (page) => {
      const history = page.getByRole('region', { name: /^(History|Verlauf|Frühere Werte)$/ });
      await history.scrollIntoViewIfNeeded();
      await history.getByRole('button').first().click();
    },
  },
  {
    name: 'secret-log',
    path: '/n/USER/secrets?secret=db-password',
    reach: async (page) => {
      await page.getByRole('button', { name: /^(Show who|Zeigen|Anzeigen)/ }).click();
      await page.getByRole('dialog').getByRole('region').last().scrollIntoViewIfNeeded();
    },
  },
  { name: 'details-long', path: `/n/USER/secrets?secret=${longName}`, reach: dialog },
  { name: 'remove', path: '/n/USER/secrets', reach: press(/^(Delete db-password|db-password löschen)$/) },
  { name: 'copies', path: '/n/USER/secrets?show=shared', reach: both(press(/model-registry/, 1), dialog) },
  { name: 'copies-details', path: '/n/USER/secrets?secret=shared-copy', reach: dialog },
  { name: 'row-menu', path: '/n/USER/secrets', reach: press(/^(More for db-password|.* db-password)$/) },
  { name: 'job', path: '/n/USER/jobs/failed-report' },
  { name: 'job-long', path: `/n/USER/jobs/${longName.slice(0, 40)}` },
  { name: 'job-pending', path: '/n/USER/jobs/no-image' },
  {
    name: 'use',
    path: '/n/USER/jobs/nightly-report',
    reach: async (page) => {
      await page.getByRole('region', { name: /^(Resource usage|Ressourcennutzung)$/ }).scrollIntoViewIfNeeded();
    },
  },
  { name: 'open', path: '/n/USER/jobs/notebook' },
  { name: 'log', path: '/n/USER/jobs/nightly-report?tab=logs' },
  {
    name: 'log-search',
    path: '/n/USER/jobs/nightly-report?tab=logs',
    reach: async (page) => {
      await page.getByRole('textbox').fill('batch 3');
    },
  },
  { name: 'terminal', path: '/n/USER/jobs/nightly-report?tab=terminal' },
  { name: 'events', path: '/n/USER/jobs/no-image?tab=events' },
  { name: 'kill', path: '/n/USER/jobs/nightly-report', reach: both(press(/^(Kill|Beenden|Abbrechen)$/), dialog) },
  { name: 'no-job', path: '/n/USER/jobs/none-of-this-name' },
  { name: 'no-page', path: '/nowhere' },
  { name: 'no-match', path: '/n/USER/secrets?q=zzz' },
  { name: 'user-menu', path: '/n/USER/dashboard', reach: press(/alice$/) },
  {
    name: 'schedule-menu',
    path: '/n/USER/schedules',
    reach: press(/backup/),
  },
  {
    name: 'schedule-remove',
    path: '/n/USER/schedules',
    reach: both(press(/backup/), item(/^(Delete|Löschen)$/), dialog),
  },
];
const afterwards: readonly SceneOf[] = [
  {
    name: 'offline-jobs',
    path: '/n/USER/jobs',
    reach: async (page, { cluster }) => {
      await page.getByRole('row').nth(1).waitFor();
      await cluster.stop();
      await page.getByText('Offline').first().waitFor();
    },
  },
  {
    name: 'offline-start',
    path: '/n/USER/dashboard',
    reach: async (page, { cluster }) => {
      await cluster.stop();
      await page.goto(page.url());
      await page.getByRole('heading').first().waitFor();
    },
  },
  {
    name: 'offline-log',
    path: '/n/USER/jobs/nightly-report?tab=logs',
    reach: async (page, { cluster }) => {
      await page.getByText('batch 3 of').first().waitFor();
      await cluster.stop();
      await page.waitForTimeout(3_000);
    },
  },
  {
    name: 'session-ended',
    path: '/n/USER/secrets?do=add',
    reach: async (page) => {
      const form = page.getByRole('form');
      await form.getByRole('textbox').first().fill('half-typed');
      await form.locator('textarea').first().fill('x');
      await page.context().clearCookies();
      await form.getByRole('button', { name: called(({ actions }) => actions.save) }).click();
      await page.getByRole('dialog').waitFor();
    },
    isLast: true,
  },
  {
    name: 'login',
    path: '/n/USER/dashboard',
    reach: async (page) => {
      await page.context().clearCookies();
      await page.goto(page.url());
      await page.getByRole('main').getByRole('heading').waitFor();
    },
    isLast: true,
  },
];
const of = (state: State, list: readonly SceneOf[]): readonly Scene[] => list.map((scene) => ({ state, ...scene }));

export const scenes: readonly Scene[] = [
  ...of('full', [...pages, ...forms, ...ofFull, ...ofMany, ...ofSources]),
  ...of('empty', [...pages, ...forms]),
  ...of('refused', [...pages, { name: 'job', path: '/n/alice/jobs/failed-report' }]),
  ...of('broken', [...pages, { name: 'job', path: '/n/alice/jobs/failed-report' }]),
  ...of('away', afterwards),
];
