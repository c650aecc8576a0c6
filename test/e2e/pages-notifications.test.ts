/**
 * Notifications of the browser: real ones, with the permission of the browser; each is also noted down when it is made. One thing is put on: a page of a browser
 * without a screen always says that it is seen, so the test says for it whether it is.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { ANNOTATION_ROTATE_BY, SHARED_WITH_ME_CONFIG_MAP } from '../../src/api/index.ts';
import { configMapType, neuroJobType, userSecretType } from '../../src/controllers/resources.ts';
import { untilTrue } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const namespace = 'alice';
const item = 'Notify me while I am elsewhere';

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

function job(name: string, status: object): void {
  stage.cluster.put(neuroJobType, {
    metadata: { namespace, name, uid: `uid-${name}`, generation: 1 },
    spec: { image: 'tool:1' },
    status,
  });
}
interface Heard {
  heard: unknown[];
}
const listenToTabs = (tab: Page): Promise<unknown> =>
  tab.evaluate(() => {
    const own = globalThis as unknown as Heard;
    own.heard = [];
    new BroadcastChannel('neuro-session').onmessage = ({ data }) => own.heard.push(data);
  });
const heardFromTabs = (tab: Page): Promise<readonly unknown[]> =>
  tab.evaluate(() => (globalThis as unknown as Heard).heard);
const end = (name: string): void =>
  job(name, { phase: 'Failed', reason: 'Error', exitCode: 3, finishTime: new Date().toISOString() });

onPages({ browser: 'whole' }, (...started) => {
  [stage, alice] = started;
  ({ page } = alice);
  for (const name of ['train', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'])
    job(name, { phase: 'Running' });
  end('old');
});

interface Noted {
  readonly title: string;
  readonly body: string;
  /** The browser has shown it. */
  readonly isShown: boolean;
}
interface Notes {
  notes: { notification: Notification; title: string; body: string; isShown: boolean }[];
  asked: number;
}

/** Notes what is made and asked, and makes and asks it. */
function takeNotes(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    const own = globalThis as unknown as Notes & { Notification: typeof Notification };
    const Real = own.Notification;
    own.notes = [];
    own.asked = 0;
    own.Notification = class extends Real {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        const note = { notification: this, title, body: options?.body ?? '', isShown: false };
        own.notes.push(note);
        this.addEventListener('show', () => (note.isShown = true));
      }
      static override requestPermission(): Promise<NotificationPermission> {
        own.asked += 1;
        return Real.requestPermission();
      }
    };
  });
}

const notesOf = (tab: Page): Promise<readonly Noted[]> =>
  tab.evaluate(() =>
    (globalThis as unknown as Notes).notes.map(({ title, body, isShown }) => ({ title, body, isShown })),
  );
const titles = async (...tabs: readonly Page[]): Promise<readonly string[]> =>
  (await Promise.all(tabs.map(notesOf))).flat().map(({ title }) => title);
const see = (tab: Page, isSeen: boolean): Promise<void> =>
  tab.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    },
    isSeen ? 'visible' : 'hidden',
  );
const menu = () => page.getByRole('menuitemcheckbox', { name: item });
const isOn = async (): Promise<string | null> => {
  await page.getByRole('button', { name: /alice/ }).last().click();
  const checked = await menu().getAttribute('aria-checked');
  await page.keyboard.press('Escape');
  return checked;
};
async function choose(): Promise<void> {
  await page.getByRole('button', { name: /alice/ }).last().click();
  await menu().click();
}
const stored = (): Promise<Readonly<Record<string, string>>> =>
  page.evaluate(() => Object.fromEntries(Object.entries(localStorage)) as Record<string, string>);
const ready = (tab: Page): Promise<void> => tab.locator('[data-notifies=true]').waitFor({ state: 'attached' });
const told = (name: string): string => `${name}: Failed: exit code 3`;

