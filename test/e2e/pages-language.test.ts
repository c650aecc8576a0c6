/** The pages in German: chosen by the browser or by hand, whole, and as wide as the screen. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { NeuroSchedule, SecretGrantAccess, UserSecret } from '../../src/api/index.ts';
import { neuroJobType, neuroScheduleType, secretGrantType, userSecretType } from '../../src/controllers/resources.ts';
import { first as englishFirst } from '../../src/console/web/texts/en/first.ts';
import { pages as englishPages } from '../../src/console/web/texts/en/pages.ts';
import { first as germanFirst } from '../../src/console/web/texts/de/first.ts';
import { pages as germanPages } from '../../src/console/web/texts/de/pages.ts';
import { failure } from '../support/model-api.ts';
import { axeFindings } from './axe.ts';
import type { BrowserUser } from './console-world.ts';
import { choose, englishOn, isEnglish } from './english-on.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const height = 800;

const sicherung = {
  metadata: { namespace: 'alice', name: 'sicherung', generation: 1 },
  spec: { schedule: '0 3 * * *', jobTemplate: { name: 'sicherung' } },
  status: {
    observedGeneration: 1,
    activeCount: 1,
    lastScheduleTime: '2026-01-05T02:00:00Z',
    nextScheduleTime: '2226-01-05T02:00:00Z',
    lastFinished: { name: 'sicherung-1', phase: 'Failed', time: '2026-01-05T02:01:00Z' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'Scheduled', message: 'm', lastTransitionTime: '' }],
  },
} as const satisfies NeuroSchedule;
const containers = [{ usage: { cpu: '1234m', memory: '1536Mi' } }];
const measured = { status: 200, body: { timestamp: '2026-01-05T02:00:00Z', containers } };

let stage: PagesStage;
let english: BrowserUser;
let german: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      const secret = (namespace: string, name: string) => ({
        metadata: { namespace, name, generation: 1 },
        spec: { value: 'x', description: 'Berichtsdatenbank' },
      });
      const grant = (namespace: string, name: string, to: string, access: SecretGrantAccess = 'manage') => ({
        metadata: { namespace, name: `${name}-to-${to}` },
        spec: { secret: name, subject: { kind: 'User' as const, name: to }, access },
      });
      cluster.put(userSecretType, secret('alice', 'db-password'));
      cluster.put(userSecretType, secret('bob', 'model-registry'));
      cluster.put(secretGrantType, grant('alice', 'db-password', 'bob'));
      cluster.put(secretGrantType, grant('bob', 'model-registry', 'alice'));
      cluster.put(userSecretType, secret('bob', 'kopierbar'));
      cluster.put(secretGrantType, grant('bob', 'kopierbar', 'alice', 'copy'));
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'laufend' }, spec: { image: 'busybox:1' } });
      cluster.put(neuroScheduleType, sicherung);
      cluster.interceptions.push(({ path }) => (path.includes('/apis/metrics.k8s.io/') ? measured : undefined));
      const spec = { image: 'busybox:1', tags: ['nachts'], description: 'Zahlen des Tages', lifeSpan: '1d' };
      const status = { phase: 'Failed', reason: 'Error', exitCode: 3, podName: 'nightly-report' } as const;
      cluster.put(neuroJobType, { metadata: { namespace: 'alice', name: 'nightly-report' }, spec, status });
    },
  },
  (...started) => {
    [stage, english] = started;
  },
);

beforeAll(async () => {
  const ref = { namespace: 'alice', name: 'db-password' };
  const secret = stage.cluster.api.get(userSecretType, ref) as unknown as UserSecret;
  const former = { version: 'f0f0f0f0f0f0', secretName: 'db-f0', until: '2026-11-01T00:00:00Z', manager: 'argocd' };
  const status = { ...secret.status, changedBy: { manager: 'neuro', user: 'alice' }, history: [former] };
  stage.cluster.put(userSecretType, { ...secret, status });
  german = await stage.user('alice', { locale: 'de-AT' });
  ({ page } = german);
});

describe('the language of a page', () => {
  test('is that of the browser, in the first text that is drawn, and no other is loaded', async () => {
    const loaded = new Set<string>();
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) loaded.add(response.url());
    });
    await page.addInitScript(() => {
      const seen: string[] = [];
      (globalThis as unknown as { seen: string[] }).seen = seen;
      new MutationObserver(() => {
        const { body } = document as { body: HTMLElement | null };
        if (body !== null && body.innerText !== '') seen.push(`${document.documentElement.lang}: ${body.innerText}`);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await german.go('/n/alice/dashboard');
    await page.getByRole('heading', { name: germanPages.dashboard.title }).waitFor();
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    expect(seen.length).toBeGreaterThan(0);
    const lines = seen.flatMap((text) => text.split('\n'));
    expect(seen.filter((text) => !text.startsWith('de: '))).toEqual([]);
    expect(lines.filter((text) => isEnglish(text.replace(/^de: /, '')))).toEqual([]);
    const files = await Promise.all(Array.from(loaded, async (url) => (await page.request.get(url)).text()));
    expect(files.some((text) => text.includes(germanFirst.states.noSuchPage))).toBe(true);
    expect(files.some((text) => text.includes(germanPages.dashboard.failed))).toBe(true);
    expect(files.some((text) => text.includes(englishFirst.states.noSuchPage))).toBe(false);
    expect(files.some((text) => text.includes(englishPages.dashboard.failed))).toBe(false);
  });

  test('can be changed with a form half filled in, is remembered, and a shared address can ask for another', async () => {
    await english.go('/n/alice/secrets');
    const browser = english.page;
    await browser.getByRole('button', { name: englishFirst.actions.add, exact: true }).click();
    const form = browser.getByRole('form');
    await form.getByLabel(englishPages.secrets.key).fill('half-typed');
    await form.getByLabel(englishPages.secrets.description).fill('Noch nicht fertig');
    await choose(browser, englishFirst.app.userMenu('alice'), 'Deutsch');
    await browser.getByRole('button', { name: germanFirst.actions.save }).waitFor();
    expect(await form.getByLabel(germanPages.secrets.key).inputValue()).toBe('half-typed');
    expect(await form.getByLabel(germanPages.secrets.description).inputValue()).toBe('Noch nicht fertig');
    expect(await englishOn(browser)).toEqual([]);
    await english.go('/n/alice/jobs');
    await browser.getByRole('heading', { name: germanPages.jobs.title }).waitFor();
    expect(await browser.locator('html').getAttribute('lang')).toBe('de');
    await english.go('/n/alice/jobs?lang=en');
    await browser.getByRole('link', { name: englishFirst.nav.dashboard }).waitFor();
    expect(await browser.locator('html').getAttribute('lang')).toBe('en');
  });
});

describe('in German', () => {
  const inDialog = async (button: string): Promise<void> => {
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await page.getByRole('dialog').waitFor();
  };
  const secrets = germanPages.secrets;
  const states: readonly (readonly [string, string, () => Promise<void>])[] = [
    ['the dashboard', '/n/alice/dashboard', () => heading(germanPages.dashboard.title)],
    ['the secrets', '/n/alice/secrets', () => heading(secrets.title)],
    ['what is shared with me', '/n/alice/secrets?show=shared', () => row('model-registry')],
    ['what I share', '/n/alice/secrets?show=granted', () => row('db-password')],
    [
      'a new secret that is refused',
      '/n/alice/secrets',
      async () => {
        await page.getByRole('button', { name: germanFirst.actions.add, exact: true }).click();
        await page.getByRole('form').getByRole('button', { name: germanFirst.actions.save }).click();
        await page.getByText(germanPages.value.empty).waitFor();
      },
    ],
    [
      'an import with lines that are none',
      '/n/alice/secrets',
      async () => {
        await inDialog(secrets.import.button);
        await page.getByLabel(secrets.import.lines).fill("A=1\nB\nkein Name=2\nC='offen\n");
        await page.getByText(/nicht geschlossen/).waitFor();
      },
    ],
    [
      'the sharing of a secret',
      '/n/alice/secrets',
      async () => {
        await inDialog(secrets.shareLabel('db-password'));
        await page.getByRole('dialog').getByRole('button', { name: germanPages.share.submit, exact: true }).click();
        await page.getByText(germanPages.share.noName).waitFor();
      },
    ],
    ['the details of a secret', '/n/alice/secrets?secret=db-password', () => page.getByRole('dialog').waitFor()],
    [
      'the question before it is deleted',
      '/n/alice/secrets',
      async () => {
        await page
          .getByRole('button', { name: secrets.removeLabel('db-password'), exact: true })
          .first()
          .click();
        await page.getByRole('button', { name: secrets.confirm }).waitFor();
      },
    ],
    [
      'a job that was checked',
      '/n/alice/dashboard',
      async () => {
        await page.getByRole('button', { name: germanPages.dashboard.run }).nth(1).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel(germanPages.run.image).first().fill('busybox:1');
        await dialog.getByRole('button', { name: germanPages.run.check, exact: true }).click();
        await page.getByText(germanPages.check.words.makeJobs('alice')).waitFor();
      },
    ],
    [
      'the history of a secret',
      '/n/alice/secrets?secret=db-password',
      async () => {
        const history = page.getByRole('region', { name: germanPages.history.title });
        await history.getByRole('row').filter({ hasText: 'argocd' }).waitFor();
        await page.getByRole('button', { name: secrets.showLog }).click();
        await page.getByText(germanPages.secretLog.help).waitFor();
      },
    ],
    [
      'a copy with a line that is none',
      '/n/alice/secrets?show=shared',
      async () => {
        await inDialog(secrets.keepCopyLabel('secret:/bob/kopierbar'));
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('textbox', { name: germanPages.copies.labels }).fill('keines');
        await dialog.getByRole('button', { name: secrets.keepCopy, exact: true }).click();
        await dialog.getByText(germanPages.copies.noPair('keines')).waitFor();
      },
    ],
    [
      'what a job uses',
      '/n/alice/jobs/laufend',
      async () => {
        const usage = page.getByRole('region', { name: germanPages.use.title });
        await usage.getByText('1,234').first().waitFor();
        await usage.getByText('1,5 GiB').first().waitFor();
      },
    ],
    ['the schedules', '/n/alice/schedules', () => row('sicherung')],
    [
      'the administration',
      '/n/alice/admin',
      async () => {
        await heading(germanPages.admin.title);
        await page.getByRole('cell', { name: 'kopierbar' }).waitFor();
      },
    ],
    ['the jobs', '/n/alice/jobs', () => row('nightly-report')],
    ['a job', '/n/alice/jobs/nightly-report', () => heading('nightly-report')],
    ['the output of a job', '/n/alice/jobs/nightly-report?tab=logs', () => heading('nightly-report')],
    ['the events of a job', '/n/alice/jobs/nightly-report?tab=events', () => heading('nightly-report')],
    [
      'the palette',
      '/n/alice/dashboard',
      async () => {
        await page.keyboard.press('Control+k');
        await page.getByRole('option').first().waitFor();
      },
    ],
    [
      'the keys',
      '/n/alice/dashboard',
      async () => {
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
      },
    ],
    ['a page that is none', '/nowhere', () => page.getByText(germanFirst.states.noSuchPage).waitFor()],
  ];

  test('messages of the cluster are marked as English, beside German sentences', async () => {
    const fault = ({ path }: { readonly path: string }) =>
      path.includes('/usersecrets') ? failure(500, 'InternalError', 'etcdserver: request timed out') : undefined;
    stage.cluster.interceptions.push(fault);
    try {
      await german.go('/n/alice/secrets');
      const said = page.locator('[lang=en]').filter({ hasText: 'Etcdserver: request timed out.' });
      await said.first().waitFor();
      expect(await englishOn(page)).toEqual([]);
      expect(await page.getByText(germanFirst.states.offlineUnread).getAttribute('lang')).toBeNull();
    } finally {
      stage.cluster.interceptions.splice(stage.cluster.interceptions.indexOf(fault), 1);
      german.forgive();
    }
  });

  test.each(states)('%s has no English text, fits a telephone, and axe finds nothing', async (state, path, reach) => {
    const problems: string[] = [];
    const [narrow, wide] = [390, 1180];
    await page.setViewportSize({ width: narrow, height });
    await german.go(path);
    await reach();
    for (const width of [narrow, wide]) {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
      problems.push(...(await englishOn(page)).map((text) => `at ${String(width)}: ${text}`));
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) problems.push(`at ${String(width)}: ${String(overflow)} px too wide`);
      problems.push(...(await axeFindings(page)));
      await picture(page, `${state} ${String(width)}`);
    }
    expect(problems).toEqual([]);
    german.forgive();
  });

  const heading = (name: string): Promise<void> => page.getByRole('heading', { name, exact: true }).first().waitFor();
  const row = (text: string): Promise<void> => page.getByRole('row').filter({ hasText: text }).first().waitFor();
});

/** In the folder that NEURO_TEST_PICTURES names, for a person to look at. */
async function picture(of: Page, name: string): Promise<void> {
  const folder = process.env['NEURO_TEST_PICTURES'];
  if (folder !== undefined) await of.screenshot({ path: join(folder, `german ${name}.png`.replaceAll(' ', '-')) });
}
