/** What someone may not do, on the pages: said in words that people know, and not offered. */
import { afterEach, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { STATUS_CONFIG_MAP } from '../../src/api/index.ts';
import {
  configMapType,
  neuroJobType,
  neuroScheduleType,
  secretGrantType,
  userSecretType,
} from '../../src/controllers/resources.ts';
import type { ResourceType } from '../../src/kernel/index.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { expectOff, isOff } from './off-buttons.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const leases: ResourceType = {
  ...{ group: 'coordination.k8s.io', version: 'v1', namespaced: true, plural: 'leases', kind: 'Lease' },
};

const deployments: ResourceType = {
  ...{ group: 'apps', version: 'v1', namespaced: true, plural: 'deployments', kind: 'Deployment' },
};
const system = 'neuro-system';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;
/** What alice may not do; empty: everything is allowed. */
let denied: RegExp = /^$/;

onPages(
  {
    fill: (cluster) => {
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'report' }, spec: { image: 'busybox:1' } });
      cluster.put(neuroScheduleType, {
        metadata: { namespace: 'alice', name: 'nightly' },
        spec: { schedule: '0 3 * * *', jobTemplate: { name: 'report' } },
      });
      for (const name of ['api', 'db']) {
        cluster.put(userSecretType, { metadata: { namespace: 'alice', name, generation: 1 }, spec: { value: 'x' } });
        cluster.put(secretGrantType, {
          metadata: { namespace: 'alice', name },
          spec: { secret: name, subject: { kind: 'User', name: 'bob' } },
        });
      }
      cluster.put(deployments, { metadata: { namespace: system, name: 'neuro-operator' } });
      cluster.put(configMapType, {
        metadata: { namespace: system, name: STATUS_CONFIG_MAP },
        data: { policies: 'ok' },
      });
      cluster.denied.push((_user, question) => denied.test(question));
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

afterEach(() => {
  stage.cluster.rules = [];
  stage.cluster.interceptions.length = 0;
});

interface Review {
  readonly spec: { readonly resourceAttributes?: { readonly verb: string; readonly resource: string } };
}

const forbid = async (what: RegExp, path: string): Promise<void> => {
  denied = what;
  await page.goto('about:blank');
  await alice.go(path);
};
const named = (name: string | RegExp): Locator => page.getByRole('main').getByRole('button', { name }).first();

test('a refused list of what others share is explained without the object that holds it', async () => {
  await forbid(/^(list|watch) configmaps in alice$/, '/n/alice/secrets?show=shared');
  await page.getByText('You don’t have permission to see what others share with the namespace alice.').waitFor();
  expect(await page.getByRole('main').innerText()).not.toContain('ConfigMap');
});

test('without the right to create jobs, the page of jobs and that of schedules offer none, neither in a menu nor for several rows', async () => {
  await forbid(/^create neurojobs in alice$/, '/n/alice/jobs');
  const reason = 'You don’t have permission to create jobs in the namespace alice.';
  const button = named('Run a job');
  await untilTrue(() => isOff(button), 'the button is off');
  await button.hover();
  await page.getByRole('tooltip').getByText(reason).waitFor();
  const { href } = new URL(page.url());
  await button.click({ force: true });
  expect(page.url()).toBe(href);
  await page.getByRole('checkbox', { name: 'Select report' }).check();
  await expectOff(named('Run again'), reason);
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'More for report' }).click();
  const item = (name: string): Locator => page.getByRole('menuitem', { name, exact: true });
  await expectOff(item('Run again'), reason);
  await expectOff(item('Run again, changed…'), reason);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Schedules' }).click();
  // A schedule has a job as its template.
  await expectOff(named('New schedule'), reason);
  await page.getByRole('button', { name: 'More for nightly' }).click();
  await expectOff(item('Run now'), reason);
  // What is not creating stays on; its request comes after those that the others would have made.
  await item('Pause').click();
  await page.getByText('Paused').first().waitFor();
  const created = stage.cluster.requests.filter(
    ({ method, path }) => method === 'POST' && /neuro(jobs|schedules)$/.test(path),
  );
  expect(created).toEqual([]);
});