test('the browser asks only when they are turned on; a refusal is shown, and nothing is kept', async () => {
  await takeNotes(alice.context);
  await alice.go('/n/alice/jobs');
  await page.getByRole('link', { name: 'train' }).waitFor();
  expect(await isOn()).toBe('false');
  expect(await page.evaluate(() => (globalThis as unknown as Notes).asked)).toBe(0);
  await choose();
  await page.getByText('The browser blocks notifications of this page.').waitFor();
  expect(await page.evaluate(() => (globalThis as unknown as Notes).asked)).toBe(1);
  expect(Object.keys(await stored())).not.toContain('neuro-notifications');
  await page.keyboard.press('Escape');
  await alice.context.grantPermissions(['notifications']);
  await alice.go('/n/alice/jobs');
  expect(await isOn()).toBe('false');
  await choose();
  await page.waitForFunction(() => localStorage.getItem('neuro-notifications') === 'on');
  await page.keyboard.press('Escape');
  await menu().waitFor({ state: 'detached' });
  expect(await axeFindings(page)).toEqual([]);
  expect(JSON.stringify(await stored())).not.toContain('alice');
});

test('a job that ends while the page is hidden is reported once, by one of two tabs; one that ended before is not', async () => {
  await alice.go('/n/alice/jobs');
  expect(await isOn()).toBe('true');
  await ready(page);
  await see(page, false);
  end('train');
  await untilTrue(async () => (await notesOf(page)).some(({ isShown }) => isShown));
  expect(await notesOf(page)).toEqual([{ title: told('train'), body: 'In the namespace alice', isShown: true }]);
  await listenToTabs(page);
  const other = await alice.context.newPage();
  await other.goto(page.url());
  await ready(other);
  await untilTrue(async () => (await heardFromTabs(page)).length > 0, 'the new tab says which session it has');
  expect(await heardFromTabs(page)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  await see(other, false);
  end('second');
  await untilTrue(async () => (await titles(page, other)).includes(told('second')));
  end('third');
  await untilTrue(async () => (await titles(page, other)).includes(told('third')));
  // A tab that is seen shows it on the page; no other tells it.
  await see(other, true);
  end('fourth');
  await other.getByRole('row').filter({ hasText: 'fourth' }).getByText('Failed').waitFor();
  await see(other, false);
  end('fifth');
  await untilTrue(async () => (await titles(page, other)).includes(told('fifth')));
  expect([...(await titles(page, other))].sort()).toEqual(['fifth', 'second', 'third', 'train'].map(told));
  // As if bob had logged in there.
  await page.route(/\/api\/session(\?|$)/, async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as object;
    await route.fulfill({
      response: answer,
      json: { ...session, user: { name: 'bob', groups: [] }, csrf: 'of-bob' },
    });
  });
  await other.evaluate(() => new BroadcastChannel('neuro-session').postMessage('of another session'));
  await page.getByRole('button', { name: 'User bob' }).waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await other.close();
});

test('access that is about to end and a date to rotate by are reported, without a value; a click leads there', async () => {
  await alice.go('/n/alice/secrets?show=shared');
  const soon = new Date(Date.now() + 600_000).toISOString();
  const share = (expiresAt?: string): void =>
    stage.cluster.put(configMapType, {
      metadata: { namespace, name: SHARED_WITH_ME_CONFIG_MAP, uid: 'uid-shared' },
      data: {
        one: JSON.stringify({
          ...{ uri: 'secret:/bob/key', namespace: 'bob', name: 'key', key: 'key', access: 'read', owner: 'bob' },
          expiresAt,
        }),
      },
    });
  share('2099-01-01T00:00:00Z');
  await page.getByText('secret:/bob/key').first().waitFor();
  await ready(page);
  await see(page, false);
  share(soon);
  await untilTrue(async () => (await titles(page)).includes('Your access to secret:/bob/key ends soon'));
  stage.cluster.put(userSecretType, {
    metadata: {
      ...{ namespace, name: 'db-password', uid: 'uid-db', generation: 1 },
      annotations: { [ANNOTATION_ROTATE_BY]: new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10) },
    },
    spec: { value: 'never-in-a-notification' },
  });
  await untilTrue(async () => (await titles(page)).includes('Rotate db-password soon'));
  end('sixth');
  await untilTrue(async () => (await titles(page)).includes(told('sixth')));
  expect(await titles(page)).toHaveLength(3);
  expect(JSON.stringify(await notesOf(page))).not.toContain('never-in');
  const click = (): Promise<unknown> =>
    page.evaluate(() => (globalThis as unknown as Notes).notes.at(-1)?.notification.dispatchEvent(new Event('click')));
  // What was typed is not lost by it.
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: 'Edit db-password' }).click();
  const field = page.getByRole('dialog', { name: /db-password/ }).getByRole('textbox', { name: /^Description/ });
  await field.fill('typed');
  await click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: /^Keep/ }).click();
  await question.waitFor({ state: 'detached' });
  expect(await field.inputValue()).toBe('typed');
  await click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await page.waitForURL(/\/n\/alice\/jobs\/sixth/);
});

