/** Where access ends, in a real browser: open lists, output and terminals stop by themselves, and nothing that was typed is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { ObjectMeta } from '../../src/kernel/index.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import { makeRobot, pasteToken, serveConsole, visit, type Robot, type ServedConsole } from './console-session.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { eventually } from '../support/until.ts';

/** Every second a right is asked for again; the rest is for a busy machine. */
const rbac = 'rbac.authorization.k8s.io';

let stage: ConsoleStage;
let served: ServedConsole;
let short: ServedConsole;
const shortClock = new ShiftedClock();
let roles = 0;

beforeAll(async () => {
  stage = await startConsoleStage();
  served = await serveConsole(stage.cluster);
  short = await serveConsole(stage.cluster, ['--session-length', '10m'], shortClock);
  const talk = 'while true; do echo still here; sleep 1; done';
  const run = ['run', '--detach', '--name', 'talker', 'busybox:1', '--', 'sh', '-c', talk];
  expect(await stage.typed.alice(run)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  // The browser first: a server waits for its connections.
  await stage.world.stop();
  await Promise.all([served.stop(), short.stop()]);
  await stage.stop();
});

interface Rule {
  readonly apiGroups: readonly [string];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Binds a robot in alice's namespace, until the API server lets it; resolves with what takes it back. */
async function allow({ name, namespace }: Robot, rules: readonly Rule[]): Promise<() => Promise<unknown>> {
  const path = `/apis/${rbac}/v1/namespaces/alice`;
  const role = `${name}-${String(++roles)}`;
  await stage.cluster.request({ method: 'POST', path: `${path}/roles`, body: { metadata: { name: role }, rules } });
  const body = {
    metadata: { name: role },
    roleRef: { apiGroup: rbac, kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
  await stage.cluster.request({ method: 'POST', path: `${path}/rolebindings`, body });
  for (const { apiGroups, resources, verbs } of rules)
    for (const resource of resources)
      for (const verb of verbs)
        await untilAllowed(`system:serviceaccount:${namespace}:${name}`, apiGroups[0], resource, verb);
  return () => stage.cluster.request({ method: 'DELETE', path: `${path}/rolebindings/${role}` });
}

/** The API server hears of a new binding by a watch of its own. */
async function untilAllowed(user: string, group: string, resource: string, verb: string): Promise<void> {
  const [plural, subresource] = resource.split('/');
  const resourceAttributes = { namespace: 'alice', group, resource: plural, subresource, verb };
  await eventually(
    () =>
      stage.cluster.request<{ readonly status: { readonly allowed: boolean } }>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: { spec: { user, resourceAttributes } },
      }),
    ({ status }) => status.allowed,
    `${user} may ${verb} ${resource}`,
  );
}

const looking: readonly Rule[] = [
  { apiGroups: ['neu.ro'], resources: ['neurojobs', 'usersecrets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['list', 'watch'] },
];
const entering: readonly Rule[] = [
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
];

/** Lets alice's only grant expire after that time. */
async function endIn(ms: number): Promise<void> {
  const path = '/apis/neu.ro/v1/namespaces/alice/secretgrants';
  const { items } = await stage.cluster.request<{ readonly items: readonly { readonly metadata: ObjectMeta }[] }>({
    method: 'GET',
    path,
  });
  const spec = { expiresAt: new Date(Date.now() + ms).toISOString() };
  for (const { metadata } of items)
    await stage.cluster.request({
      method: 'PATCH',
      path: `${path}/${metadata.name}`,
      contentType: 'application/merge-patch+json',
      body: { spec },
    });
}

interface Tabs {
  readonly log: Page;
  readonly terminal: Page;
}

async function openTabs(tab: (path: string) => Promise<Page>): Promise<Tabs> {
  const terminal = await tab('/n/alice/jobs/talker?tab=terminal');
  await terminal.getByText(/\/ #/).first().waitFor();
  const log = await tab('/n/alice/jobs/talker?tab=logs');
  await log.getByText('still here').first().waitFor();
  return { log, terminal };
}

async function countOf(log: Page): Promise<number> {
  return log.getByRole('log').getByText('still here').count();
}

test('a revoke ends output, terminal and list, and nobody pressed a key', async () => {
  const robot = await makeRobot(stage.cluster, 'bob');
  const revokeEntering = await allow(robot, entering);
  const revokeLooking = await allow(robot, looking);
  const { tab, context } = await visit(stage.world, served, robot.token);
  const { log, terminal } = await openTabs(tab);
  await revokeEntering();
  await Promise.all([log, terminal].map((page) => page.getByText('Your access has ended').waitFor()));
  const last = await countOf(log);
  // What one may still see goes on.
  expect(await log.getByRole('heading', { name: 'talker' }).isVisible()).toBe(true);
  await revokeLooking();
  await Promise.all([log, terminal].map((page) => page.getByText('You don’t have permission to view this').waitFor()));
  expect(await countOf(log)).toBe(0);
  expect(last).toBeGreaterThan(0);
  await eventually(
    () => Promise.resolve(served.console.streamCount()),
    (count) => count === 0,
    'no stream is left',
  );
  await context.close();
});

test('a grant that expires takes the secret off the page and out of the choice', async () => {
  const bob = await stage.world.user('bob');
  expect((await stage.typed.alice(['secret', 'add', 'short-lived', 'x'])).code).toBe(0);
  await bob.go('/n/bob/secrets?show=shared');
  await bob.page.getByText('Nothing is shared with you').waitFor();
  const share = ['share', 'secret:short-lived', 'bob', '--expires', '1h'];
  expect(await stage.typed.alice(share)).toMatchObject({ code: 0 });
  await bob.page.getByText('secret:/alice/short-lived').first().waitFor();
  // Only once it was seen: how long that takes is the machine's matter.
  await endIn(1_000);
  await bob.page.getByText('secret:/alice/short-lived').first().waitFor({ state: 'detached' });
  await bob.page.getByText('Nothing is shared with you').waitFor();
  await bob.close();
});

test('a log-out ends what is open in every tab of that browser, and nothing comes back with Back', async () => {
  const robot = await makeRobot(stage.cluster, 'bob');
  await allow(robot, [...looking, ...entering]);
  const { page, tab, context } = await visit(stage.world, served, robot.token);
  const { log, terminal } = await openTabs(tab);
  await page.goto(`${served.origin}/n/alice/jobs`);
  await page.getByText('talker').first().waitFor();
  await page.getByRole('button', { name: /^User / }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in with the token' }).waitFor();
  for (const left of [log, terminal]) await left.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
  await eventually(
    () => Promise.resolve(served.console.streamCount()),
    (count) => count === 0,
    'no stream is left',
  );
  await page.goBack();
  await page.getByRole('button', { name: 'Log in with the token' }).waitFor();
  expect(await page.getByText('talker').count()).toBe(0);
  await context.close();
});

test('a session that expires ends its streams; typed text is still there after the login and can be saved', async () => {
  const robot = await makeRobot(stage.cluster, 'bob');
  await allow(robot, [
    ...looking,
    ...entering,
    { apiGroups: ['neu.ro'], resources: ['usersecrets'], verbs: ['create'] },
  ]);
  const { page, tab, context } = await visit(stage.world, short, robot.token);
  await page.goto(`${short.origin}/n/alice/secrets`);
  await page.getByRole('button', { name: /^Add/ }).first().click();
  const form = page.getByRole('form', { name: 'Add a secret' });
  const key = `half-typed-${String(Date.now())}`;
  await form.getByLabel('Key').fill(key);
  await form.getByRole('textbox', { name: 'Value' }).fill('not lost');
  const { log, terminal } = await openTabs(tab);
  const ended = { name: 'Your session has ended' };
  shortClock.shiftMs = 601_000;
  for (const left of [page, log, terminal]) await left.getByRole('dialog', ended).waitFor();
  await eventually(
    () => Promise.resolve(short.console.streamCount()),
    (count) => count === 0,
    'no stream is left',
  );
  await pasteToken(page, robot.token);
  await page.getByRole('dialog', ended).waitFor({ state: 'detached' });
  expect(await form.getByRole('textbox', { name: 'Value' }).inputValue()).toBe('not lost');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row').filter({ hasText: key }).waitFor();
  const { out } = await eventually(
    () => stage.typed.alice(['secret', 'get', key]),
    ({ code }) => code === 0,
    'the value',
  );
  expect(out).toBe('not lost');
  await context.close();
});
