import { expect, test } from 'vitest';
import { GonePods } from '../../../src/controllers/neuro-job/gone-pods.ts';
import type { NeuroJobView } from '../../../src/controllers/neuro-job-view.ts';
import type { PodView } from '../../../src/controllers/pod-view.ts';
import { Store } from '../../../src/kernel/store.ts';
import { aJob, aPod, endedPod, runningPod } from './builders.ts';
import { finished } from './plan-cases.ts';

const key = 'bob/train';

function world(...jobs: readonly NeuroJobView[]) {
  const stores = { pods: { store: new Store<PodView>() }, neuroJobs: { store: new Store<NeuroJobView>() } };
  const gonePods = new GonePods(stores as unknown as ConstructorParameters<typeof GonePods>[0]);
  for (const job of jobs) stores.neuroJobs.store.set(job);
  return { pods: stores.pods.store, jobs: stores.neuroJobs.store, last: () => gonePods.of(key, 'uid-train') };
}

const version = (pod: PodView, resourceVersion: string, uid = 'uid-pod'): PodView => ({
  ...pod,
  metadata: { ...pod.metadata, resourceVersion, uid },
});

test('keeps the last state of a Pod that goes, until there is another one', () => {
  const { pods, last } = world(aJob());
  pods.set(version(runningPod(), '1'));
  pods.set(version(endedPod(0), '2'));
  expect(last()).toBeUndefined();
  pods.delete(key);
  expect(last()?.phase).toBe('Succeeded');
  pods.set(version(aPod(), '3', 'uid-other'));
  expect(last()).toBeUndefined();
});

test('keeps it when a Pod of somebody else takes its name', () => {
  const { pods, last } = world(aJob());
  pods.set(version(endedPod(0), '1'));
  pods.set({ ...version(aPod(), '2', 'uid-other'), ownerUid: 'uid-somebody' });
  pods.delete(key);
  expect(last()?.phase).toBe('Succeeded');
});

test.each<[string, readonly NeuroJobView[]]>([
  ['has ended', [aJob({}, finished)]],
  ['has gone', []],
  ['is another one', [aJob({}, {}, { uid: 'uid-next' })]],
])('keeps nothing of a job that %s', (_, all) => {
  const { pods, jobs, last } = world(...all);
  pods.set(version(endedPod(0), '1'));
  pods.delete(key);
  expect(last()).toBeUndefined();
  jobs.delete(key);
  expect(last()).toBeUndefined();
});

test.each<[string, (jobs: Store<NeuroJobView>) => void]>([
  ['ends', (jobs) => jobs.set(aJob({}, finished, { resourceVersion: '2' }))],
  ['goes', (jobs) => jobs.delete(key)],
])('forgets it when its job %s', (_, change) => {
  const { pods, jobs, last } = world(aJob());
  pods.set(version(endedPod(0), '1'));
  pods.delete(key);
  expect(last()).toBeDefined();
  change(jobs);
  expect(last()).toBeUndefined();
});