test('turned off, nothing is reported; turned on again, only what ends from then on', async () => {
  await alice.go('/n/alice/jobs');
  await choose();
  await page.waitForFunction(() => localStorage.getItem('neuro-notifications') === null);
  await see(page, false);
  job('eighth', { phase: 'Running' });
  end('seventh');
  await page.getByRole('row').filter({ hasText: 'seventh' }).getByText('Failed').waitFor();
  await see(page, true);
  await menu().click();
  await page.waitForFunction(() => localStorage.getItem('neuro-notifications') === 'on');
  await page.keyboard.press('Escape');
  await alice.go('/n/alice/jobs');
  await ready(page);
  await see(page, false);
  end('eighth');
  await untilTrue(async () => (await titles(page)).length > 0);
  expect(await titles(page)).toEqual([told('eighth')]);
});

describe('a browser that', () => {
  let bob: BrowserUser;
  const bobs = (): Page => bob.page;

  beforeEach(async () => {
    bob = await stage.user('bob');
    await bob.context.grantPermissions(['notifications']);
  });
  afterEach(async () => {
    expect(bob.errors).toEqual([]);
    await bob.context.close();
  });

  const openMenu = (): Promise<void> => bobs().getByRole('button', { name: /bob/ }).last().click();
  const itsItem = () => bobs().getByRole('menuitemcheckbox', { name: item });
  const unsupported = 'This browser cannot show notifications of this page.';
  /** As browsers of telephones do, whose pages need a service worker for it. */
  const refuseToMake = (): Promise<unknown> =>
    bob.context.addInitScript(() => {
      const own = globalThis as unknown as { Notification: unknown };
      const illegal = function (): never {
        throw new TypeError("Failed to construct 'Notification': Illegal constructor.");
      };
      own.Notification = Object.assign(illegal, {
        permission: 'granted',
        requestPermission: (): Promise<string> => Promise.resolve('granted'),
      });
    });

  test('shows none of a page says so when they are turned on, and leaves them off', async () => {
    await refuseToMake();
    await bob.go('/n/alice/jobs');
    await openMenu();
    // It goes after seconds, so the page is watched before it comes.
    await Promise.all([bobs().getByRole('alert').getByText(unsupported).waitFor(), itsItem().click()]);
    await openMenu();
    expect(await itsItem().getAttribute('aria-checked')).toBe('false');
    await itsItem().getByText(unsupported).waitFor();
    expect(await bobs().evaluate(() => Object.keys(localStorage))).not.toContain('neuro-notifications');
  });

  test('shows none although they were turned on has the news on the page', async () => {
    await refuseToMake();
    await bob.context.addInitScript(() => localStorage.setItem('neuro-notifications', 'on'));
    await bob.go('/n/alice/jobs');
    await ready(bobs());
    await see(bobs(), false);
    job('ninth', { phase: 'Running' });
    end('ninth');
    await bobs().getByRole('alert').getByText(told('ninth')).waitFor();
  });

  test.each<[string, () => void]>([
    ['has no notifications at all', () => Reflect.deleteProperty(globalThis, 'Notification')],
    ['has no locks', () => Reflect.deleteProperty(Navigator.prototype, 'locks')],
  ])('%s says so in the menu', async (_case, without) => {
    await bob.context.addInitScript(without);
    await bob.go('/n/alice/jobs');
    await openMenu();
    await itsItem().getByText(unsupported).waitFor();
    expect(await itsItem().isDisabled()).toBe(true);
  });

  test('keeps nothing, as a private window can, has them on until the page is left', async () => {
    await bob.context.addInitScript(() => {
      Object.defineProperty(globalThis, 'localStorage', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await bob.go('/n/alice/jobs');
    await openMenu();
    await itsItem().click();
    await bobs().waitForFunction(() => document.querySelector('[data-notifies]') !== null);
    await bob.go('/n/alice/jobs');
    await openMenu();
    expect(await itsItem().getAttribute('aria-checked')).toBe('false');
  });
});
