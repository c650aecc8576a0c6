/** What can be reached and read, on screens of every width, in both colours. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { neuroJobType, neuroScheduleType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

/** 320: what a screen of 1280 has at 400 %. */
const widths = [320, 360, 390, 520, 640, 700, 768, 769, 780, 820, 900, 960, 1024, 1060, 1180, 1440, 1920, 2560];
const height = 800;

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const secret = (namespace: string, name: string) => ({
        metadata: { namespace, name, generation: 1 },
        spec: { value: 'x', description: 'The database of the reports' },
      });
      const grant = (namespace: string, name: string, to: string) => ({
        metadata: { namespace, name: `${name}-to-${to}` },
        spec: { secret: name, subject: { kind: 'User' as const, name: to }, access: 'manage' as const },
      });
      cluster.put(userSecretType, secret('alice', 'db-password'));
      cluster.put(userSecretType, secret('bob', 'model-registry'));
      for (const to of ['bob', 'carol', 'dan']) cluster.put(secretGrantType, grant('alice', 'db-password', to));
      const metadata = { namespace: 'alice', name: 'backup', generation: 1 };
      const jobTemplate = { name: 'backup' };
      cluster.put(neuroScheduleType, { metadata, spec: { schedule: '*/15 8-18 * * 1-5', jobTemplate } });
      cluster.put(secretGrantType, grant('bob', 'model-registry', 'alice'));
      const spec = { image: 'busybox:1', tags: ['nightly', 'report'], description: 'Sends the figures of the day' };
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'nightly-report' }, spec });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

describe.each([
  ['my secrets', '/n/alice/secrets', 'db-password', 4],
  ['secrets shared with me', '/n/alice/secrets?show=shared', 'model-registry', 3],
  ['jobs', '/n/alice/jobs', 'nightly-report', 1],
  ['schedules', '/n/alice/schedules', 'backup', 1],
])('%s', (_list, path, name, least) => {
  test('have their actions in sight at every width', async () => {
    await alice.go(path);
    const row = page.getByRole('row').filter({ hasText: name });
    const hidden: string[] = [];
    for (const width of widths) {
      await page.setViewportSize({ width, height });
      await row.waitFor();
      const buttons = await row
        .getByRole('cell')
        .last()
        .getByRole('button')
        .evaluateAll((elements) =>
          elements.map((element) => {
            const { left, top, width: wide, height: high } = element.getBoundingClientRect();
            const at = document.elementFromPoint(left + wide / 2, top + high / 2);
            // Not over the column before, either.
            const { left: start = NaN } = element.closest('[role=cell]')?.getBoundingClientRect() ?? {};
            const isHit = element.contains(at) && left >= start - 1;
            return { name: element.getAttribute('aria-label') ?? element.textContent, isHit };
          }),
        );
      expect(buttons.length).toBeGreaterThanOrEqual(least);
      const outside = await row.getByRole('cell').evaluateAll((cells) =>
        cells.flatMap((cell) => {
          const { right } = cell.getBoundingClientRect();
          return [...cell.querySelectorAll('button')]
            .filter((button) => button.getBoundingClientRect().right > right + 1)
            .map((button) => button.getAttribute('aria-label') ?? button.textContent);
        }),
      );
      hidden.push(...outside.map((name) => `${name} over the next column at ${String(width)}`));
      hidden.push(...buttons.filter(({ isHit }) => !isHit).map((button) => `${button.name} at ${String(width)}`));
      // What the page draws by script follows a moment later.
      await page.waitForFunction(() =>
        ['html', 'nav'].every((part) => {
          const { scrollWidth = NaN, clientWidth = NaN } = document.querySelector(part) ?? {};
          return scrollWidth === clientWidth;
        }),
      );
    }
    expect(hidden).toEqual([]);
    // The label of a button that is a link, too.
    await page.setViewportSize({ width: 320, height });
    const offCentre = await page.locator('main .mantine-Button-root:visible').evaluateAll((all) =>
      all.map((button) => {
        const middle = (element: Element | null): number => {
          const { top = NaN, height: high = NaN } = element?.getBoundingClientRect() ?? {};
          return top + high / 2;
        };
        return Math.abs(middle(button) - middle(button.querySelector('.mantine-Button-label')));
      }),
    );
    expect(Math.max(0, ...offCentre)).toBeLessThan(2);
  });
});

/** By its background, where the browser replaces the colours of the page. */
async function expectToStandOut(chosen: Locator, other: Locator): Promise<void> {
  await page.emulateMedia({ forcedColors: 'active' });
  const [one, two] = [chosen, other].map((element) =>
    element.first().evaluate((shown) => getComputedStyle(shown).backgroundColor),
  );
  expect(await one).not.toBe(await two);
  await page.emulateMedia({ forcedColors: 'none' });
}

