/**
 * Long lists in a real browser: thousands of secrets and jobs are loaded, scrolled, searched and sorted, and changes come in meanwhile. Measures
 * how long each frame took and which tasks held the page up (more than 50 ms, as browsers count them).
 */
import type { Page } from 'playwright-core';
import { startCluster } from '../../../tools/devcluster/index.ts';
import { applyCrds, testClusterOf, type TestCluster } from '../../support/cluster.ts';
import { startConsoleWorld, type BrowserUser } from '../../e2e/console-world.ts';
import { percentile } from '../operator/percentile.ts';

const namespace = 'alice';
const atATime = 32;
const wheelSteps = 120;
/** A notch of a wheel, and a scroll bar that is flung: two screens at once, so that each row of each frame is another. */
const notchPixels = 120;
const flungPixels = 1_500;
/** As a fast typist. */
const keyDelayMs = 60;

interface Felt {
  readonly framesMs: readonly number[];
  readonly longTasksMs: readonly number[];
}

export async function benchLists(secrets: number, jobs: number): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const cluster = await startCluster({ name: `bench-lists-${String(process.pid)}`, node: false });
  try {
    await applyCrds(cluster);
    const test = await testClusterOf(cluster);
    const home = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, annotations: { 'neu.ro/user': namespace } },
    };
    const owner = [
      'create',
      'rolebinding',
      'owner',
      '-n',
      namespace,
      '--clusterrole=cluster-admin',
      `--user=${namespace}`,
    ];
    for (const { code, stderr } of [await test.apply('admin', home), await test.kubectl('admin', owner)])
      if (code !== 0) throw new Error(stderr);
    await fill(test, 'usersecrets', secrets, secretOf);
    await fill(test, 'neurojobs', jobs, jobOf);
    say(`${String(secrets)} secrets and ${String(jobs)} jobs are there`);
    const world = await startConsoleWorld(test.cluster);
    try {
      const user = await world.user(namespace);
      await measureList(say, user, {
        path: 'secrets',
        count: secrets,
        search: 'Search secrets',
        words: 'secret-4',
        sort: 'Version',
      });
      await measureList(say, user, {
        path: 'jobs',
        count: jobs,
        search: 'Search jobs',
        words: 'job-1',
        sort: 'Status',
      });
      await user.go(`/n/${namespace}/secrets`);
      await user.page.getByRole('table').waitFor();
      const felt = await feel(user.page, async () => {
        await Promise.all([changeMany(test, secrets), scroll(user.page, notchPixels)]);
      });
      say(`secrets, scrolled by the wheel while 100 of them change: ${words(felt)}`);
    } finally {
      await world.stop();
    }
  } finally {
    await cluster.down();
  }
}

interface ListPage {
  readonly path: 'secrets' | 'jobs';
  readonly count: number;
  readonly search: string;
  readonly words: string;
  readonly sort: string;
}

async function measureList(
  say: (line: string) => void,
  { page, go }: BrowserUser,
  { path, count, search, words: typed, sort }: ListPage,
): Promise<void> {
  const startMs = performance.now();
  await go(`/n/${namespace}/${path}`);
  await page.locator(`[role=table][aria-rowcount="${String(count + 1)}"]`).waitFor({ timeout: 60_000 });
  say(
    `${path}: all ${String(count)} shown ${(performance.now() - startMs).toFixed(0)} ms after the address was opened`,
  );
  say(`${path}, scrolled by the wheel: ${words(await feel(page, () => scroll(page, notchPixels)))}`);
  say(`${path}, flung through: ${words(await feel(page, () => scroll(page, flungPixels)))}`);
  const box = page.getByRole('textbox', { name: search }).or(page.getByPlaceholder(search)).first();
  await box.click();
  say(`${path}, searched: ${words(await feel(page, () => page.keyboard.type(typed, { delay: keyDelayMs })))}`);
  say(`${path}, search taken back: ${words(await feel(page, () => box.fill('')))}`);
  const title = page.getByRole('columnheader').getByRole('button', { name: sort });
  say(`${path}, sorted anew: ${words(await feel(page, () => title.click()))}`);
}

async function scroll(page: Page, pixels: number): Promise<void> {
  await page.mouse.move(700, 500);
  for (let step = 0; step < wheelSteps; step += 1) await page.mouse.wheel(0, pixels);
}