test.each([
  ['neurojobs', '/n/alice/dashboard', /^run/i, 'create jobs'],
  ['neuroschedules', '/n/alice/schedules', 'New schedule', 'create schedules'],
  ['usersecrets', '/n/alice/secrets', 'Add', 'create secrets'],
  ['usersecrets', '/n/alice/secrets', 'Import', 'create secrets'],
])(
  'without the right to create %s, %s has a button that says why and does nothing',
  async (resource, path, name, what) => {
    await forbid(new RegExp(`^create ${resource} in alice$`), path);
    const button = named(name);
    await untilTrue(() => isOff(button), 'the button is off');
    const reason = `You don’t have permission to ${what} in the namespace alice.`;
    expect(await axeFindings(page)).toEqual([]);
    await button.hover();
    await page.getByRole('tooltip').getByText(reason).waitFor();
    const { href } = new URL(page.url());
    await button.click({ force: true });
    expect(page.url()).toBe(href);
  },
);

test('without the right to create schedules, the run dialog offers none, and runs a job once', async () => {
  await forbid(/^create neuroschedules in alice$/, '/n/alice/dashboard?card=custom-job');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('You don’t have permission to create schedules in the namespace alice.').waitFor();
  expect(await dialog.getByLabel('Schedule', { exact: true }).isDisabled()).toBe(true);
  expect(await isOff(dialog.getByRole('button', { name: 'RUN', exact: true }))).toBe(false);
  expect(await axeFindings(page)).toEqual([]);
});

test('without the right to create jobs, a run dialog that a link opens runs none', async () => {
  await forbid(/^create neurojobs in alice$/, '/n/alice/dashboard?from=report');
  const dialog = page.getByRole('dialog');
  const run = dialog.getByRole('button', { name: 'RUN', exact: true });
  await untilTrue(() => isOff(run), 'the button is off');
  await run.hover();
  await page.getByRole('tooltip').getByText('You don’t have permission to create jobs').waitFor();
  await run.click({ force: true });
  expect(await dialog.count()).toBe(1);
  // What this page asks for comes after what the button would have asked for.
  await alice.go('/n/alice/jobs');
  await page.getByRole('row').filter({ hasText: 'report' }).waitFor();
  const created = stage.cluster.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/neurojobs'));
  expect(created).toEqual([]);
});

test.each([
  // It was paused above.
  ['patch neuroschedules', 'schedules', 'nightly', 'Resume', 'change schedules'],
  ['delete neuroschedules', 'schedules', 'nightly', 'Delete', 'delete schedules'],
  ['patch neurojobs', 'jobs', 'report', 'Kill', 'change jobs'],
])('without the right to %s, the menu of its row says why and does nothing', async (right, list, row, name, what) => {
  await forbid(new RegExp(`^${right} in alice$`), `/n/alice/${list}`);
  await page.getByRole('button', { name: `More for ${row}` }).click();
  await expectOff(
    page.getByRole('menuitem', { name, exact: true }),
    `You don’t have permission to ${what} in the namespace alice.`,
  );
});