describe('at first sight', () => {
  test('key and value of a new secret are on one line', async () => {
    await page.setViewportSize({ width: 1180, height });
    await alice.go('/n/alice/secrets');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const form = page.getByRole('form');
    const top = async (name: string): Promise<number> =>
      (await form.getByRole('textbox', { name, exact: true }).boundingBox())?.y ?? NaN;
    await form.getByLabel('Key').waitFor();
    expect(await top('Key')).toBeCloseTo(await top('Value'), 0);
    const middle = async (text: string): Promise<number> => {
      const box = await form.locator('label').filter({ hasText: text }).first().boundingBox();
      return box === null ? NaN : box.y + box.height / 2;
    };
    expect(await middle('Key')).toBeCloseTo(await middle('Value'), 0);
  });

  test('a key is not cut for the marks beside it, and a form leaves room for the list', async () => {
    const labels = { 'team-of-the-reports': 'yes', 'urgent-as-can-be': '' };
    stage.cluster.put(userSecretType, {
      metadata: { namespace: 'alice', name: 'token-of-payments', generation: 1, labels },
      spec: { generate: { type: 'Password' } },
    });
    await stage.reconcile();
    for (const width of [390, 820]) {
      await page.setViewportSize({ width, height: 500 });
      await alice.go('/n/alice/secrets?do=add');
      const key = page.getByRole('button', { name: 'token-of-payments', exact: true });
      await key.waitFor();
      expect(await key.evaluate((element) => [element.scrollWidth, element.clientWidth])).toEqual(
        await key.evaluate(({ clientWidth }) => [clientWidth, clientWidth]),
      );
      const list = await page.getByRole('region', { name: 'Secrets' }).boundingBox();
      expect(list?.height).toBeGreaterThan(150);
    }
    await page.setViewportSize({ width: 1280, height });
    stage.cluster.api.remove(userSecretType, { namespace: 'alice', name: 'token-of-payments' });
  });

  test('on a phone no field is wider than its dialog, and the buttons of a form take one line', async () => {
    await page.setViewportSize({ width: 360, height });
    await alice.go('/n/alice/secrets?secret=db-password&do=edit');
    const dialog = page.getByRole('dialog', { name: 'Edit db-password' });
    await dialog.getByLabel('Kept in history').waitFor();
    const { x = NaN, width = NaN } = (await dialog.boundingBox()) ?? {};
    const fields = await dialog
      .locator('input:visible, textarea:visible, select:visible')
      .evaluateAll((all) => all.map((field) => field.parentElement?.getBoundingClientRect().right ?? NaN));
    expect(fields.length).toBeGreaterThan(3);
    expect(fields.filter((right) => right > x + width)).toEqual([]);
    await alice.go('/n/alice/dashboard?card=custom-job');
    const top = async (name: string): Promise<number> =>
      (await page.getByRole('dialog').getByRole('button', { name, exact: true }).boundingBox())?.y ?? NaN;
    await page.getByRole('button', { name: 'RUN', exact: true }).waitFor();
    expect([await top('CANCEL'), await top('CHECK')]).toEqual([await top('RUN'), await top('RUN')]);
    await page.setViewportSize({ width: 1280, height });
  });

  test('first steps come first where there is nothing yet, and go when there is something', async () => {
    await alice.go('/n/new/dashboard');
    const headings = page.getByRole('main').getByRole('heading');
    await headings.getByText('First steps').waitFor();
    expect((await headings.allTextContents()).slice(0, 2)).toEqual(['Dashboard', 'First steps']);
    await page.getByRole('link', { name: 'Add a secret' }).click();
    await page.getByRole('form', { name: 'Add a secret' }).waitFor();
    await alice.go('/n/alice/dashboard');
    await page.getByText('nightly-report').first().waitFor();
    expect(await headings.getByText('First steps').count()).toBe(0);
  });

  test('a job that has ended offers no terminal, and shows what each secret was for', async () => {
    const status = { phase: 'Succeeded', podName: 'ended' } as const;
    const pulls = { image: 'busybox:1', imagePullSecrets: [{ name: 'registry-of-the-team' }, { name: 'mirror' }] };
    stage.cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'ended' }, spec: pulls, status });
    await alice.go('/n/alice/jobs/ended');
    await page.getByRole('tab', { name: 'Logs' }).waitFor();
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Overview', 'Logs', 'Events']);
    await page.getByText('registry-of-the-team').waitFor();
    await page.getByText('secret:mirror').waitFor();
    await alice.go('/n/alice/jobs/nightly-report');
    await page.getByRole('tab', { name: 'Terminal' }).waitFor();
    await expectToStandOut(page.getByRole('tab', { selected: true }), page.getByRole('tab', { selected: false }));
  });

  test('what is chosen stands out in forced colours', async () => {
    await alice.go('/n/alice/secrets?secret=db-password&do=share');
    const level = (name: string) => page.getByRole('dialog').getByRole('radio', { name, exact: true });
    await level('Read').waitFor();
    await expectToStandOut(level('Read'), level('Write'));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const lists = page.locator('main .mantine-SegmentedControl-label');
    await expectToStandOut(lists.and(page.locator('[data-active]')), lists.and(page.locator(':not([data-active])')));
    const pages = page.getByRole('navigation').getByRole('link');
    await expectToStandOut(
      pages.and(page.locator('[aria-current=page]')),
      pages.and(page.locator(':not([aria-current])')),
    );
  });

  test('a search is cleared by its button and by Esc, and says how much it found', async () => {
    stage.cluster.put(userSecretType, {
      metadata: { namespace: 'alice', name: 'other', generation: 1 },
      spec: { value: 'x' },
    });
    await stage.reconcile();
    await alice.go('/n/alice/secrets?q=db-pass');
    const search = page.getByRole('textbox', { name: 'Search secrets' });
    await page.getByRole('status').filter({ hasText: '1 of 2' }).waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('row').filter({ hasText: 'other' }).waitFor();
    expect(await search.inputValue()).toBe('');
    expect(page.url()).not.toContain('q=');
    await search.pressSequentially('other');
    await page.getByRole('status').filter({ hasText: '1 of 2' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('row').filter({ hasText: 'db-password' }).waitFor();
    expect(await search.inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await search.and(page.locator(':not(:focus)')).waitFor();
    stage.cluster.api.remove(userSecretType, { namespace: 'alice', name: 'other' });
  });

  test('a tooltip never covers the menu that its button opened', async () => {
    await alice.go('/n/alice/secrets');
    const more = page.getByRole('button', { name: 'More for db-password' });
    await more.hover();
    await page.getByRole('tooltip').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('tooltip').waitFor({ state: 'detached' });
    await page.mouse.move(0, 0);
    await more.hover();
    await page.getByRole('tooltip').waitFor();
    await more.click();
    await page.getByRole('menu').waitFor();
    const box = await more.boundingBox();
    for (const step of [3, 6, 9]) await page.mouse.move((box?.x ?? 0) + step, (box?.y ?? 0) + step);
    // One of another button shows after as long, so that of this one had its time.
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Edit db-password' }).hover();
    await page
      .getByRole('tooltip', { name: 'Edit db-password' })
      .or(page.getByText('Edit db-password', { exact: true }))
      .first()
      .waitFor();
    expect(await page.getByRole('tooltip').allTextContents()).toEqual(['Edit db-password']);
  });

  test('a log-out that fails says that the session continues', async () => {
    await alice.go('/n/alice/secrets');
    await page.route('**/api/session', (route) =>
      route.request().method() === 'DELETE' ? route.abort() : route.continue(),
    );
    await page.getByRole('button', { name: 'User alice' }).click();
    await page.getByRole('menuitem', { name: 'End this session' }).click();
    await page.getByRole('alert').filter({ hasText: 'You are still logged in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/n/alice/secrets');
    await page.unroute('**/api/session');
    alice.forgive();
  });
});

describe.each(['light', 'dark'] as const)('in %s colours', (colours) => {
  beforeAll(async () => {
    await page.setViewportSize({ width: 1280, height });
    await alice.go('/n/alice/secrets');
    const toggle = page.getByRole('button', { name: colours === 'dark' ? 'Dark colours' : 'Light colours' });
    if (await toggle.isVisible()) await toggle.click();
    await page.mouse.move(640, 0);
  });

  const states: readonly (readonly [string, string, () => Promise<void>])[] = [
    [
      'wrong fields',
      '/n/alice/secrets',
      async () => {
        await page.getByRole('button', { name: 'Add', exact: true }).click();
        await page.getByRole('form').getByRole('button', { name: 'Save' }).click();
        await page.getByText('The value is empty').waitFor();
      },
    ],
    [
      'a dialog with wrong fields',
      '/n/alice/dashboard',
      async () => {
        await page.getByRole('button', { name: 'RUN A JOB' }).nth(1).click();
        await page.getByRole('dialog').getByRole('button', { name: 'RUN', exact: true }).click();
        await page.getByRole('dialog').getByRole('alert').waitFor();
      },
    ],
    [
      'a message that something failed',
      '/n/alice/secrets',
      async () => {
        await page.evaluate(() => {
          Object.defineProperty(navigator.clipboard, 'writeText', {
            value: () => Promise.reject(new Error('Refused.')),
          });
        });
        await page.getByRole('button', { name: 'Copy value of db-password' }).click();
        await page.getByText('Could not copy').waitFor();
      },
    ],
    [
      'a refused request',
      '/n/alice/secrets',
      async () => {
        stage.cluster.denied.push((_user, question) => question.startsWith('delete '));
        await page.getByRole('button', { name: 'Delete db-password' }).click();
        await page.getByRole('button', { name: 'Yes, delete' }).click();
        await page.getByText(/was not deleted/).waitFor();
        stage.cluster.denied.length = 0;
      },
    ],
    [
      'the share dialog',
      '/n/alice/secrets',
      async () => {
        await page.getByRole('button', { name: 'Share db-password' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click();
        await page.getByRole('dialog').getByText('Whom?').or(page.getByText('Enter a name')).first().waitFor();
      },
    ],
    [
      'a job',
      '/n/alice/jobs/nightly-report',
      async () => page.getByRole('heading', { name: 'nightly-report' }).waitFor(),
    ],
  ];

  test.each(states)('%s can be read, and axe finds nothing', async (_state, path, reach) => {
    await alice.go(path);
    await reach();
    expect(await axeFindings(page)).toEqual([]);
    alice.forgive();
  });
});
