/** The output of a job and its terminal. */
import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { neuroJobType } from '../../src/controllers/resources.ts';
import type { NeuroJob } from '../../src/api/index.ts';
import { failure } from '../support/model-api.ts';
import type { BrowserUser } from './console-world.ts';
import { onPages } from './on-pages.ts';
import type { PagesStage } from './pages-stage.ts';

const lines = 20_000;

let stage: PagesStage;
let alice: BrowserUser;
let page: Page;

onPages(
  {
    fill: (cluster) => {
      for (const name of ['long', 'ticker', 'ends', 'unread', 'shell'])
        cluster.put(neuroJobType, { metadata: { namespace: 'alice', name }, spec: { image: 'busybox:1' } });
    },
  },
  (...started) => {
    [stage, alice] = started;
    ({ page } = alice);
  },
);

let clockMs = Date.parse('2026-11-28T08:00:00Z');
/** With the time in front of it, as the API server sends it. Some lines are wider than the page. */
function line(text: string): string {
  clockMs += 1;
  return `${new Date(clockMs).toISOString().replace('Z', '000000Z')} ${text}\n`;
}

const log = () => page.getByRole('log');
const bar = () => page.getByRole('status', { name: 'State of the output' });

describe('following', () => {
  test(`${String(lines)} lines are followed to their end each time the page is opened, and as more come`, async () => {
    const wide = 'x'.repeat(400);
    const text = Array.from({ length: lines }, (_, index) =>
      line(`line ${String(index + 1)}${index % 7 === 1 ? ` ${wide}` : ''}`),
    );
    stage.cluster.print('long', text.join(''));
    for (let load = 1; load <= 6; load += 1) {
      await alice.go('/n/alice/jobs/long?tab=logs');
      await log()
        .getByText(`line ${String(lines)}`, { exact: true })
        .waitFor();
      const more = `more ${String(load)}`;
      stage.cluster.print('long', line(more));
      await log().getByText(more, { exact: true }).waitFor();
      // Only what is paused has this button; it would come with the line.
      expect(await page.getByRole('button', { name: /Paused/ }).count()).toBe(0);
    }
  });

  test('is as high as its lines at once where people want less motion', async () => {
    await alice.go('/n/alice/jobs/long?tab=logs');
    await log()
      .getByText(`line ${String(lines)}`, { exact: true })
      .waitFor();
    const transitions = await log().evaluate((element) => {
      const content = element.firstElementChild as HTMLElement;
      const { height } = content.style;
      content.style.height = '1px';
      const started = content.getAnimations().length;
      content.style.height = height;
      return started;
    });
    expect(transitions).toBe(0);
  });

  test('ends when the user scrolls up, shows what is new, and starts again by the button and at the end', async () => {
    await alice.go('/n/alice/jobs/long?tab=logs');
    await log()
      .getByText(`line ${String(lines)}`, { exact: true })
      .waitFor();
    await log().hover();
    await page.mouse.wheel(0, -3_000);
    await page.getByRole('button', { name: /Paused/ }).waitFor();
    stage.cluster.print('long', line('unseen'));
    await page.getByRole('button', { name: /1 new/ }).click();
    await log().getByText('unseen', { exact: true }).waitFor();
    await page.getByRole('button', { name: /Paused/ }).waitFor({ state: 'detached' });
    await log().press('PageUp');
    await page.getByRole('button', { name: /Paused/ }).waitFor();
    await log().press('End');
    await page.getByRole('button', { name: /Paused/ }).waitFor({ state: 'detached' });
  });
});

