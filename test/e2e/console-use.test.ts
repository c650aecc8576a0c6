/** What a job uses over time, from the real metrics-server and the real kubelet: in the console, and in `neuro top`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import { buildLimitMs } from '../support/built-tool.ts';
import { installMetricsServer, uninstallMetricsServer } from '../support/metrics-server.ts';
import { eventually } from '../support/until.ts';
import { axeFindings } from './axe.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import type { BrowserUser } from './console-world.ts';

const pathMs = 180_000;
const widths = [390, 820, 1180, 1920];

let stage: ConsoleStage;
let alice: BrowserUser;

beforeAll(async () => {
  stage = await startConsoleStage();
  const made = await stage.cluster.apply('alice', {
    apiVersion: 'neu.ro/v1',
    kind: 'NeuroJob',
    metadata: { namespace: 'alice', name: 'busy' },
    spec: {
      image: 'busybox:1',
      // Counts without an end, within its limit, and holds some memory.
      args: ['sh', '-c', 'x=$(head -c 4000000 /dev/zero | tr "\\0" x); while :; do :; done'],
      resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '50m', memory: '64Mi' } },
    },
  });
  expect(made).toMatchObject({ code: 0 });
  await eventually(
    () => stage.cluster.kubectl('alice', ['get', 'neurojob/busy', '-n', 'alice', '-o', 'jsonpath={.status.phase}']),
    ({ stdout }) => stdout === 'Running',
    'the job runs',
  );
  alice = await stage.world.user('alice');
});

afterAll(async () => {
  await uninstallMetricsServer(stage.cluster);
  await stage.stop();
});

const card = (): Locator => alice.page.getByRole('region', { name: 'Resource usage' });
const figure = (resource: string, name: string): Promise<string> =>
  card()
    .locator('div', { has: alice.page.getByText(resource, { exact: true }) })
    .last()
    .locator('dl > div', { has: alice.page.getByText(name, { exact: true }) })
    .locator('dd')
    .innerText();

test('without metrics-server the card says what is missing, and shows requests and limits', async () => {
  await alice.go('/n/alice/jobs/busy');
  // Her role gets the right with metrics-server, so that she cannot know more.
  await card().getByText('the cluster needs metrics-server').waitFor();
  expect(await figure('CPU (cores)', 'Limit')).toBe('0.050');
  expect(await figure('Memory', 'Request')).toBe('32 MiB');
});

test('an administrator, who has every right, reads that metrics-server has to be installed', async () => {
  const admin = await stage.world.user('admin');
  await admin.go('/n/alice/jobs/busy');
  await admin.page.getByText('The administrator can install metrics-server').waitFor();
  await admin.close();
});

describe('with metrics-server', () => {
  beforeAll(() => installMetricsServer(stage.cluster), buildLimitMs);

  test('the card shows what the kubelet measures, and how it continues', async () => {
    await alice.go('/n/alice/jobs/busy');
    const chart = card().getByRole('img', {
      name: /^CPU \(cores\) over time: now 0\.\d+, highest 0\.\d+, limit 0\.050$/,
    });
    await chart.waitFor({ timeout: pathMs });
    const used = Number(await figure('CPU (cores)', 'Now'));
    expect(used).toBeGreaterThan(0.01);
    expect(used).toBeLessThan(0.08);
    expect(await figure('Memory', 'Now')).toMatch(/^\d+(\.\d)? MiB$/);
    const points = (): Promise<number> =>
      chart
        .locator('path')
        .last()
        .evaluate((path) => (path.getAttribute('d') ?? '').split('L').length);
    await eventually(points, (count) => count >= 3, 'a third measure', pathMs);
    // It is still there after a look at another tab of the job.
    await alice.page.getByRole('tab', { name: 'Events' }).click();
    await alice.page.getByRole('tab', { name: 'Overview' }).click();
    expect(await points()).toBeGreaterThanOrEqual(3);
  });

  test.each(['light', 'dark'] as const)(
    'in %s colours nothing is wrong for axe, and nothing overflows at any width',
    async (colorScheme) => {
      const { page } = alice;
      await page.emulateMedia({ colorScheme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 });
        await alice.go('/n/alice/jobs/busy');
        await card().getByRole('img').first().waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        expect(await axeFindings(page)).toEqual([]);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  );

  test('neuro top says it for a job that is named, with requests and limits', async () => {
    const { out } = await eventually(
      () => stage.typed.alice(['top', 'busy']),
      ({ code, out: text }) => code === 0 && /busy +cpu +0\.\d+ /.test(text),
      'a measure',
    );
    expect(out).toMatch(/^ID\/NAME +RESOURCE +USED +REQUEST +LIMIT +SINCE THE START OF THIS COMMAND\n/);
    expect(out).toMatch(/busy +cpu +0\.\d{3} +0\.020 +0\.050 +[▁▂▃▄▅▆▇█]\n/);
    expect(out).toMatch(/busy +memory +\d+(\.\d)? MiB +32 MiB +64 MiB +[▁▂▃▄▅▆▇█]\n/);
  });

  test('someone without rights to the job is refused', async () => {
    const bob = await stage.typed.bob(['top', 'busy', '-n', 'alice']);
    expect(bob.code).toBe(77);
  });
});
