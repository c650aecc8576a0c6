/**
 * A real Jupyter server in a job, opened in each of the three ways: cells run, and the terminal in it works. Runs where NEURO_TEST_JUPYTER is set
 * (`npm run test:jupyter`): it installs JupyterLab from the Python package index, and makes an image of a quarter of a gigabyte.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { jupyterImage, writeJupyterImage } from '../support/jupyter-image.ts';
import { eventually } from '../support/until.ts';
import { startCli } from './cli-process.ts';
import { startConsoleStage, type ConsoleStage } from './console-stage.ts';
import { makeEditor, serveConsole, visit } from './console-session.ts';

const startMs = 900_000;
const pathMs = 300_000;
/** Shorter, so that a failure names its step. The first kernel compiles its modules. */
const stepMs = 120_000;
const isWanted = process.env['NEURO_TEST_JUPYTER'] === 'true';

let stage: ConsoleStage;

/** Opens the page of the job; `close` ends what serves it. */
type Open = () => Promise<{ readonly page: Page; close(): Promise<void> }>;

const ways: readonly (readonly [string, Open])[] = [
  [
    'neuro console',
    async () => {
      const alice = await stage.world.user('alice');
      await alice.go('/n/alice/jobs/jupyter');
      return { page: await pressOpen(alice.page), close: () => alice.close() };
    },
  ],
  [
    'the console in the cluster',
    async () => {
      const robot = await makeEditor(stage.cluster, 'alice');
      const served = await serveConsole(stage.cluster, ['--job-domain', 'localhost']);
      const guest = await visit(stage.world, served, robot.token);
      await guest.page.goto(`${served.origin}/n/alice/jobs/jupyter`);
      return {
        page: await pressOpen(guest.page),
        close: async () => {
          await guest.context.close();
          await served.stop();
        },
      };
    },
  ],
  [
    'neuro port-forward --open',
    async () => {
      const forward = startCli(stage.cluster.cluster.kubeconfigPath('alice'), ['port-forward', '--open', 'jupyter']);
      await forward.until('Press ^C');
      const [address = ''] = /http:\/\/jupyter\.localhost:\d+\//.exec(forward.out().toString()) ?? [];
      const context = await stage.world.browser.newContext();
      const page = await context.newPage();
      await page.goto(address);
      return {
        page,
        close: async () => {
          await context.close();
          forward.signal('SIGINT');
          await forward.ended;
        },
      };
    },
  ],
];

(isWanted ? describe : describe.skip)('Jupyter in a job', () => {
  beforeAll(async () => {
    stage = await startConsoleStage();
    const folder = mkdtempSync(join(tmpdir(), 'neuro-jupyter-'));
    try {
      await stage.cluster.cluster.loadImage(await writeJupyterImage(folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
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
  }, startMs);

  afterAll(() => stage.stop(), startMs);

  describe.each(ways)('through %s', (way, open) => {
    let opened: Awaited<ReturnType<Open>>;
    let picture = 0;

    beforeAll(async () => {
      opened = await open();
      opened.page.setDefaultTimeout(stepMs);
    }, pathMs);

    afterEach(() => keepPicture(opened.page, `${way} ${String((picture += 1))}`));
    afterAll(() => opened.close(), pathMs);

    test(
      'a cell runs',
      async () => {
        const { page } = opened;
        await toLauncher(page);
        await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
        // The indicator of the notebook says idle before there is a kernel, and a cell that is run then is not.
        await page.getByText('Python 3 (ipykernel) | Idle').waitFor();
        await page.locator('.jp-Notebook:visible .jp-CodeCell .cm-content').first().click();
        await page.keyboard.type(`print(6 * 7, "${way}".upper())`);
        await page.keyboard.press('Shift+Enter');
        await page
          .locator('.jp-OutputArea-output', { hasText: `42 ${way.toUpperCase()}` })
          .first()
          .waitFor();
      },
      pathMs,
    );

    test(
      'the terminal in it works',
      async () => {
        const { page } = opened;
        await toLauncher(page);
        await page.locator('.jp-LauncherCard[title*="terminal" i]').first().click();
        await page.locator('.jp-Terminal .xterm-helper-textarea').waitFor({ state: 'attached' });
        await page.locator('.jp-Terminal').click();
        await page.keyboard.type(`echo "$((40+2)) ${way}" > $HOME/said\n`);
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
              'echo "$(<$HOME/said)"',
            ]),
          ({ stdout }) => stdout.trim() === `42 ${way}`,
          'the terminal has run the command',
          pathMs,
        );
      },
      pathMs,
    );
  });
});

async function pressOpen(from: Page): Promise<Page> {
  const coming = from.context().waitForEvent('page');
  await from.getByRole('button', { name: 'Open', exact: true }).click();
  const page = await coming;
  await page.waitForURL(/\/lab/, { timeout: pathMs });
  return page;
}

/** The first page of JupyterLab, without what was open before. */
async function toLauncher(page: Page): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/lab?reset`);
  await page.locator('.jp-Launcher').first().waitFor();
}

/** In the folder that NEURO_TEST_PICTURES names, for a person to look at. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['NEURO_TEST_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}.png`) });
}
