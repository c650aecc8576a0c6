import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { graceMs } from '../../../src/controllers/job-remains/plan.ts';
import { createJobRemainsReconciler } from '../../../src/controllers/job-remains/reconciler.ts';
import { jobRemainsWakes, remainsKeys } from '../../../src/controllers/job-remains/wake.ts';
import { neuroJobType, secretType } from '../../../src/controllers/resources.ts';
import type { ObjectMeta } from '../../../src/kernel/index.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { settle } from '../../support/manual-clock.ts';

const namespace = 'bob';
const labels = { 'neu.ro/managed-by': 'neuro-operator' };

class RemainsWorld extends ControllerWorld {
  start(): Promise<void> {
    return this.startControllers((parts) => [
      {
        name: 'job-remains',
        reconcile: createJobRemainsReconciler(parts),
        wakes: jobRemainsWakes(parts.watched),
        startKeys: () => remainsKeys(parts.watched),
      },
    ]);
  }

  put(name: string, metadata: Partial<ObjectMeta> = {}): void {
    const creationTimestamp = new Date(this.clock.now()).toISOString();
    this.model.put(secretType, {
      metadata: { namespace, name, labels, creationTimestamp, ...metadata },
      data: { k: 'dg==' },
    });
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  get names(): readonly string[] {
    return this.model.all(secretType).map(({ metadata }) => metadata.name);
  }
}

let world: RemainsWorld;
beforeEach(() => {
  world = new RemainsWorld();
});
afterEach(() => world.stop());

test.each(['before the operator starts', 'while it runs'])(
  'each part of a snapshot whose job is gone is deleted after a minute, restored %s',
  async (when) => {
    const uid = randomUUID();
    const restore = (): void => {
      for (const part of ['', '-1', '-pull', '-pull-2']) world.put(`neuro-job-${uid}${part}`);
    };
    if (when === 'while it runs') await world.start();
    restore();
    if (when !== 'while it runs') await world.start();
    await world.later(graceMs - 5_000);
    expect(world.names).toHaveLength(4);
    await world.later(10_000);
    expect(world.names).toEqual([]);
  },
);

test('what belongs to a job that is there, to someone else, or is no snapshot stays', async () => {
  const job = world.model.put(neuroJobType, { metadata: { namespace, name: 'train' }, spec: { image: 'busybox:1' } });
  const uid = job.metadata.uid ?? '';
  world.put(`neuro-job-${uid}`);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: randomUUID() };
  world.put(`neuro-job-${randomUUID()}`, { ownerReferences: [owner] });
  world.put(`neuro-job-${randomUUID()}`, { labels: {} });
  world.put(`my-neuro-job-${randomUUID()}`);
  world.put('neuro-job-train');
  world.put(`neuro-job-${randomUUID()}-mine`);
  // The last to be settled: by then all others were looked at.
  const sentinel = `neuro-job-${randomUUID()}`;
  world.put(sentinel);
  await world.start();
  await world.later(2 * graceMs);
  expect(world.names).toHaveLength(6);
  expect(world.names).not.toContain(sentinel);
});
