/**
 * A real Jupyter server in a job, opened from the console: cells run, and the terminal in it works. Runs where NEURO_TEST_JUPYTER is set
 * (`npm run test:jupyter`): it installs JupyterLab from the Python package index, and makes an image of half a gigabyte.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { jupyterImage, writeJupyterImage } from '../support/jupyter-image.ts';
import { eventually } from '../support/until.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import type { BrowserUser } from './console-world.ts';

const startMs = 900_000;
const pathMs = 300_000;
const isWanted = process.env['NEURO_TEST_JUPYTER'] === 'true';

(isWanted ? describe : describe.skip)('Jupyter in a job', () => {
  let stage: ConsoleStage;
  let alice: BrowserUser;
  let page: Page;

  beforeAll(async () => {
    stage = await startConsoleStage();
    const folder = mkdtempSync(join(tmpdir(), 'neuro-jupyter-'));
    await stage.cluster.cluster.loadImage(await writeJupyterImage(folder));
    rmSync(folder, { recursive: true, force: true });
    const made = await stage.cluster.apply('alice', {
      apiVersion: 'neu.ro/v1',
      kind: 'NeuroJob',
      metadata: { namespace: 'alice', name: 'jupyter' },
      spec: { image: jupyterImage, http: { port: 8888 } },
    });
    expect(made).toMatchObject({ code: 0 });
    await eventually(
      () => stage.cluster.kubectl('alice', ['logs', 'jupyter', '-n', 'alice']),
      ({ stdout }) => stdout.includes('is running at'),
      'Jupyter listens',
      pathMs,
    );
    alice = await stage.world.user('alice');
    await alice.go('/n/alice/jobs/jupyter');
    const coming = alice.context.waitForEvent('page');
    await alice.page.getByRole('button', { name: 'Open', exact: true }).click();
    page = await coming;
    page.setDefaultTimeout(pathMs);
  }, startMs);

  afterAll(() => stage.stop(), startMs);

  test(
    'a cell runs',
    async () => {
      await page
        .getByRole('button', { name: /Python 3/ })
        .or(page.locator('.jp-LauncherCard[title*="Python 3"]'))
        .first()
        .click();
      const cell = page.locator('.jp-CodeCell .cm-content').first();
      await cell.click();
      await page.keyboard.type('print(6 * 7, "from the kernel")');
      await page.keyboard.press('Shift+Enter');
      await page.locator('.jp-OutputArea-output', { hasText: '42 from the kernel' }).first().waitFor();
      await page.screenshot({ path: '/tmp/neuro-jupyter-cell.png' });
    },
    pathMs,
  );

  test(
    'the terminal in it works',
    async () => {
      const at = new URL(page.url()).origin;
      await page.goto(`${at}/lab?reset`);
      await page
        .locator('.jp-LauncherCard[title*="terminal" i], .jp-LauncherCard[data-category="Other"]')
        .first()
        .click();
      await page.locator('.jp-Terminal .xterm-helper-textarea').waitFor({ state: 'attached' });
      await page.locator('.jp-Terminal').click();
      await page.keyboard.type('echo terminal-$((40+2)) > /home/nonroot/said\n');
      await eventually(
        () =>
          stage.cluster.kubectl('alice', [
            'exec',
            'jupyter',
            '-n',
            'alice',
            '--',
            'bash',
            '-c',
            'echo $(</home/nonroot/said)',
          ]),
        ({ stdout }) => stdout.includes('terminal-42'),
        'the terminal has run the command',
        pathMs,
      );
      await page.screenshot({ path: '/tmp/neuro-jupyter-terminal.png' });
    },
    pathMs,
  );
});
