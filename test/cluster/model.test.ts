/** Grants, schedules and sources on a real control plane against the model of test/model: `npm run siege -- --model` runs thousands of the same steps. */
import { expect, test } from 'vitest';
import { runOnCluster, summaryOf } from '../model/run-on-cluster.ts';
import { testCluster } from '../support/cluster.ts';

const seed = Number(process.env['NEURO_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const steps = Number(process.env['NEURO_MODEL_STEPS'] ?? 300);
/** Fewer steps on a machine that does much else; thousands are for `npm run siege -- --model`. */
const limitMs = 90_000;

test(`everybody may do what the model says, whatever happens in which order (seed ${String(seed)})`, async () => {
  const run = await runOnCluster(await testCluster(), { seed, steps, limitMs });
  process.stderr.write(`${summaryOf(run)}\n`);
  // It throws at the first step after which something is not as the model says.
  expect(run.steps).toBeGreaterThan(0);
  expect(run.looks).toBeGreaterThan(0);
});