/** Frames and long tasks of the page while something is done to it, and half a second longer. */
async function feel(page: Page, act: () => Promise<void>): Promise<Felt> {
  const felt = page.evaluateHandle(() => {
    const framesMs: number[] = [];
    const longTasksMs: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasksMs.push(duration);
    });
    observer.observe({ type: 'longtask' });
    let last = performance.now();
    let isOver = false;
    const frame = (): void => {
      const now = performance.now();
      framesMs.push(now - last);
      last = now;
      if (!isOver) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return {
      end: () => {
        isOver = true;
        observer.disconnect();
        return { framesMs, longTasksMs };
      },
    };
  });
  const handle = await felt;
  await act();
  await page.waitForTimeout(500);
  return handle.evaluate(({ end }) => end());
}

function words({ framesMs, longTasksMs }: Felt): string {
  const at = (share: number): string => percentile(framesMs, share).toFixed(0);
  const longest = Math.max(0, ...longTasksMs).toFixed(0);
  const tasks =
    longTasksMs.length === 0 ? 'no long task' : `${String(longTasksMs.length)} long tasks, the longest ${longest} ms`;
  return `frames p50 ${at(50)} ms, p95 ${at(95)} ms, p99 ${at(99)} ms of ${String(framesMs.length)}; ${tasks}`;
}

interface Made {
  readonly object: unknown;
  readonly status: unknown;
}

async function fill(
  test: TestCluster,
  plural: string,
  count: number,
  objectOf: (index: number) => Made,
): Promise<void> {
  const path = `/apis/neu.ro/v1/namespaces/${namespace}/${plural}`;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const { object, status } = objectOf(next++);
      const made = await test.request<{ readonly metadata: { readonly name: string } }>({
        method: 'POST',
        path,
        body: object,
      });
      await test.request({
        method: 'PATCH',
        path: `${path}/${made.metadata.name}/status`,
        body: { status },
        contentType: 'application/merge-patch+json',
      });
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

async function changeMany(test: TestCluster, count: number): Promise<void> {
  for (let index = 0; index < 100; index += 1) {
    await test.request({
      method: 'PATCH',
      path: `/apis/neu.ro/v1/namespaces/${namespace}/usersecrets/secret-${String((index * 37) % count)}`,
      body: { spec: { description: `changed ${String(index)}` } },
      contentType: 'application/merge-patch+json',
    });
  }
}

const hour = 3_600_000;
const timeOf = (index: number): string =>
  new Date(Date.parse('2026-11-25T12:00:00Z') - index * hour).toISOString().replace('.000', '');

function secretOf(index: number): Made {
  const time = timeOf(index % 2_000);
  return {
    object: {
      apiVersion: 'neu.ro/v1',
      kind: 'UserSecret',
      metadata: { name: `secret-${String(index)}` },
      // As large as a sealed password.
      spec: {
        sealed: { value: 'x'.repeat(1_700) },
        description: index % 3 === 0 ? `What secret ${String(index)} is for` : undefined,
      },
    },
    status: {
      version: index.toString(16).padStart(12, '0'),
      updatedAt: time,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Ready',
          message: '',
          observedGeneration: 1,
          lastTransitionTime: time,
        },
      ],
    },
  };
}

const ends = [
  { phase: 'Succeeded', reason: 'Completed', exitCode: 0 },
  { phase: 'Failed', reason: 'Error', exitCode: 1, message: 'exit code 1' },
  { phase: 'Cancelled', reason: 'UserRequested' },
  { phase: 'Running' },
] as const;

function jobOf(index: number): Made {
  const end = ends[index % ends.length] ?? ends[0];
  const time = timeOf(index % 2_000);
  return {
    object: {
      apiVersion: 'neu.ro/v1',
      kind: 'NeuroJob',
      metadata: { name: `job-${String(index)}` },
      spec: {
        image: 'busybox:1',
        args: ['sleep', '60'],
        tags: index % 5 === 0 ? ['nightly'] : undefined,
        env: [{ name: 'SECRET', fromSecret: { name: `secret-${String(index)}` } }],
      },
    },
    status: { ...end, startTime: time, ...(end.phase === 'Running' ? {} : { finishTime: time }) },
  };
}