describe('the bar above the output', () => {
  test('shows Interrupted, and no refusal, while an API server that has just started refuses', async () => {
    stage.cluster.print('ticker', line('tick 1'));
    await alice.go('/n/alice/jobs/ticker?tab=logs');
    await log().getByText('tick 1').waitFor();
    const said = new Set<string>();
    await page.exposeFunction('barSays', (text: string) => void said.add(text));
    await bar().evaluate((element) => {
      const { barSays } = globalThis as unknown as { readonly barSays: (text: string) => void };
      new MutationObserver(() => barSays(element.textContent)).observe(element, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    let refusals = 0;
    stage.cluster.interceptions.push(({ path }) => {
      if (!path.endsWith('/log') || refusals === 2) return undefined;
      refusals += 1;
      const forbidden = 'pods "ticker" is forbidden: User "alice" cannot get resource "pods/log" in API group ""';
      return failure(403, 'Forbidden', `${forbidden} in the namespace "alice"`);
    });
    await stage.cluster.stop();
    await bar()
      .getByText(/Interrupted/)
      .waitFor();
    await stage.cluster.start();
    stage.cluster.print('ticker', line('tick 2'));
    await log().getByText('tick 2').waitFor();
    await bar().getByText('Live').waitFor();
    expect(refusals).toBe(2);
    expect([...said].filter((text) => /permission|forbidden/i.test(text))).toEqual([]);
    stage.cluster.interceptions.length = 0;
    alice.forgive();
  });

  test('reports a missing right if it stays missing', async () => {
    const forbidden = 'pods "ticker" is forbidden: User "alice" cannot get resource "pods/log" in API group ""';
    stage.cluster.interceptions.push(({ path }) =>
      path.endsWith('/log') ? failure(403, 'Forbidden', `${forbidden} in the namespace "alice"`) : undefined,
    );
    await alice.go('/n/alice/jobs/ticker?tab=logs');
    await bar().getByText('You don’t have permission to read the output of jobs in the namespace alice.').waitFor();
    stage.cluster.interceptions.length = 0;
    // A right that is given shows without a reload.
    await log().getByText('tick 2').waitFor();
  });

  test('is not Live when the job has ended', async () => {
    stage.cluster.print('ends', line('last words'));
    await alice.go('/n/alice/jobs/ends?tab=logs');
    await bar().getByText('Live').waitFor();
    const ref = { namespace: 'alice', name: 'ends' };
    const job = stage.cluster.api.get(neuroJobType, ref) as unknown as NeuroJob & {
      readonly metadata: { readonly name: string };
    };
    const status = { ...job.status, phase: 'Failed', reason: 'Error', exitCode: 3 };
    // The stream stays open for a while longer.
    stage.cluster.put(neuroJobType, { ...job, status });
    await page
      .getByText(/^Failed/)
      .first()
      .waitFor();
    await bar().getByText('Reading the last lines').waitFor();
    expect(await bar().getByText('Live').count()).toBe(0);
    // From the node, which has no time before it and is no output.
    stage.cluster.print('ends', 'failed to create fsnotify watcher: too many open files');
    stage.cluster.endOutput('ends');
    await bar().getByText('End of the output').waitFor();
    expect(await log().getByText('last words').count()).toBe(1);
    expect(await log().getByText('fsnotify').count()).toBe(0);
    stage.cluster.print('unread', 'failed to open log file "/var/log/pods/0.log"');
    stage.cluster.endOutput('unread');
    const unread = {
      ...job,
      metadata: { namespace: 'alice', name: 'unread' },
      status: { ...status, podName: 'unread' },
    };
    stage.cluster.put(neuroJobType, unread);
    await alice.go('/n/alice/jobs/unread?tab=logs');
    await bar().getByText('The node cannot read the output (failed to open log file "/var/log/pods/0.log")').waitFor();
  });
});

test.each(['DejaVu Sans Mono', 'Liberation Mono'])('a terminal shows underscores in %s', async (font) => {
  await page.addInitScript((name) => {
    document.addEventListener('DOMContentLoaded', () => {
      document.documentElement.style.setProperty('--mantine-font-family-monospace', `"${name}"`);
      document.documentElement.style.setProperty('--mono', `"${name}"`);
    });
  }, font);
  await alice.go('/n/alice/jobs/shell?tab=terminal');
  await page.locator('.xterm-rows').getByText('/ #').waitFor();

  await page.locator('.xterm').click();
  const rows = page.locator('.xterm-rows > div');
  const pictureOf = async (index: number): Promise<Buffer> => {
    const box = await rows.nth(index).boundingBox();
    if (box === null) throw new Error('no row');
    // After the prompt, where the cursor is not.
    return page.screenshot({ clip: { ...box, x: box.x + 40, width: 120 }, animations: 'disabled' });
  };
  await page.keyboard.type('________________________\n');
  await rows.nth(1).getByText('/ #').waitFor();
  await page.keyboard.type('                        \n');
  await rows.nth(2).getByText('/ #').waitFor();
  expect((await pictureOf(0)).equals(await pictureOf(1))).toBe(false);
});