test.each([
  ['patch usersecrets', 'secrets', 'Edit', 'Tag', 'change secrets'],
  ['delete usersecrets', 'secrets', 'Delete', 'Delete', 'delete secrets'],
  ['patch secretgrants', 'secrets?show=granted', 'Change the access of', undefined, 'change grants'],
  ['delete secretgrants', 'secrets?show=granted', 'Revoke the access of', 'Revoke', 'delete grants'],
])(
  'without the right to %s, %s has buttons in its rows, and one for several rows, that say why and do nothing, but for an object that may be changed',
  async (right, path, button, several, what) => {
    const [verb = '', resource = ''] = right.split(' ');
    const reason = `You don’t have permission to ${what} in the namespace alice.`;
    const asked = stage.cluster.requests.length;
    await forbid(new RegExp(`^${right} in alice$`), `/n/alice/${path}`);
    const ofRow = (name: string): Locator =>
      page
        .getByRole('row')
        .filter({ hasText: name })
        .getByRole('button', { name: new RegExp(`^${button}.*${name}$`) });
    for (const name of ['api', 'db']) await expectOff(ofRow(name), reason);
    expect(await page.getByRole('group', { name: /^(Delete|Revoke)/ }).count()).toBe(0);
    const reviews = stage.cluster.requests
      .slice(asked)
      .filter(({ path: at }) => /\/selfsubject(access|rules)reviews$/.test(at))
      .map(({ body }) => (body as Review).spec.resourceAttributes)
      .filter((about) => about === undefined || (about.verb === verb && about.resource === resource));
    // One question for all rows, and one for rights to single objects; each may be asked again meanwhile.
    expect(new Set(reviews.map((about) => JSON.stringify(about)))).toEqual(
      new Set([JSON.stringify({ group: 'neu.ro', resource, verb, namespace: 'alice' }), undefined]),
    );
    expect(await axeFindings(page)).toEqual([]);
    if (several !== undefined) {
      await page.getByRole('checkbox', { name: /^Select .*api/ }).check();
      await expectOff(page.locator('[data-bulk]').getByRole('button', { name: several, exact: true }), reason);
    }
    stage.cluster.rules = [{ verbs: [verb], apiGroups: ['neu.ro'], resources: [resource], resourceNames: ['db'] }];
    await forbid(new RegExp(`^${right} in alice$`), `/n/alice/${path}`);
    await expectOff(ofRow('api'), reason);
    expect(await isOff(ofRow('db'))).toBe(false);
  },
);

test.each<[string, number, object]>([
  ['fails with 500', 500, { kind: 'Status', code: 500, message: 'out of order' }],
  ['is refused', 403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' }],
  ['is not whole', 201, { status: { resourceRules: [], incomplete: true } }],
])('where the review of rights to single objects %s, the buttons of rows are on', async (_case, status, body) => {
  stage.cluster.interceptions.push(({ path }) =>
    path.endsWith('/selfsubjectrulesreviews') ? { status, body } : undefined,
  );
  const reviewed = page.waitForResponse(/\/selfsubjectrulesreviews$/);
  await forbid(/^delete usersecrets in alice$/, '/n/alice/secrets');
  await (await reviewed).finished();
  const button = page.getByRole('button', { name: 'Delete api', exact: true });
  await button.click();
  await page.getByRole('button', { name: 'Yes, delete' }).waitFor();
  expect(await isOff(button)).toBe(false);
  // The browser writes down what has failed.
  alice.forgive();
});

test('the question before a secret is deleted says which grants stay, and what could not be deleted after it is said', async () => {
  const put = (): void => {
    stage.cluster.put(userSecretType, {
      metadata: { namespace: 'alice', name: 'old', generation: 1 },
      spec: { value: 'x' },
    });
    for (const [name, subject, labels] of [
      ['old-made', 'carol', { 'app.kubernetes.io/managed-by': 'neuro' }],
      ['old-other', 'dave', {}],
    ] as const)
      stage.cluster.put(secretGrantType, {
        metadata: { namespace: 'alice', name, labels },
        spec: { secret: 'old', subject: { kind: 'User', name: subject } },
      });
  };
  const question = page.getByRole('group', { name: 'Delete old?' });
  const isThere = (type: ResourceType, name: string): boolean =>
    stage.cluster.api.get(type, { namespace: 'alice', name }) !== undefined;
  const ask = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Delete old', exact: true }).click();
    await question.getByText(/It is shared with/).waitFor();
  };
  const confirm = async (): Promise<void> => {
    await question.getByRole('button', { name: 'Yes, delete' }).click();
    await untilTrue(() => !isThere(userSecretType, 'old'), 'the secret has gone');
  };
  put();
  await forbid(/^delete secretgrants in alice$/, '/n/alice/secrets');
  await ask();
  await question
    .getByText('The grants to carol and dave stay, and apply again to a new secret with this name.')
    .waitFor();
  await confirm();
  await question.waitFor({ state: 'detached' });
  expect(isThere(secretGrantType, 'old-made')).toBe(true);
  expect(await page.getByRole('alert').count()).toBe(0);
  // A right that ends between the question and the answer.
  put();
  await forbid(/^$/, '/n/alice/secrets');
  await ask();
  await question.getByText('The grants to dave stay').waitFor();
  denied = /^delete secretgrants in alice$/;
  await confirm();
  await page.getByText('Grants not deleted').waitFor();
  await page.getByText('The secret is deleted. The grants to carol are not').waitFor();
  expect(isThere(secretGrantType, 'old-made')).toBe(true);
  put();
  await forbid(/^(list|watch) secretgrants in alice$/, '/n/alice/secrets');
  await page.getByRole('button', { name: 'Delete old', exact: true }).click();
  await question.getByText('You don’t see here with whom it is shared.').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await confirm();
  for (const name of ['old-made', 'old-other']) stage.cluster.api.remove(secretGrantType, { namespace: 'alice', name });
  alice.forgive();
});

