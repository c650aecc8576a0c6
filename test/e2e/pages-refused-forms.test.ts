/** What someone may not change: the secrets that others share with them, and forms that an address opens. */
import { afterEach, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { objectNameForKey } from '../../src/api/index.ts';
import { neuroJobType, secretGrantType, secretType, userSecretType } from '../../src/controllers/resources.ts';
import type { ModelCluster } from '../support/console/model-cluster.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { expectOff, expectReason, isOff } from './off-buttons.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;
/** What alice may not do. */
let denied: RegExp = /^$/;

function share(cluster: ModelCluster, name: string): void {
  cluster.put(userSecretType, { metadata: { namespace: 'bob', name, generation: 1 }, spec: { value: 'x' } });
  cluster.put(secretGrantType, {
    metadata: { namespace: 'bob', name },
    spec: { secret: name, access: name === 'copied' ? 'copy' : 'manage', subject: { kind: 'User', name: 'alice' } },
  });
}

onPages(
  {
    fill: (cluster) => {
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'report' }, spec: { image: 'busybox:1' } });
      cluster.put(userSecretType, {
        metadata: { namespace: 'alice', name: 'api', generation: 1 },
        spec: { value: 'x' },
      });
      cluster.put(secretGrantType, {
        metadata: { namespace: 'alice', name: 'api' },
        spec: { secret: 'api', subject: { kind: 'User', name: 'bob' } },
      });
      cluster.put(secretType, { metadata: { namespace: 'alice', name: 'vendor' }, data: { user: 'eA==' } });
      for (const name of ['token', 'other', 'copied']) share(cluster, name);
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
});

async function forbid(right: string, path: string): Promise<void> {
  denied = new RegExp(`^${right}$`);
  await page.goto('about:blank');
  await alice.go(path);
}

const reasonOf = (what: string, namespace: string): string =>
  `You don’t have permission to ${what} in the namespace ${namespace}.`;
const mayPatch = (...resourceNames: readonly string[]) => [
  { verbs: ['patch'], apiGroups: ['neu.ro'], resources: ['usersecrets'], resourceNames },
];

interface Review {
  readonly spec: { readonly namespace?: string; readonly resourceAttributes?: { readonly namespace: string } };
}

/** The different questions about rights in the namespace, as text. */
function questionsAbout(namespace: string, from: number): readonly string[] {
  const specs = stage.cluster.requests
    .slice(from)
    .filter(({ path }) => /\/selfsubject(access|rules)reviews$/.test(path))
    .map(({ body }) => (body as Review).spec)
    .filter((spec) => (spec.resourceAttributes ?? spec).namespace === namespace);
  return [...new Set(specs.map((spec) => JSON.stringify(spec)))].sort();
}

const ofShared = (button: string, name: string): Locator =>
  page.getByRole('button', { name: `${button} secret:/bob/${name}`, exact: true });

test.each([
  ['patch usersecrets', 'Replace the value of', 'change secrets'],
  ['create secretgrants', 'Share', 'create grants'],
])(
  'without the right to %s of the owner, rows of what others share have buttons that say why and do nothing',
  async (right, button, what) => {
    await forbid(`${right} in bob`, '/n/alice/secrets?show=shared');
    for (const name of ['token', 'other']) await expectOff(ofShared(button, name), reasonOf(what, 'bob'));
    expect(await isOff(ofShared('Keep a copy of', 'copied'))).toBe(false);
    expect(await axeFindings(page)).toEqual([]);
    await ofShared(button, 'token').hover();
    await page.getByRole('tooltip').getByText(reasonOf(what, 'bob')).waitFor();
  },
);

test('rows of what one owner shares ask once for all of them, and a right to single secrets is found', async () => {
  stage.cluster.rules = mayPatch('token');
  const from = stage.cluster.requests.length;
  await forbid('patch usersecrets in bob', '/n/alice/secrets?show=shared');
  await expectOff(ofShared('Replace the value of', 'other'), reasonOf('change secrets', 'bob'));
  expect(await isOff(ofShared('Replace the value of', 'token'))).toBe(false);
  const ofNamespace = (verb: string, resource: string): string =>
    JSON.stringify({ resourceAttributes: { group: 'neu.ro', resource, verb, namespace: 'bob' } });
  expect(questionsAbout('bob', from)).toEqual(
    [
      ofNamespace('patch', 'usersecrets'),
      ofNamespace('create', 'secretgrants'),
      JSON.stringify({ namespace: 'bob' }),
    ].sort(),
  );
});

test('a secret that is shared while the list is open can be replaced, because rights are asked for again', async () => {
  stage.cluster.rules = mayPatch('token');
  const other = await stage.user('alice');
  // The page asks again by itself after half a minute; here it never does.
  await other.context.addInitScript((longestMs) => {
    const real = globalThis.setInterval.bind(globalThis);
    globalThis.setInterval = ((act: () => void, ms = 0) =>
      ms > longestMs ? 0 : real(act, ms)) as typeof globalThis.setInterval;
  }, 20_000);
  denied = /^patch usersecrets in bob$/;
  await other.go('/n/alice/secrets?show=shared');
  const replace = (name: string): Locator =>
    other.page.getByRole('button', { name: `Replace the value of secret:/bob/${name}`, exact: true });
  await untilTrue(() => isOff(replace('other')), 'the rights are known');
  stage.cluster.rules = mayPatch('token', 'later');
  share(stage.cluster, 'later');
  await stage.reconcile();
  await replace('later').waitFor();
  await untilTrue(async () => !(await isOff(replace('later'))), 'it is on');
  await replace('later').click();
  await other.page.getByRole('dialog', { name: 'Replace the value of secret:/bob/later' }).waitFor();
  expect(other.errors).toEqual([]);
  await other.close();
});

