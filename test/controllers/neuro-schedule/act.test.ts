import { expect, test } from 'vitest';
import { NamespaceRate } from '../../../src/controllers/namespace-rate.ts';
import { act, type ActDependencies } from '../../../src/controllers/neuro-schedule/act.ts';
import type { ScheduleInput } from '../../../src/controllers/neuro-schedule/due.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const namespace = 'alice';
const { signal } = new AbortController();

test.each([
  ['jobs', { jobs: 1, bytes: 0 }],
  ['bytes', { jobs: 0, bytes: 60 }],
])('a job that has to wait for its %s takes nothing from the other rate', async (_, taken) => {
  const clock = new ManualClock();
  const jobRate = new NamespaceRate({ perMinute: 1, clock });
  const change = new NamespaceRate({ perMinute: 60, clock });
  jobRate.take(namespace, taken.jobs);
  change.take(namespace, taken.bytes);
  const deps = { watched: {} as ActDependencies['watched'], rates: { change, detail: change }, jobRate };
  const schedule = { metadata: { namespace, name: 'nightly', uid: 'u' }, bytes: 30 };
  const step = { do: 'start', name: 'nightly-1', tickMs: 60_000 } as const;
  expect(await act(deps, step, { schedule } as unknown as ScheduleInput, signal)).toEqual({ waitMs: 60_000 });
  expect(jobRate.waitMs(namespace, 1) === 0).toBe(taken.jobs === 0);
  expect(change.waitMs(namespace, 60) === 0).toBe(taken.bytes === 0);
});