test('without the right to change jobs, the page of a job has a button that says why and does nothing', async () => {
  await forbid(/^patch neurojobs in alice$/, '/n/alice/jobs/report');
  await expectOff(named('Kill'), 'You don’t have permission to change jobs in the namespace alice.');
  await alice.go('/n/alice/jobs');
  await page.getByRole('checkbox', { name: 'Select report' }).check();
  await expectOff(named('Kill'), 'You don’t have permission to change jobs in the namespace alice.');
});

test('a user who may create jobs can run one even if listing them is refused', async () => {
  await forbid(/^(list|watch) neurojobs in alice$/, '/n/alice/jobs');
  await page.getByText('You don’t have permission to list jobs in the namespace alice.').waitFor();
  await page.getByRole('link', { name: 'Run a job' }).click();
  await named(/^run/i).click();
  await page.getByRole('dialog').waitFor();
});

test('a lease that is not renewed is called stale, with its age; a page that stays open finds it out by itself', async () => {
  const renewed = (ageMs: number): void =>
    stage.cluster.put(leases, {
      metadata: { namespace: system, name: 'neuro-operator' },
      spec: {
        holderIdentity: 'neuro-operator-1',
        leaseDurationSeconds: 15,
        renewTime: new Date(Date.now() - ageMs).toISOString(),
      },
    });
  renewed(2_000);
  await forbid(/^$/, '/n/alice/admin');
  const card = page.getByRole('region', { name: 'Operator' });
  const row = card.getByRole('row', { name: /^Lease renewed/ });
  await row.getByText(/^\d+ s ago$/).waitFor();
  expect(await row.innerText()).not.toContain('stale');
  renewed(45_000);
  await row.getByText('stale').waitFor();
  expect(await row.innerText()).toMatch(/(4[5-9]|5\d) s ago|1 min/);
  await card.getByRole('alert').first().waitFor();
});

test('the cards of the administration leave no hole on a wide screen', async () => {
  await page.setViewportSize({ width: 1920, height: 1000 });
  await forbid(/^$/, '/n/alice/admin');
  await page.getByRole('region', { name: 'Operator' }).waitFor();
  const boxes = await page
    .getByRole('main')
    .getByRole('region')
    .evaluateAll((cards) =>
      cards.map((card) => {
        const { left, right, top, bottom } = card.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
  const rows = new Map<number, typeof boxes>();
  for (const box of boxes) rows.set(box.top, [...(rows.get(box.top) ?? []), box]);
  const ends = (row: typeof boxes): readonly number[] => [
    Math.min(...row.map(({ left }) => left)),
    Math.max(...row.map(({ right }) => right)),
    ...new Set(row.map(({ bottom }) => bottom - (row[0]?.bottom ?? 0))),
  ];
  const [first = [], ...others] = [...rows.values()].map(ends);
  expect(others.length).toBeGreaterThan(1);
  for (const other of others) expect(other).toEqual(first);
});