/** The field `label`, with this in it. */
type Filled = readonly [label: string | RegExp, text: string];

test.each<[string, string, string, string, string, readonly Filled[]]>([
  ['Save', 'patch usersecrets', 'alice', 'secret=api&do=edit', 'change secrets', [[/^Description/, 'new']]],
  ['Save', 'patch usersecrets', 'alice', 'secret=api&do=tags', 'change secrets', [['Tags', 'team']]],
  ['Share', 'create secretgrants', 'alice', 'secret=api&do=share', 'create grants', [['Name', 'carol']]],
  ['Share', 'patch secretgrants', 'alice', 'show=granted&grant=api', 'change grants', [[/^Why/, 'the audit']]],
  [
    'Save',
    'create usersecrets',
    'alice',
    'do=add',
    'create secrets',
    [
      ['Key', 'NEW'],
      ['Value', 'x'],
    ],
  ],
  ['Save 1 secret', 'create usersecrets', 'alice', 'do=import', 'create secrets', [['Lines', 'NEW=x']]],
  ['Save', 'patch usersecrets', 'bob', 'show=shared&secret=bob/token&do=replace', 'change secrets', [['Value', 'x']]],
  ['Share', 'create secretgrants', 'bob', 'show=shared&secret=bob/token&do=share', 'create grants', [['Name', 'eve']]],
  [
    'Keep a copy',
    'create usersecrets',
    'alice',
    'show=shared&secret=bob/copied&do=copy',
    'create secrets',
    [['Key', 'MINE']],
  ],
])(
  'the button %s of a form is off without the right to %s in %s (%s)',
  async (name, right, namespace, search, what, fields) => {
    await forbid(`${right} in ${namespace}`, `/n/alice/secrets?${search}`);
    const form = page.getByRole('dialog').or(page.getByRole('form')).first();
    for (const [label, text] of fields) await form.getByLabel(label, { exact: true }).first().fill(text);
    const button = form.getByRole('button', { name, exact: true });
    await expectReason(button, reasonOf(what, namespace));
    expect(await axeFindings(page)).toEqual([]);
    await expectNoWrite(form, button);
  },
);

test('the button that adopts keys is off without the right to create secrets; looking at them is not', async () => {
  await forbid('create usersecrets in alice', '/n/alice/secrets?do=adopt');
  const form = page.getByRole('dialog');
  await form.getByLabel('Name of the native Secret').fill('vendor');
  await form.getByRole('button', { name: 'Show its keys' }).click();
  const button = form.getByRole('button', { name: 'Adopt 1 key' });
  await expectReason(button, reasonOf('create secrets', 'alice'));
  await expectNoWrite(form, button);
});

test('an import replaces nothing without the right to change secrets, and still adds', async () => {
  await forbid('patch usersecrets in alice', '/n/alice/secrets?do=import');
  const form = page.getByRole('dialog');
  await form.getByLabel('Lines', { exact: true }).fill('api=y\nADDED=x');
  expect(await isOff(form.getByRole('button', { name: 'Save 1 secret' }))).toBe(false);
  await form.getByRole('checkbox', { name: 'Replace the value of the key that exists' }).check();
  await expectReason(form.getByRole('button', { name: 'Save 2 secrets' }), reasonOf('change secrets', 'alice'));
  await form.getByRole('checkbox', { name: 'Replace the value of the key that exists' }).uncheck();
  await form.getByRole('button', { name: 'Save 1 secret' }).click();
  await form.waitFor({ state: 'detached' });
  expect(stage.cluster.api.all(userSecretType).map(({ metadata }) => metadata.name)).toContain(
    objectNameForKey('ADDED'),
  );
});

test('without the right to create secrets, the run dialog makes none', async () => {
  await forbid('create usersecrets in alice', '/n/alice/dashboard?card=custom-job');
  const form = page.getByRole('dialog');
  await form.getByRole('button', { name: 'ADD NEW SECRET' }).click();
  const button = form.getByRole('button', { name: 'Create a new one here' });
  await expectReason(button, reasonOf('create secrets', 'alice'));
  await button.click({ force: true });
  // What this opens is drawn after what the other button would have opened.
  const block = form.getByRole('group', { name: 'Secret 1' });
  await block.getByRole('combobox', { name: 'Secret' }).or(block.getByLabel('Secret *')).first().click();
  await page.getByRole('option', { name: 'api' }).waitFor();
  expect(await form.getByRole('button', { name: 'Create and use' }).count()).toBe(0);
  expect(await button.getAttribute('aria-expanded')).toBe('false');
});

/** The form stays, and nothing was sent by the time that it is closed and the next page is there. */
async function expectNoWrite(form: Locator, button: Locator): Promise<void> {
  const from = stage.cluster.requests.length;
  await button.click({ force: true });
  expect(await form.count()).toBe(1);
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'report' }).waitFor();
  const writes = stage.cluster.requests
    .slice(from)
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/selfsubject'));
  expect(writes).toEqual([]);
}
