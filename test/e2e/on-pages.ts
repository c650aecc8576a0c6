/** For test files of the console's pages: a stage, alice in front of it, and no error in the console of her browser. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { ModelCluster } from '../support/console/model-cluster.ts';
import type { BrowserUser } from './console-world.ts';
import { startPagesStage, type PagesOptions, type PagesStage } from './pages-stage.ts';

/**
 * For a test file: begins with a stage that `fill` has filled, and with alice in front of it; `ready` gets both. After each test no error
 * may stand in the console of her browser.
 */
export function onPages(
  { fill, ...options }: PagesOptions & { readonly fill?: (cluster: ModelCluster) => void },
  ready: (stage: PagesStage, alice: BrowserUser) => void,
): void {
  let stage: PagesStage;
  let alice: BrowserUser;
  beforeAll(async () => {
    stage = await startPagesStage(options);
    fill?.(stage.cluster);
    await stage.reconcile();
    alice = await stage.user('alice');
    ready(stage, alice);
  });
  afterAll(() => stage.stop());
  afterEach(() => {
    const errors = [...alice.errors];
    alice.forgive();
    expect(errors).toEqual([]);
  });
}
